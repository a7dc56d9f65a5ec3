/* A sample, for programs. */
#include "reports/json_plan.h"
#include "reports/phrase.h"
#include "reports/sample_report.h"
#include "sim/sample_chunk.h"

static const char *const packings[] = {
    [SAMPLE_PLAIN] = "none", [SAMPLE_GZIP] = "gzip", [SAMPLE_ZSTD] = "zstd"};

static void set_time(struct json_maker *maker, json_t *object, const char *key, bool known,
                     int64_t ns) {
    char words[SAMPLE_REPORT_TIME_BYTES];
    json_maker_string(maker, object, key,
                      known ? sample_report_time(words, sizeof words, ns) : NULL);
}

static json_t *file_object(struct json_maker *maker, const struct sample_file *file) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "file", file->path);
    json_maker_string(maker, object, "packing", packings[file->packing]);
    json_maker_string(maker, object, "wrapper", sample_wrapper_name(file->format.wrapper));
    json_maker_string(maker, object, "format", sample_payload_name(file->format.payload));
    json_maker_string(maker, object, "time_key", file->format.time_key);
    json_maker_whole(maker, object, "lines_looked_at", file->format.looked);
    json_maker_whole(maker, object, "lines_in_format", file->format.matched);
    json_maker_whole(maker, object, "lines", (double)file->lines);
    json_maker_whole(maker, object, "bytes", (double)file->bytes);
    json_maker_whole(maker, object, "lines_not_in_wrapper", (double)file->unwrapped);
    set_time(maker, object, "first_time_utc", file->timed > 0, file->first_ns);
    set_time(maker, object, "last_time_utc", file->timed > 0, file->last_ns);
    return object;
}

/** An object with a number for each encoding. */
static void set_encodings(struct json_maker *maker, json_t *object, const char *key,
                          const double values[LOKI_ENCODING_COUNT]) {
    json_t *encodings = json_maker_object(maker);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        json_maker_real(maker, encodings, loki_encoding_name((enum loki_encoding)i), values[i]);
    json_maker_set(maker, object, key, encodings);
}

static void set_sizes(struct json_maker *maker, json_t *object, const char *key,
                      const struct sample_sizes *sizes) {
    double ratio[LOKI_ENCODING_COUNT];
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        ratio[i] = sample_ratio(sizes, (enum loki_encoding)i);
    set_encodings(maker, object, key, ratio);
}

static void set_lines(struct json_maker *maker, json_t *root, const struct sample_report *report) {
    json_maker_whole(maker, root, "lines", (double)report->lines);
    json_maker_whole(maker, root, "bytes", (double)report->bytes);
    json_maker_whole(maker, root, "lines_cut", (double)report->cut_lines);
    json_t *length = json_maker_object(maker);
    json_maker_real(maker, length, "mean", report->line_bytes_mean);
    json_maker_real(maker, length, "p50", report->line_bytes_p50);
    json_maker_real(maker, length, "p95", report->line_bytes_p95);
    json_maker_whole(maker, length, "max", (double)report->line_bytes_longest);
    json_maker_set(maker, root, "bytes_per_line", length);
}

static void set_rates(struct json_maker *maker, json_t *root, const struct sample_report *report) {
    if (report->timed)
        json_maker_real(maker, root, "lines_per_second", report->lines_per_second);
    else
        json_maker_string(maker, root, "lines_per_second", NULL);
    json_maker_real(maker, root, "seconds", report->timed ? report->seconds : 0);
    set_time(maker, root, "first_time_utc", report->timed, report->first_ns);
    set_time(maker, root, "last_time_utc", report->timed, report->last_ns);
    json_maker_whole(maker, root, "replicas", (double)report->replicas);
    json_maker_real(maker, root, "streams", report->streams);
    json_maker_real(maker, root, "streams_per_replica", report->streams_per_replica);
    json_maker_bool(maker, root, "streams_estimated", report->streams_estimated);
    json_maker_whole(maker, root, "lines_without_label_key", (double)report->label_misses);
}

