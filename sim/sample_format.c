#include "sim/sample_format.h"

#include "sim/sample_json.h"
#include "sim/sample_time.h"

#include <stdio.h>
#include <string.h>

/** Shares of the lines looked at that make a format. */
#define WRAPPER_SHARE 0.9
#define PAYLOAD_SHARE 0.6
#define TIMES_SHARE 0.5

static const char *const wrapper_names[] = {"none", "CRI", "Docker"};
static const char *const payload_names[] = {"plain text", "logfmt", "JSON"};

const char *sample_wrapper_name(enum sample_wrapper wrapper) {
    return wrapper_names[wrapper];
}

const char *sample_payload_name(enum sample_payload payload) {
    return payload_names[payload];
}

static unsigned output_of(const char *word, size_t length) {
    if (length != 6)
        return 0;
    return memcmp(word, "stdout", 6) == 0 ? 1 : memcmp(word, "stderr", 6) == 0 ? 2 : 0;
}

/** `2026-11-02T09:00:00.013Z stdout F line` */
static bool unwrap_cri(const char *line, size_t length, struct sample_entry *entry) {
    enum { OUTPUT = 6, TAIL = 2 };
    size_t used;
    if (!sample_time_date(line, length, &entry->ns, &used) || length - used < 1 + OUTPUT + TAIL ||
        line[used] != ' ')
        return false;
    const char *at = line + used + 1;
    entry->output = output_of(at, OUTPUT);
    at += OUTPUT;
    if (!entry->output || at[0] != ' ' || (at[1] != 'F' && at[1] != 'P'))
        return false;
    entry->timed = true;
    entry->partial = at[1] == 'P';
    at += TAIL;
    /* Some runtimes leave out the space before an empty line. */
    if (at < line + length && *at == ':')
        while (at < line + length && *at != ' ')
            at++;
    if (at < line + length && *at != ' ')
        return false;
    entry->bytes = at < line + length ? at + 1 : at;
    entry->length = (size_t)(line + length - entry->bytes);
    return true;
}

static bool take_docker_member(const struct sample_json_member *member, struct text *unescaped,
                               struct sample_entry *entry, bool *has_log) {
    size_t size = (size_t)(member->value_end - member->value), used;
    if (size < 2 || *member->value != '"')
        return true;
    if (member->key_length == 3 && memcmp(member->key, "log", 3) == 0) {
        unescaped->length = 0;
        *has_log = true;
        return sample_json_unescape(member->value, member->value_end, unescaped) != NULL;
    }
    if (member->key_length == 6 && memcmp(member->key, "stream", 6) == 0)
        entry->output = output_of(member->value + 1, size - 2);
    if (member->key_length == 4 && memcmp(member->key, "time", 4) == 0)
        entry->timed = sample_time_date(member->value + 1, size - 2, &entry->ns, &used);
    return true;
}

/** `{"log":"line\n","stream":"stdout","time":"2026-11-02T09:00:00.013Z"}` */
static bool unwrap_docker(const char *line, size_t length, struct text *unescaped,
                          struct sample_entry *entry) {
    const char *end = line + length;
    struct sample_json_member member;
    bool has_log = false;
    if (length == 0 || *line != '{')
        return false;
    for (const char *at = line + 1; (at = sample_json_member(at, end, &member)); at++) {
        if (!take_docker_member(&member, unescaped, entry, &has_log))
            return false;
        if (at == end || *at != ',')
            break;
    }
    if (!has_log || !entry->timed || text_failed(unescaped))
        return false;
    entry->partial = unescaped->length == 0 || unescaped->data[unescaped->length - 1] != '\n';
    entry->bytes = unescaped->data;
    entry->length = unescaped->length - (entry->partial ? 0 : 1);
    return true;
}

bool sample_format_unwrap(enum sample_wrapper wrapper, const char *line, size_t length,
                          struct text *unescaped, struct sample_entry *entry) {
    *entry = (struct sample_entry){.bytes = line, .length = length};
    bool fits = wrapper == SAMPLE_WRAPPER_CRI      ? unwrap_cri(line, length, entry)
                : wrapper == SAMPLE_WRAPPER_DOCKER ? unwrap_docker(line, length, unescaped, entry)
                                                   : true;
    if (!fits)
        *entry = (struct sample_entry){.bytes = line, .length = length};
    return fits;
}

bool sample_format_time(const struct sample_format *format, const char *line, size_t length,
                        int64_t *ns) {
    if (!format->has_times)
        return false;
    if (format->time_key)
        return sample_time_in_json(line, length, format->time_key, ns);
    return sample_time_in_text(line, length, ns);
}

/** Does a line look like `level=info msg="..."`: a name, `=`, and another pair? */
static bool is_logfmt(const char *line, size_t length) {
    const char *equals = memchr(line, '=', length);
    if (!equals || equals == line)
        return false;
    for (const char *at = line; at < equals; at++)
        if ((unsigned char)*at <= ' ' || *at == '"' || *at == '[' || *at == '(')
            return false;
    return memchr(equals + 1, '=', (size_t)(line + length - equals) - 1) != NULL;
}

