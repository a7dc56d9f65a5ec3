/* A sample, for people. */
#include "reports/sample_report.h"

#include "reports/phrase.h"
#include "reports/statement.h"
#include "sim/base/units.h"
#include "sim/sample_chunk.h"
#include "sim/sample_length.h"

#include <string.h>

enum { FILES_SHOWN = 8 };

static const char *const packing_words[] = {
    [SAMPLE_PLAIN] = "", [SAMPLE_GZIP] = "gzip, ", [SAMPLE_ZSTD] = "zstd, "};

/** The statement, and the arena of its strings. */
struct writing {
    const struct sample_report *report;
    struct arena *arena;
    struct statement *statement;
};

static const char *bytes_words(struct arena *arena, double bytes) {
    char words[PHRASE_BYTES];
    return arena_print(arena, "%s", units_print_bytes(words, sizeof words, bytes));
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void add_file(const struct writing *writing, const struct sample_file *file) {
    char words[PHRASE_BYTES];
    const struct sample_format *format = &file->format;
    struct arena *arena = writing->arena;
    const char *looked =
        arena_print(arena, "%u of %u lines looked at", format->matched, format->looked);
    statement_fact(writing->statement, base_name(file->path),
                   arena_print(arena, "%s%s (%s)", packing_words[file->packing],
                               sample_format_words(words, sizeof words, format), looked));
}

static void add_files(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    size_t shown = report->file_count < FILES_SHOWN ? report->file_count : FILES_SHOWN;
    for (size_t i = 0; i < shown; i++)
        add_file(writing, &report->files[i]);
    if (shown < report->file_count)
        statement_fact(writing->statement, "Files",
                       arena_print(writing->arena, "and %zu more", report->file_count - shown));
}

static void add_lines(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    statement_fact(writing->statement, "Lines",
                   arena_print(arena, "%s, %s", phrase_count_in(arena, (double)report->lines),
                               bytes_words(arena, (double)report->bytes)));
    statement_fact(writing->statement, "Bytes a line",
                   arena_print(arena, "mean %s, P50 %s and P95 %s (within %.1g %%), longest %s",
                               phrase_count_in(arena, report->line_bytes_mean),
                               phrase_count_in(arena, report->line_bytes_p50),
                               phrase_count_in(arena, report->line_bytes_p95),
                               100 * SAMPLE_LENGTH_ERROR,
                               phrase_count_in(arena, (double)report->line_bytes_longest)));
}

static void add_rate(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    char duration[PHRASE_BYTES], rate[PHRASE_BYTES], first[SAMPLE_REPORT_TIME_BYTES];
    if (!report->timed) {
        statement_fact(writing->statement, "Rate", "not known: no times that span a second");
        return;
    }
    statement_fact(
        writing->statement, "Rate",
        arena_print(
            arena, "%s lines and %s a second, over %s from %s UTC",
            phrase_number(rate, sizeof rate, report->lines_per_second),
            bytes_words(arena, report->lines_per_second * report->line_bytes_mean),
            units_print_duration(duration, sizeof duration, (double)(int64_t)report->seconds),
            sample_report_time(first, sizeof first, report->first_ns)));
}

static void add_streams(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    const char *each = report->replicas > 1
                           ? arena_print(arena,
                                         ": %.4g on each of %zu replicas (files that cover "
                                         "the same time)",
                                         report->streams_per_replica, report->replicas)
                           : "";
    statement_fact(writing->statement, "Streams",
                   arena_print(arena, "%s%s%s%s%s", report->streams_estimated ? "about " : "",
                               phrase_count_in(arena, report->streams),
                               report->streams_estimated ? " (within 2 %)" : "", each,
                               report->labelled || report->replicas > 1
                                   ? ""
                                   : " (--label-key KEY counts more)"));
}

static void set_ratios(struct arena *arena, struct sheet_cell *cells,
                       const double ratio[LOKI_ENCODING_COUNT]) {
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        cells[i].text = arena_print(arena, "%.2f", ratio[i]);
}

static const char *blocks_words(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    bool all = report->blocks_used == report->blocks_seen;
    const char *which = all ? arena_print(arena, "the sample's %s",
                                          phrase_count_in(arena, (double)report->blocks_seen))
                            : arena_print(arena, "%s of the sample's %s, drawn evenly",
                                          phrase_count_in(arena, (double)report->blocks_used),
                                          phrase_count_in(arena, (double)report->blocks_seen));
    const char *size = report->block_bytes < 0.9 * SAMPLE_BLOCK_BYTES
                           ? arena_print(arena,
                                         " Streams that do not fill one make shorter ones: %s on "
                                         "average; full ones compress better.",
                                         bytes_words(arena, report->block_bytes))
                           : "";
    return arena_print(arena,
                       "In blocks of 256 KiB: %s. Ratios are those Loki reports: it counts 8 bytes "
                       "of metadata a line.%s",
                       which, size);
}

/** Do the lines come with times of their own, so that nothing else can be? */
static bool all_wrapped(const struct sample_report *report) {
    for (size_t i = 0; i < report->file_count; i++)
        if (report->files[i].format.wrapper == SAMPLE_WRAPPER_NONE)
            return false;
    return true;
}

static void add_compression(const struct writing *writing) {
    static const struct sheet_column columns[] = {
        {.heading = "Encoding"},
        {.heading = "Ratio", .numeric = true},
        {.heading = "Stored a line", .numeric = true},
        {.heading = "Ratio with CRI's times", .numeric = true}};
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    size_t count = sizeof columns / sizeof *columns - all_wrapped(report);
    struct sheet *sheet = statement_sheet(writing->statement);
    if (!sheet)
        return;
    sheet_start(sheet, arena, "compression", "As Loki 3.5 stores it", columns, count,
                LOKI_ENCODING_COUNT);
    sheet->note = blocks_words(writing);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++) {
        struct sheet_cell *cells = sheet_row(sheet);
        enum loki_encoding encoding = (enum loki_encoding)i;
        if (!cells)
            return;
        cells[0].text = loki_encoding_name(encoding);
        cells[1].text = arena_print(arena, "%.2f", sample_ratio(&report->blocks, encoding));
        cells[1].tone = TONE_STRONG;
        cells[2].text =
            arena_print(arena, "%.1f bytes", sample_report_stored_bytes(report, encoding));
        if (count > 3)
            cells[3].text = arena_print(arena, "%.2f", sample_ratio(&report->own, encoding));
    }
}

