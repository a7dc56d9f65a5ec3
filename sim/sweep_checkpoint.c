#include "sim/sweep_checkpoint.h"

#include "sim/base/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char title[] = "simulate sweep checkpoint 1";
static const char line_end[] = " .";
enum { FILE_BYTES_MAX = 64 << 20 };

/** FNV-1a, with the final NUL, so that "ab","c" differs from "a","bc". */
static uint64_t mix(uint64_t hash, const char *bytes, size_t length) {
    for (size_t i = 0; i <= length; i++) {
        hash ^= i < length ? (unsigned char)bytes[i] : 0x100U;
        hash *= UINT64_C(1099511628211);
    }
    return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text) {
    return mix(hash, text ? text : "", text ? strlen(text) : 0);
}

static uint64_t fingerprint(const struct sweep *sweep) {
    const struct sweep_input *input = &sweep->input;
    uint64_t hash = mix(UINT64_C(14695981039346656037), input->bytes, input->length);
    for (size_t i = 0; i < input->override_count; i++)
        hash = mix_text(hash, input->overrides[i].text);
    hash = mix_text(hash, "--vary");
    for (size_t i = 0; i < input->vary_count; i++)
        hash = mix_text(hash, input->vary[i]);
    hash = mix_text(hash, input->search ? "search" : "as written");
    hash = mix_text(hash, input->price_folder);
    hash = mix(hash, (const char *)&sweep->calibrations, sizeof sweep->calibrations);
    return mix_text(hash, input->version);
}

/** Points mostly name the same file, which is then read once. */
enum status sweep_checkpoint_note(struct sweep *sweep, const struct scenario *scenario,
                                  struct diagnostics *diagnostics) {
    const char *file = scenario->simulation.calibration;
    struct arena arena;
    char *bytes;
    size_t length;
    if (!file || strcmp(file, CALIBRATION_SHIPPED) == 0 || strcmp(file, "-") == 0 ||
        (sweep->calibration && strcmp(file, sweep->calibration) == 0))
        return STATUS_OK;
    sweep->calibration = arena_copy(&sweep->arena, file, strlen(file));
    if (!sweep->calibration)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    arena_init(&arena);
    enum status status = file_read(&arena, file, FILE_BYTES_MAX, &bytes, &length, diagnostics);
    if (status == STATUS_OK)
        sweep->calibrations = mix(sweep->calibrations, bytes, length);
    arena_fini(&arena);
    return status;
}

static void add_head(struct text *text, const struct sweep *sweep) {
    text_print(text, "%s %016" PRIx64 " %zu\n", title, fingerprint(sweep), sweep->grid.point_count);
}

static void add_row(struct text *text, size_t point, const struct sweep_row *row) {
    text_print(text, "%zu %d %d %d %a %a", point, row->holds, row->written_holds, row->found,
               row->written_usd_per_month, row->best_usd_per_month);
    for (size_t i = 0; i < TARGET_COUNT; i++)
        text_print(text, " %d %d %a", row->targets[i].set, row->targets[i].holds,
                   row->targets[i].probability);
    text_print(text, " \"%s\"%s\n", row->best_nodes, line_end);
}

enum status sweep_checkpoint_create(const struct sweep *sweep, const char *path,
                                    struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    add_head(&text, sweep);
    for (size_t i = 0; i < sweep->grid.point_count; i++)
        if (sweep->rows[i].done)
            add_row(&text, i, &sweep->rows[i]);
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    enum status status = STATUS_OK;
    if (slash) {
        *slash = '\0';
        status = file_make_folder(folder, diagnostics);
    }
    if (status == STATUS_OK)
        status = file_write_text(path, &text, diagnostics);
    text_fini(&text);
    return status;
}

enum status sweep_checkpoint_append(const char *path, size_t point, const struct sweep_row *row,
                                    struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    add_row(&text, point, row);
    enum status status = file_append_text(path, &text, diagnostics);
    text_fini(&text);
    return status;
}

/** Readers of one value each; `*at` moves behind it. */
static bool read_flag(char **at, bool *flag) {
    if ((*at)[0] != ' ' || ((*at)[1] != '0' && (*at)[1] != '1'))
        return false;
    *flag = (*at)[1] == '1';
    *at += 2;
    return true;
}

static bool read_double(char **at, double *value) {
    char *end;
    if (**at != ' ')
        return false;
    *value = strtod(*at, &end);
    bool fine = end != *at;
    *at = end;
    return fine;
}

static bool read_nodes(char **at, char nodes[SWEEP_NODES_BYTES]) {
    if (strncmp(*at, " \"", 2) != 0)
        return false;
    size_t length = strcspn(*at + 2, "\"");
    if (length >= SWEEP_NODES_BYTES || (*at)[2 + length] != '"')
        return false;
    memcpy(nodes, *at + 2, length);
    nodes[length] = '\0';
    *at += length + 3;
    return true;
}

static bool read_row(char *line, struct sweep *sweep) {
    struct sweep_row row = {.done = true};
    char *at;
    unsigned long long point = strtoull(line, &at, 10);
    if (at == line || point >= sweep->grid.point_count)
        return false;
    bool fine = read_flag(&at, &row.holds) && read_flag(&at, &row.written_holds) &&
                read_flag(&at, &row.found) && read_double(&at, &row.written_usd_per_month) &&
                read_double(&at, &row.best_usd_per_month);
    for (size_t i = 0; i < TARGET_COUNT && fine; i++)
        fine = read_flag(&at, &row.targets[i].set) && read_flag(&at, &row.targets[i].holds) &&
               read_double(&at, &row.targets[i].probability);
    if (!fine || !read_nodes(&at, row.best_nodes) || strcmp(at, line_end) != 0)
        return false;
    sweep->done_count += !sweep->rows[point].done;
    sweep->rows[point] = row;
    return true;
}

static enum status read_lines(struct sweep *sweep, const char *path, char *bytes,
                              struct diagnostics *diagnostics) {
    struct text head;
    text_init(&head);
    add_head(&head, sweep);
    if (text_failed(&head)) {
        text_fini(&head);
        return diagnostics_out_of_memory(diagnostics, "the checkpoint");
    }
    bool same = strncmp(bytes, head.data, head.length) == 0;
    char *line = bytes + head.length;
    text_fini(&head);
    if (!same)
        return diagnostics_add(diagnostics, STATUS_INVALID, path, 1, 0,
                               "is no checkpoint of this sweep: scenario, calibration, options or "
                               "version differ; run it without --resume");
    char *end;
    for (unsigned number = 2; (end = strchr(line, '\n')) != NULL; number++, line = end + 1) {
        *end = '\0';
        if (!read_row(line, sweep))
            return diagnostics_add(diagnostics, STATUS_INVALID, path, number, 0,
                                   "the checkpoint is damaged; run the sweep without --resume");
    }
    return STATUS_OK;
}

enum status sweep_checkpoint_read(struct sweep *sweep, const char *path,
                                  struct diagnostics *diagnostics) {
    struct arena arena;
    char *bytes;
    size_t length;
    arena_init(&arena);
    enum status status = file_read(&arena, path, FILE_BYTES_MAX, &bytes, &length, diagnostics);
    if (status == STATUS_OK)
        status = read_lines(sweep, path, bytes, diagnostics);
    if (status == STATUS_OK)
        status = sweep_checkpoint_create(sweep, path, diagnostics);
    arena_fini(&arena);
    return status;
}