static enum sample_payload payload_of(const char *line, size_t length) {
    const char *end = line + length, *at = sample_json_skip_spaces(line, end);
    struct sample_json_member member;
    if (at < end && *at == '{' && sample_json_member(at + 1, end, &member))
        return SAMPLE_PAYLOAD_JSON;
    return is_logfmt(line, length) ? SAMPLE_PAYLOAD_LOGFMT : SAMPLE_PAYLOAD_TEXT;
}

/** What the lines looked at were found to be. */
struct tally {
    unsigned lines;
    unsigned wrappers[3];
    unsigned payloads[3];
    unsigned text_times, json_times[SAMPLE_TIME_KEY_COUNT];
};

/** Count what a line out of its wrapper is, and where it has a time. */
static void count_payload(struct tally *tally, const char *line, size_t length) {
    enum sample_payload payload = payload_of(line, length);
    int64_t ns;
    tally->payloads[payload]++;
    if (payload != SAMPLE_PAYLOAD_JSON) {
        tally->text_times += sample_time_in_text(line, length, &ns);
        return;
    }
    for (size_t key = 0; key < SAMPLE_TIME_KEY_COUNT; key++)
        tally->json_times[key] += sample_time_in_json(line, length, sample_time_keys[key], &ns);
}

/** Count each line that is not empty; the last only when it is whole or the only one. */
static void count_lines(const char *bytes, size_t length, bool ends, enum sample_wrapper wrapper,
                        struct text *unescaped, struct tally *tally) {
    const char *end = bytes + length;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        if (!newline && !ends && tally->lines > 0)
            return;
        size_t size = (size_t)((newline ? newline : end) - bytes);
        struct sample_entry entry;
        if (size > 0) {
            tally->lines++;
            bool fits = sample_format_unwrap(wrapper, bytes, size, unescaped, &entry);
            tally->wrappers[wrapper] += fits;
            if (fits && entry.length > 0)
                count_payload(tally, entry.bytes, entry.length);
        }
        bytes += size + (newline != NULL);
    }
}

static void set_times(const struct tally *tally, struct sample_format *format) {
    double enough = TIMES_SHARE * (double)tally->lines;
    if (format->payload != SAMPLE_PAYLOAD_JSON) {
        format->has_times = tally->text_times > enough;
        return;
    }
    for (size_t key = 0; key < SAMPLE_TIME_KEY_COUNT && !format->time_key; key++)
        if (tally->json_times[key] > enough)
            format->time_key = sample_time_keys[key];
    format->has_times = format->time_key != NULL;
}

/** Bytes that text does not have, in UTF-8 or any older code: control characters. */
static double control_share(const char *bytes, size_t length) {
    size_t controls = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        controls += byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r' && byte != 0x1B;
    }
    return length > 0 ? (double)controls / (double)length : 0;
}

struct sample_format sample_format_of(const char *bytes, size_t length, bool ends) {
    struct sample_format format = {.control_share = control_share(bytes, length)};
    struct text unescaped;
    struct tally tally = {0};
    text_init(&unescaped);
    for (int wrapper = SAMPLE_WRAPPER_DOCKER; wrapper >= 0; wrapper--) {
        tally = (struct tally){0};
        count_lines(bytes, length, ends, (enum sample_wrapper)wrapper, &unescaped, &tally);
        format.wrapper = (enum sample_wrapper)wrapper;
        if (tally.lines > 0 && tally.wrappers[wrapper] >= WRAPPER_SHARE * tally.lines)
            break;
    }
    text_fini(&unescaped);
    format.looked = tally.lines;
    for (int payload = SAMPLE_PAYLOAD_JSON; payload > 0; payload--) {
        if (tally.payloads[payload] > PAYLOAD_SHARE * tally.lines) {
            format.payload = (enum sample_payload)payload;
            break;
        }
    }
    format.matched = format.payload == SAMPLE_PAYLOAD_TEXT ? tally.wrappers[format.wrapper]
                                                           : tally.payloads[format.payload];
    if (format.wrapper == SAMPLE_WRAPPER_NONE)
        set_times(&tally, &format);
    else
        format.has_times = true;
    return format;
}

char *sample_format_words(char *buffer, size_t size, const struct sample_format *format) {
    char times[48] = "without times";
    if (format->wrapper != SAMPLE_WRAPPER_NONE)
        snprintf(times, sizeof times, "times from the wrapper");
    else if (format->time_key)
        snprintf(times, sizeof times, "times from \"%s\"", format->time_key);
    else if (format->has_times)
        snprintf(times, sizeof times, "times from the lines");
    snprintf(buffer, size, "%s lines%s%s%s, %s", payload_names[format->payload],
             format->wrapper != SAMPLE_WRAPPER_NONE ? " in " : "",
             format->wrapper != SAMPLE_WRAPPER_NONE ? wrapper_names[format->wrapper] : "",
             format->wrapper != SAMPLE_WRAPPER_NONE ? "'s wrapper" : "", times);
    return buffer;
}