static const struct sheet_column ratio_columns[] = {{.heading = "A stream brings in 2 hours"},
                                                    {.heading = "snappy", .numeric = true},
                                                    {.heading = "gzip", .numeric = true},
                                                    {.heading = "zstd", .numeric = true}};

static void add_ladder(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    struct sheet *sheet = statement_sheet(writing->statement);
    if (!sheet)
        return;
    sheet_start(sheet, arena, "streams", "Slow streams compress worse", ratio_columns,
                sizeof ratio_columns / sizeof *ratio_columns, SAMPLE_LADDER_COUNT + 1);
    sheet->note = "A chunk is stored after 2 hours at most, with a header of some 500 bytes: the "
                  "ratio of whole chunks.";
    for (int i = 0; i <= SAMPLE_LADDER_COUNT; i++) {
        bool own = i == SAMPLE_LADDER_COUNT;
        if (own && report->stream_bytes <= 0)
            return;
        struct sheet_cell *cells = sheet_row(sheet);
        if (!cells)
            return;
        double bytes = own ? report->stream_bytes : report->ladder[i].raw_bytes;
        const char *rest = own                            ? ", as this sample's streams do"
                           : i == SAMPLE_LADDER_COUNT - 1 ? " or more, a full chunk"
                                                          : "";
        cells[0].text = arena_print(arena, "%s%s", bytes_words(arena, bytes), rest);
        set_ratios(arena, cells + 1, own ? report->ratio : report->ladder[i].ratio);
        for (size_t cell = 0; own && cell < sheet->column_count; cell++)
            cells[cell].tone = TONE_STRONG;
    }
}

static const char *values_words(const struct writing *writing, const struct sample_field *field) {
    if (field->id)
        return "its own for each line";
    return arena_print(writing->arena, "%s",
                       phrase_count_in(writing->arena, (double)(int64_t)(field->distinct + 0.5)));
}

static void set_savings(struct arena *arena, struct sheet_cell *cells,
                        const double saves[LOKI_ENCODING_COUNT]) {
    char words[PHRASE_BYTES];
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        cells[i].text = arena_print(arena, "%s", phrase_share(words, sizeof words, saves[i]));
}

