#include "sim/predict_keys.h"

#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/predict.h"

#include <stdio.h>
#include <string.h>

#define KEY_BYTES_MAX 64

#define YEAR (365 * SECONDS_PER_DAY)

#define LOKI(name, kind, field, least, most, required, meaning)                                    \
    { name, kind, offsetof(struct predict_loki_input, field), least, most, required, meaning }
static const struct predict_key loki_keys[] = {
    LOKI("bytes_per_second", PREDICT_NUMBER, class_of.bytes_per_second, 0, 1e10, true,
         "log bytes a second, all streams together"),
    LOKI("streams", PREDICT_NUMBER, class_of.streams, 0, 1e7, true, "active streams"),
    LOKI("bytes_per_line", PREDICT_NUMBER, class_of.bytes_per_line, 1, 1e7, false,
         "mean length of a line (350)"),
    LOKI("encoding", PREDICT_ENCODING, encoding, 0, LOKI_ENCODING_COUNT - 1, false,
         "snappy, gzip or zstd (snappy)"),
    LOKI("compression", PREDICT_NUMBER, class_of.compression, 1, 1000, false,
         "raw over stored bytes (snappy 2.5, gzip 4.0, zstd 4.2)"),
    LOKI("max_chunk_age", PREDICT_DURATION, settings.max_chunk_age_seconds, 1, YEAR, false,
         "age at which a chunk is flushed (2h)"),
    LOKI("chunk_idle_period", PREDICT_DURATION, settings.chunk_idle_period_seconds, 1, YEAR, false,
         "silence after which a chunk is flushed (30m)"),
    LOKI("chunk_target_size", PREDICT_BYTES, settings.chunk_target_size_bytes, 1024, 1e12, false,
         "compressed size at which a chunk is flushed (1536Ki)"),
    LOKI("chunk_block_size", PREDICT_BYTES, settings.chunk_block_size_bytes, 1024, 1e12, false,
         "raw size at which a head is compressed (256Ki)"),
    LOKI("chunk_cache_size", PREDICT_BYTES, settings.chunk_cache_bytes, 0, 1e15, false,
         "embedded cache of flushed chunks (100M)"),
    LOKI("wal_checkpoint_duration", PREDICT_DURATION, settings.wal_checkpoint_seconds, 1, YEAR,
         false, "time between checkpoints (5m)"),
    LOKI("memory_limit", PREDICT_BYTES, settings.memory_limit_bytes, 0, 1e15, false,
         "the container's limit; changes no figure by itself"),
    LOKI("gomemlimit", PREDICT_BYTES, settings.memory_goal_bytes, 0, 1e15, false,
         "GOMEMLIMIT (unset)"),
    LOKI("pushes_per_second", PREDICT_NUMBER, load.pushes_per_second, 0, 1e6, false,
         "push requests of all agents (1)"),
    LOKI("queries_per_second", PREDICT_NUMBER, load.queries_per_second, 0, 1e6, false,
         "range queries (0)"),
    LOKI("query_range", PREDICT_DURATION, load.query_range_seconds, 0, YEAR, false,
         "time that a query covers (1h)"),
    LOKI("query_concurrency", PREDICT_NUMBER, load.query_concurrency, 0, 1e6, false,
         "queries that run at the same time (0)"),
    LOKI("synchrony", PREDICT_NUMBER, synchrony, 0, 1, false,
         "1 when all chunks opened together, as after a restart; 0 when their ages are spread (1)"),
};

#define TEMPO(name, kind, field, least, most, required, meaning)                                   \
    { name, kind, offsetof(struct predict_tempo_input, field), least, most, required, meaning }
static const struct predict_key tempo_keys[] = {
    TEMPO("traces_per_second", PREDICT_NUMBER, load.traces_per_second, 0, 1e7, true,
          "traces a second"),
    TEMPO("spans_per_trace", PREDICT_NUMBER, load.spans_per_trace, 0, 1e6, false,
          "spans of a trace (8)"),
    TEMPO("bytes_per_span", PREDICT_NUMBER, load.bytes_per_span, 1, 1e7, false,
          "bytes of a span as received (470)"),
    TEMPO("queries_per_second", PREDICT_NUMBER, load.queries_per_second, 0, 1e6, false,
          "searches (0)"),
    TEMPO("max_block_duration", PREDICT_DURATION, settings.max_block_duration_seconds, 1, YEAR,
          false, "time that a block covers (30m)"),
    TEMPO("max_block_bytes", PREDICT_BYTES, settings.max_block_bytes, 1024, 1e12, false,
          "bytes that a block holds at most (500Mi)"),
    TEMPO("flush_check_period", PREDICT_DURATION, settings.flush_check_period_seconds, 1, YEAR,
          false, "time between looks for what to flush (10s)"),
    TEMPO("trace_idle_period", PREDICT_DURATION, settings.trace_idle_period_seconds, 1, YEAR, false,
          "silence after which a trace is cut (10s)"),
    TEMPO("parquet_row_group_size_bytes", PREDICT_BYTES, settings.parquet_row_group_size_bytes,
          1024, 1e12, false, "size of a row group (100M)"),
    TEMPO("memory_limit", PREDICT_BYTES, settings.memory_limit_bytes, 0, 1e15, false,
          "the container's limit; changes no figure by itself"),
    TEMPO("gomemlimit", PREDICT_BYTES, settings.memory_goal_bytes, 0, 1e15, false,
          "GOMEMLIMIT (unset)"),
};