static void set_compression(struct json_maker *maker, json_t *root,
                            const struct sample_report *report) {
    double stored[LOKI_ENCODING_COUNT];
    json_maker_whole(maker, root, "blocks", (double)report->blocks_seen);
    json_maker_whole(maker, root, "blocks_compressed", (double)report->blocks_used);
    json_maker_real(maker, root, "block_bytes", report->block_bytes);
    set_sizes(maker, root, "compression", &report->blocks);
    set_sizes(maker, root, "compression_own_times", &report->own);
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        stored[i] = sample_report_stored_bytes(report, (enum loki_encoding)i);
    set_encodings(maker, root, "stored_bytes_per_line", stored);
    set_encodings(maker, root, "compression_of_chunks", report->ratio);
    json_maker_real(maker, root, "stream_bytes_in_2h", report->stream_bytes);
    json_t *ladder = json_maker_array(maker);
    for (int i = 0; i < SAMPLE_LADDER_COUNT; i++) {
        json_t *rung = json_maker_object(maker);
        json_maker_real(maker, rung, "stream_bytes_in_2h", report->ladder[i].raw_bytes);
        set_encodings(maker, rung, "compression_of_chunks", report->ladder[i].ratio);
        json_maker_append(maker, ladder, rung);
    }
    json_maker_set(maker, root, "slow_streams", ladder);
}

static json_t *field_object(struct json_maker *maker, const struct sample_field *field) {
    json_t *object = json_maker_object(maker);
    json_maker_string(maker, object, "field", field->name);
    json_maker_real(maker, object, "bytes_per_line", field->bytes_per_line);
    json_maker_real(maker, object, "share_of_lines", field->share_of_lines);
    json_maker_whole(maker, object, "distinct_values", field->distinct);
    json_maker_bool(maker, object, "own_value_each_line", field->id);
    set_encodings(maker, object, "dropping_saves", field->saves);
    return object;
}

static void set_snippet(struct json_maker *maker, json_t *root,
                        const struct sample_report *report) {
    struct text snippet;
    text_init(&snippet);
    sample_report_snippet(report, 0, &snippet);
    json_maker_string(maker, root, "snippet", snippet.data);
    maker->failed = maker->failed || text_failed(&snippet);
    text_fini(&snippet);
}

enum status sample_report_json(const struct sample_report *report, struct text *text,
                               struct diagnostics *diagnostics) {
    struct json_maker maker = {0};
    json_t *root = json_maker_object(&maker);
    json_t *files = json_maker_array(&maker), *fields = json_maker_array(&maker);
    json_maker_string(&maker, root, "version", phrase_version());
    for (size_t i = 0; i < report->file_count; i++)
        json_maker_append(&maker, files, file_object(&maker, &report->files[i]));
    json_maker_set(&maker, root, "files", files);
    set_lines(&maker, root, report);
    set_rates(&maker, root, report);
    set_compression(&maker, root, report);
    for (size_t i = 0; i < report->field_count; i++)
        json_maker_append(&maker, fields, field_object(&maker, &report->fields[i]));
    json_maker_whole(&maker, root, "lines_looked_at_for_fields", (double)report->field_lines);
    json_maker_set(&maker, root, "fields", fields);
    set_encodings(&maker, root, "dropping_all_own_values_saves", report->ids_save);
    set_snippet(&maker, root, report);
    return json_maker_write(&maker, root, "the report", text, diagnostics);
}

/** A row for each encoding. */
static void add_encodings(struct text *text, const char *figure,
                          const double values[LOKI_ENCODING_COUNT]) {
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++)
        text_print(text, "%s_%s,%.6g\n", figure, loki_encoding_name((enum loki_encoding)i),
                   values[i]);
}

enum status sample_report_csv(const struct sample_report *report, struct text *text,
                              struct diagnostics *diagnostics) {
    double blocks[LOKI_ENCODING_COUNT], own[LOKI_ENCODING_COUNT], stored[LOKI_ENCODING_COUNT];
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++) {
        blocks[i] = sample_ratio(&report->blocks, (enum loki_encoding)i);
        own[i] = sample_ratio(&report->own, (enum loki_encoding)i);
        stored[i] = sample_report_stored_bytes(report, (enum loki_encoding)i);
    }
    text_print(text, "figure,value\nlines,%llu\nbytes,%llu\nlines_cut,%llu\n",
               (unsigned long long)report->lines, (unsigned long long)report->bytes,
               (unsigned long long)report->cut_lines);
    text_print(text,
               "bytes_per_line_mean,%.6g\nbytes_per_line_p50,%.6g\nbytes_per_line_p95,%.6g\n"
               "bytes_per_line_max,%llu\n",
               report->line_bytes_mean, report->line_bytes_p50, report->line_bytes_p95,
               (unsigned long long)report->line_bytes_longest);
    if (report->timed)
        text_print(text, "lines_per_second,%.6g\nseconds,%.6g\n", report->lines_per_second,
                   report->seconds);
    text_print(text, "replicas,%zu\nstreams,%.6g\n", report->replicas, report->streams);
    add_encodings(text, "compression", blocks);
    add_encodings(text, "compression_own_times", own);
    add_encodings(text, "compression_of_chunks", report->ratio);
    add_encodings(text, "stored_bytes_per_line", stored);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "the report") : STATUS_OK;
}