static void add_fields(const struct writing *writing) {
    static const struct sheet_column columns[] = {
        {.heading = "Field", .wraps = true},
        {.heading = "Bytes a line", .numeric = true},
        {.heading = "Values", .numeric = true},
        {.group = "Dropping it saves", .heading = "snappy", .numeric = true},
        {.group = "Dropping it saves", .heading = "gzip", .numeric = true},
        {.group = "Dropping it saves", .heading = "zstd", .numeric = true}};
    const struct sample_report *report = writing->report;
    struct arena *arena = writing->arena;
    struct sheet *sheet = report->field_count > 0 ? statement_sheet(writing->statement) : NULL;
    if (!sheet)
        return;
    sheet_start(sheet, arena, "fields", "What the stored bytes go to", columns,
                sizeof columns / sizeof *columns, SAMPLE_FIELDS_SHOWN + 1);
    sheet->note = arena_print(arena, "Values are those of the %s lines looked at for this.",
                              phrase_count_in(arena, (double)report->field_lines));
    for (size_t i = 0; i < report->field_count; i++) {
        const struct sample_field *field = &report->fields[i];
        struct sheet_cell *cells = sheet_row(sheet);
        if (!cells)
            return;
        cells[0].text = field->name;
        cells[1].text = arena_print(arena, "%.1f", field->bytes_per_line);
        cells[2].text = values_words(writing, field);
        set_savings(arena, cells + 3, field->saves);
    }
    struct sheet_cell *cells = report->id_count > 1 ? sheet_row(sheet) : NULL;
    if (!cells)
        return;
    cells[0].text = arena_print(arena, "the %zu with a value of their own", report->id_count);
    set_savings(arena, cells + 3, report->ids_save);
    for (size_t cell = 0; cell < sheet->column_count; cell++)
        cells[cell].tone = TONE_STRONG;
}

/** What there is a number of; nothing when there is none. */
static void note_count(const struct writing *writing, const char *what, double count) {
    if (count > 0)
        statement_note(writing->statement, arena_print(writing->arena, "%s: %s", what,
                                                       phrase_count_in(writing->arena, count)));
}

static bool is_mixed(const struct sample_report *report) {
    bool mixed = false;
    for (size_t i = 1; i < report->file_count; i++)
        mixed = mixed || report->files[i].format.payload != report->files[0].format.payload;
    return mixed;
}

static void add_notes(const struct writing *writing) {
    const struct sample_report *report = writing->report;
    double unwrapped = 0, left_out = 0;
    for (size_t i = 0; i < report->file_count; i++) {
        unwrapped += (double)report->files[i].unwrapped;
        if (report->files[i].streams > SAMPLE_HEADS_MAX)
            left_out += report->files[i].streams - SAMPLE_HEADS_MAX;
    }
    if (is_mixed(report))
        statement_note(writing->statement,
                       "These files look like more than one service: sample each by itself.");
    note_count(writing, "Streams beyond the first 32 of a file, whose lines are not compressed",
               left_out);
    note_count(writing,
               "Lines longer than 256 KiB, cut there as Loki does with max_line_size_truncate (it "
               "refuses them without)",
               (double)report->cut_lines);
    note_count(writing, "Lines not in their file's wrapper, taken as they are", unwrapped);
    note_count(writing, "Lines without one of the label keys", (double)report->label_misses);
    if (!all_wrapped(report))
        statement_note(writing->statement,
                       "Lines that an agent reads together from a plain file share nearly one "
                       "time. Through CRI each has a nanosecond of its own, which costs room: then "
                       "take the last column of the first table for the scenario.");
}

static struct statement *statement_of(struct arena *arena, const struct sample_report *report) {
    char name[SAMPLE_REPORT_NAME_BYTES];
    struct statement *statement = arena_take(arena, sizeof *statement);
    const struct writing writing = {report, arena, statement};
    if (!statement)
        return NULL;
    statement->headline =
        arena_print(arena, "%s: %.2f to 1 with snappy, %.2f with gzip, %.2f with zstd",
                    sample_report_name(name, sizeof name, report),
                    sample_ratio(&report->blocks, LOKI_ENCODING_SNAPPY),
                    sample_ratio(&report->blocks, LOKI_ENCODING_GZIP),
                    sample_ratio(&report->blocks, LOKI_ENCODING_ZSTD));
    add_files(&writing);
    add_lines(&writing);
    add_rate(&writing);
    add_streams(&writing);
    add_compression(&writing);
    add_ladder(&writing);
    add_fields(&writing);
    add_notes(&writing);
    return statement;
}

enum status sample_report_text(const struct sample_report *report,
                               const struct report_text_options *options, struct text *text,
                               struct diagnostics *diagnostics) {
    struct arena arena;
    arena_init(&arena);
    const struct statement *statement = statement_of(&arena, report);
    enum status status = statement ? statement_text(statement, options, text, diagnostics)
                                   : diagnostics_out_of_memory(diagnostics, "the report");
    text_add(text, "\nFor workload.services of the scenario\n\n");
    sample_report_snippet(report, 4, text);
    arena_fini(&arena);
    return status;
}

enum status sample_report_markdown(const struct sample_report *report, struct text *text,
                                   struct diagnostics *diagnostics) {
    struct arena arena;
    arena_init(&arena);
    const struct statement *statement = statement_of(&arena, report);
    enum status status = statement ? statement_markdown(statement, text, diagnostics)
                                   : diagnostics_out_of_memory(diagnostics, "the report");
    text_add(text, "\n```yaml\n");
    sample_report_snippet(report, 4, text);
    text_add(text, "```\n");
    arena_fini(&arena);
    return status;
}