struct table {
    const char *model;
    const struct predict_key *keys;
    size_t count;
};

static const struct table tables[PREDICT_MODEL_COUNT] = {
    [PREDICT_LOKI] = {"loki", loki_keys, sizeof loki_keys / sizeof *loki_keys},
    [PREDICT_TEMPO] = {"tempo", tempo_keys, sizeof tempo_keys / sizeof *tempo_keys},
};

_Static_assert(sizeof loki_keys / sizeof *loki_keys <= PREDICT_KEYS_MAX, "keys fit");
_Static_assert(sizeof tempo_keys / sizeof *tempo_keys <= PREDICT_KEYS_MAX, "keys fit");

/** Index of the key called `name`, or the table's count. */
static size_t find_key(const struct table *table, const char *name) {
    size_t i = 0;
    while (i < table->count && strcmp(table->keys[i].name, name) != 0)
        i++;
    return i;
}

static bool read_encoding(const char *text, double *value) {
    for (int i = 0; i < LOKI_ENCODING_COUNT; i++) {
        if (strcmp(text, loki_encoding_name((enum loki_encoding)i)) != 0)
            continue;
        *value = i;
        return true;
    }
    return false;
}

/** Bytes as Kubernetes writes them, or as GOMEMLIMIT does: `921MiB`. */
static bool read_bytes(const char *text, double *value) {
    char copy[KEY_BYTES_MAX];
    size_t length = strlen(text);
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length + 1);
    if (length > 2 && strcmp(copy + length - 2, "iB") == 0)
        copy[length - 1] = '\0';
    return units_bytes(copy, value);
}

bool predict_key_parse(const struct predict_key *key, const char *text, double *value) {
    switch (key->kind) {
    case PREDICT_NUMBER:
        return units_number(text, value);
    case PREDICT_BYTES:
        return read_bytes(text, value);
    case PREDICT_DURATION:
        return units_duration(text, value);
    case PREDICT_ENCODING:
        return read_encoding(text, value);
    }
    return false;
}

const char *predict_key_expected(const struct predict_key *key) {
    static const char *const texts[] = {
        [PREDICT_NUMBER] = "a number",
        [PREDICT_BYTES] = "bytes such as 1536Ki, 2Gi or 1572864",
        [PREDICT_DURATION] = "a duration such as 90s, 30m or 2h",
        [PREDICT_ENCODING] = "snappy, gzip or zstd",
    };
    return texts[key->kind];
}

char *predict_key_print(const struct predict_key *key, double value, char *buffer, size_t size) {
    char bytes[32];
    switch (key->kind) {
    case PREDICT_BYTES:
        return units_print_bytes(buffer, size, value);
    case PREDICT_DURATION:
        return units_print_duration(buffer, size, value);
    case PREDICT_ENCODING:
        snprintf(buffer, size, "%s", loki_encoding_name((enum loki_encoding)value));
        return buffer;
    case PREDICT_NUMBER:
        break;
    }
    if (strcmp(key->name, "bytes_per_second") == 0)
        snprintf(buffer, size, "%s/s", units_print_bytes(bytes, sizeof bytes, value));
    else
        snprintf(buffer, size, value < 1000 ? "%.3g" : "%.0f", value);
    return buffer;
}

const char *predict_model_name(enum predict_model model) {
    return tables[model].model;
}

int predict_model_find(const char *name) {
    for (int i = 0; i < PREDICT_MODEL_COUNT; i++)
        if (strcmp(name, tables[i].model) == 0)
            return i;
    return -1;
}

const struct predict_key *predict_keys(enum predict_model model, size_t *count) {
    *count = tables[model].count;
    return tables[model].keys;
}

int predict_key_find(enum predict_model model, const char *name) {
    size_t index = find_key(&tables[model], name);
    return index < tables[model].count ? (int)index : -1;
}

/** The struct that the offsets of the model's keys count from. */
static void *base_of(struct predict_input *input) {
    return input->model == PREDICT_LOKI ? (void *)&input->loki : (void *)&input->tempo;
}

double predict_compression(const struct predict_loki_input *input) {
    static const double usual[LOKI_ENCODING_COUNT] = {2.5, 4.0, 4.2};
    return input->class_of.compression > 0 ? input->class_of.compression
                                           : usual[(enum loki_encoding)input->encoding];
}

