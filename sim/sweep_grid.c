#include "sim/sweep_grid.h"

#include "sim/base/words.h"

#include <stdio.h>
#include <string.h>

static enum status complain(struct diagnostics *diagnostics, const char *option, const char *what,
                            const char *hint) {
    char quoted[WORDS_QUOTE_BYTES];
    enum status status = diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0, "--vary %s %s",
                                         words_quote(quoted, sizeof quoted, option), what);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last && hint)
        snprintf(last->hint, sizeof last->hint, "%s", hint);
    return status;
}

/** Bytes up to the comma that ends the value, or to the end of the text. */
static size_t value_length(const char *text) {
    size_t depth = 0, i = 0;
    char quote = '\0';
    for (; text[i]; i++) {
        char c = text[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '[' || c == '{')
            depth++;
        else if ((c == ']' || c == '}') && depth > 0)
            depth--;
        else if (c == ',' && depth == 0)
            break;
    }
    return i;
}

static size_t count_values(const char *text) {
    size_t count = 1;
    for (size_t at = value_length(text); text[at]; at += 1 + value_length(text + at + 1))
        count++;
    return count;
}

static bool listed(const struct sweep_axis *axis, const char *value) {
    for (size_t i = 0; i < axis->count; i++)
        if (strcmp(axis->values[i], value) == 0)
            return true;
    return false;
}

static enum status add_value(const char *option, const char *text, size_t length,
                             struct arena *arena, struct sweep_axis *axis,
                             struct diagnostics *diagnostics) {
    const char *value = arena_copy(arena, text, length);
    const char *setting = value ? arena_print(arena, "%s=%s", axis->key, value) : NULL;
    if (!setting)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    if (length == 0)
        return complain(diagnostics, option, "has an empty value", "write KEY=A,B,C");
    if (listed(axis, value))
        return complain(diagnostics, option, "has the same value twice", NULL);
    axis->values[axis->count] = value;
    axis->settings[axis->count++] = setting;
    return STATUS_OK;
}

static enum status parse_axis(const char *option, struct arena *arena, struct sweep_axis *axis,
                              struct diagnostics *diagnostics) {
    size_t key_length = strcspn(option, "=");
    if (key_length == 0 || option[key_length] == '\0')
        return complain(diagnostics, option, "is not of the form KEY=A,B,C",
                        "for example --vary stack.loki.volume=10Gi,20Gi,40Gi");
    const char *text = option + key_length + 1;
    size_t count = count_values(text);
    if (count < 2)
        return complain(diagnostics, option, "has one value; a sweep needs two or more",
                        "one value is set with --set KEY=VALUE");
    if (count > SWEEP_POINTS_MAX)
        return complain(diagnostics, option, "has more than 10,000 values", NULL);
    axis->key = arena_copy(arena, option, key_length);
    axis->values = arena_array(arena, count, sizeof *axis->values);
    axis->settings = arena_array(arena, count, sizeof *axis->settings);
    if (!axis->key || !axis->values || !axis->settings)
        return diagnostics_out_of_memory(diagnostics, "the sweep");
    for (const char *at = text;; at++) {
        size_t length = value_length(at);
        enum status status = add_value(option, at, length, arena, axis, diagnostics);
        at += length;
        if (status != STATUS_OK || *at == '\0')
            return status;
    }
}

static bool key_taken(const struct sweep_grid *grid, const char *key) {
    for (size_t i = 0; i < grid->axis_count; i++)
        if (strcmp(grid->axes[i].key, key) == 0)
            return true;
    return false;
}

enum status sweep_grid_parse(const char *const *options, size_t option_count, struct arena *arena,
                             struct sweep_grid *grid, struct diagnostics *diagnostics) {
    *grid = (struct sweep_grid){.point_count = 1};
    if (option_count == 0 || option_count > SWEEP_AXES_MAX)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "sweep takes 1 to %d --vary options, found %zu", SWEEP_AXES_MAX,
                               option_count);
    for (size_t i = 0; i < option_count; i++) {
        struct sweep_axis axis = {0};
        enum status status = parse_axis(options[i], arena, &axis, diagnostics);
        if (status != STATUS_OK)
            return status;
        if (key_taken(grid, axis.key))
            return complain(diagnostics, options[i], "varies a key that already varies",
                            "write all its values into one option");
        grid->axes[grid->axis_count++] = axis;
        grid->point_count *= axis.count;
        if (grid->point_count > SWEEP_POINTS_MAX)
            return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                                   "the grid has %zu points or more; a sweep takes %d at most",
                                   grid->point_count, SWEEP_POINTS_MAX);
    }
    return STATUS_OK;
}

size_t sweep_grid_index(const struct sweep_grid *grid, size_t point, size_t axis) {
    for (size_t i = grid->axis_count - 1; i > axis; i--)
        point /= grid->axes[i].count;
    return point % grid->axes[axis].count;
}

const char *sweep_grid_value(const struct sweep_grid *grid, size_t point, size_t axis) {
    return grid->axes[axis].values[sweep_grid_index(grid, point, axis)];
}

void sweep_grid_overrides(const struct sweep_grid *grid, size_t point,
                          struct scenario_override overrides[SWEEP_AXES_MAX]) {
    for (size_t i = 0; i < grid->axis_count; i++)
        overrides[i].text = grid->axes[i].settings[sweep_grid_index(grid, point, i)];
}

char *sweep_grid_print(const struct sweep_grid *grid, size_t point, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < grid->axis_count && used < size; i++)
        used += (size_t)snprintf(buffer + used, size - used, "%s%s=%s", i > 0 ? ", " : "",
                                 grid->axes[i].key, sweep_grid_value(grid, point, i));
    return buffer;
}
