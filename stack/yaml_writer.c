#include "stack/yaml_writer.h"

#include <string.h>
#include <strings.h>

static int add_bytes(void *data, unsigned char *bytes, size_t size) {
    struct text *text = data;
    text_add_bytes(text, (const char *)bytes, size);
    return !text_failed(text);
}

/** Hand over the event that was made (`made` is what its initialiser returned). */
static void emit(struct yaml_writer *writer, yaml_event_t *event, int made) {
    if (!made)
        writer->failed = true;
    else if (writer->failed)
        yaml_event_delete(event);
    else
        writer->failed = !yaml_emitter_emit(&writer->emitter, event);
}

void yaml_writer_open(struct yaml_writer *writer, struct text *text) {
    yaml_event_t event;
    *writer = (struct yaml_writer){.text = text};
    if (!yaml_emitter_initialize(&writer->emitter)) {
        writer->failed = true;
        return;
    }
    yaml_emitter_set_output(&writer->emitter, add_bytes, text);
    yaml_emitter_set_unicode(&writer->emitter, 1);
    yaml_emitter_set_indent(&writer->emitter, 2);
    /* Never fold: a line break inside a regular expression is hard to read. */
    yaml_emitter_set_width(&writer->emitter, -1);
    emit(writer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    emit(writer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
}

enum status yaml_writer_close(struct yaml_writer *writer, struct diagnostics *diagnostics) {
    yaml_event_t event;
    if (writer->depth != 0)
        writer->failed = true;
    emit(writer, &event, yaml_document_end_event_initialize(&event, 1));
    emit(writer, &event, yaml_stream_end_event_initialize(&event));
    const char *problem = writer->emitter.problem;
    enum status status = STATUS_OK;
    if (text_failed(writer->text))
        status = diagnostics_out_of_memory(diagnostics, "writing YAML");
    else if (writer->failed)
        status = diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                                 "a YAML document could not be written: %s",
                                 problem ? problem : "wrong nesting or text that is not UTF-8");
    yaml_emitter_delete(&writer->emitter);
    return status;
}

static void scalar(struct yaml_writer *writer, const char *value, yaml_scalar_style_t style) {
    yaml_event_t event;
    emit(writer, &event,
         yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)value,
                                      (int)strlen(value), 1, 1, style));
}

/** Words that some reader of YAML 1.1 or 1.2 takes for something else than a string. */
static bool is_reserved_word(const char *value) {
    static const char *const words[] = {"",   "~",   "null", "true",  "false", "yes",  "no",
                                        "on", "off", "y",    "n",     ".inf",  ".nan", "=",
                                        "<<", "nan", "inf",  "+.inf", "-.inf"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return false;
}

/** Whether it could be a number, a date or base-60 time to some reader. Too careful on purpose:
 *  quotes around an address such as 0.0.0.0:4317 do no harm. */
static bool is_like_number(const char *value) {
    if (!strchr("0123456789+-.", value[0]))
        return false;
    return value[strspn(value, "0123456789abcdefABCDEFxXoO_+-.:, TZ")] == '\0';
}

static yaml_scalar_style_t string_style(const char *value) {
    if (strchr(value, '\n'))
        return YAML_LITERAL_SCALAR_STYLE;
    if (is_reserved_word(value) || is_like_number(value))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    return YAML_PLAIN_SCALAR_STYLE;
}

/** A mapping's items need a key, others must have none. */
static void put_key(struct yaml_writer *writer, const char *key) {
    bool wanted = writer->depth > 0 && !writer->sequence[writer->depth - 1];
    if (wanted != (key != NULL))
        writer->failed = true;
    else if (key)
        scalar(writer, key, string_style(key));
}

static void push(struct yaml_writer *writer, bool sequence) {
    if (writer->depth >= YAML_WRITER_DEPTH_MAX) {
        writer->failed = true;
        return;
    }
    writer->sequence[writer->depth++] = sequence;
}

void yaml_writer_mapping(struct yaml_writer *writer, const char *key) {
    yaml_event_t event;
    put_key(writer, key);
    emit(writer, &event,
         yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
    push(writer, false);
}

void yaml_writer_sequence(struct yaml_writer *writer, const char *key) {
    yaml_event_t event;
    put_key(writer, key);
    emit(writer, &event,
         yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
    push(writer, true);
}

void yaml_writer_end(struct yaml_writer *writer) {
    yaml_event_t event;
    if (writer->depth == 0) {
        writer->failed = true;
        return;
    }
    bool sequence = writer->sequence[--writer->depth];
    emit(writer, &event,
         sequence ? yaml_sequence_end_event_initialize(&event)
                  : yaml_mapping_end_event_initialize(&event));
}

void yaml_writer_string(struct yaml_writer *writer, const char *key, const char *value) {
    put_key(writer, key);
    scalar(writer, value, string_style(value));
}

void yaml_writer_plain(struct yaml_writer *writer, const char *key, const char *value) {
    put_key(writer, key);
    scalar(writer, value, YAML_PLAIN_SCALAR_STYLE);
}

void yaml_writer_null(struct yaml_writer *writer, const char *key) {
    yaml_writer_plain(writer, key, "null");
}