double predict_input_get(const struct predict_input *input, size_t key) {
    size_t compression = offsetof(struct predict_loki_input, class_of.compression);
    if (input->model == PREDICT_LOKI && loki_keys[key].offset == compression)
        return predict_compression(&input->loki);
    const void *base =
        input->model == PREDICT_LOKI ? (const void *)&input->loki : (const void *)&input->tempo;
    double value;
    memcpy(&value, (const char *)base + tables[input->model].keys[key].offset, sizeof value);
    return value;
}

void predict_input_set(struct predict_input *input, size_t key, double value) {
    memcpy((char *)base_of(input) + tables[input->model].keys[key].offset, &value, sizeof value);
}

static void complain_unknown(const struct table *table, const char *name,
                             struct diagnostics *diagnostics) {
    const char *names[PREDICT_KEYS_MAX];
    char quoted[WORDS_QUOTE_BYTES];
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->keys[i].name;
    diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0, "predict %s has no key %s",
                    table->model, words_quote(quoted, sizeof quoted, name));
    struct diagnostic *last = diagnostics_last(diagnostics);
    int nearest = words_nearest(name, names, table->count);
    if (last && nearest >= 0)
        snprintf(last->hint, sizeof last->hint, "did you mean %s?", names[nearest]);
    else if (last)
        snprintf(last->hint, sizeof last->hint, "keys: see `simulate predict --help`");
}

static enum status read_key(const struct predict_key *key, const char *text, void *input,
                            struct diagnostics *diagnostics) {
    char quoted[WORDS_QUOTE_BYTES];
    double value = 0;
    words_quote(quoted, sizeof quoted, text);
    if (!predict_key_parse(key, text, &value))
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0, "%s is %s, expected %s",
                               key->name, quoted, predict_key_expected(key));
    if (value < key->least || value > key->most)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "%s is %s, expected a value from %.15g to %.15g", key->name, quoted,
                               key->least, key->most);
    memcpy((char *)input + key->offset, &value, sizeof value);
    return STATUS_OK;
}

static enum status read_setting(const struct table *table, const char *setting, void *input,
                                bool *given, struct diagnostics *diagnostics) {
    char name[KEY_BYTES_MAX];
    char quoted[WORDS_QUOTE_BYTES];
    const char *equals = strchr(setting, '=');
    if (!equals)
        return diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                               "--set %s: expected KEY=VALUE",
                               words_quote(quoted, sizeof quoted, setting));
    snprintf(name, sizeof name, "%.*s", (int)(equals - setting), setting);
    size_t index = find_key(table, name);
    if (index == table->count) {
        complain_unknown(table, name, diagnostics);
        return STATUS_INVALID;
    }
    given[index] = true;
    return read_key(&table->keys[index], equals + 1, input, diagnostics);
}

static enum status read_settings(const struct table *table,
                                 const struct scenario_override *settings, size_t count,
                                 void *input, struct diagnostics *diagnostics) {
    bool given[PREDICT_KEYS_MAX] = {false};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++)
        if (read_setting(table, settings[i].text, input, given, diagnostics) != STATUS_OK)
            status = STATUS_INVALID;
    for (size_t i = 0; i < table->count; i++) {
        const struct predict_key *key = &table->keys[i];
        if (key->required && !given[i])
            status = diagnostics_add(diagnostics, STATUS_INVALID, NULL, 0, 0,
                                     "predict %s needs --set %s=...: %s", table->model, key->name,
                                     key->meaning);
    }
    return status;
}

void predict_input_init(enum predict_model model, struct predict_input *input) {
    *input = (struct predict_input){
        .model = model,
        .loki = {.settings = loki_settings_default(),
                 .class_of = {.bytes_per_line = 350},
                 .load = {.class_count = 1, .pushes_per_second = 1, .query_range_seconds = 3600},
                 .synchrony = 1},
        .tempo = {.settings = tempo_settings_default(),
                  .load = {.spans_per_trace = 8, .bytes_per_span = 470}},
    };
}

enum status predict_input_read(enum predict_model model, const struct scenario_override *settings,
                               size_t count, struct predict_input *input,
                               struct diagnostics *diagnostics) {
    predict_input_init(model, input);
    return read_settings(&tables[model], settings, count, base_of(input), diagnostics);
}

void predict_write_keys(const char *model, struct text *text) {
    for (size_t i = 0; i < PREDICT_MODEL_COUNT; i++) {
        if (model && strcmp(model, tables[i].model) != 0)
            continue;
        text_print(text, "%s:\n", tables[i].model);
        for (size_t k = 0; k < tables[i].count; k++)
            text_print(text, "  %-29s %s\n", tables[i].keys[k].name, tables[i].keys[k].meaning);
        text_print(text, "  %-29s %s\n", "calibration",
                   "a file that `simulate calibrate` wrote (as shipped)");
    }
}
