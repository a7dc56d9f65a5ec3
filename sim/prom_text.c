#include "sim/prom_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Longer numbers are none. */
enum { NUMBER_BYTES_MAX = 64 };

/** One line being read. */
struct line {
    const char *begin, *at, *end;
    char *room; /**< where names and values of the line are put, with their NULs */
    struct prom_label labels[PROM_LABELS_MAX];
    struct prom_sample sample;
    const char *wrong; /**< what was expected at `at`; NULL as long as all is well */
};

static bool is_name_character(char character, bool first) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_' || character == ':' || (!first && character >= '0' && character <= '9');
}

static void skip_blanks(struct line *line) {
    while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
        line->at++;
}

static bool take_character(struct line *line, char character) {
    if (line->at == line->end || *line->at != character)
        return false;
    line->at++;
    return true;
}

/** A metric's or a label's name; NULL when there is none. */
static const char *read_name(struct line *line) {
    char *name = line->room;
    while (line->at < line->end && is_name_character(*line->at, line->room == name))
        *line->room++ = *line->at++;
    if (line->room == name)
        return NULL;
    *line->room++ = '\0';
    return name;
}

/** A label's value in quotes, its escapes resolved; NULL when it is not closed. */
static const char *read_value(struct line *line) {
    char *value = line->room;
    if (!take_character(line, '"'))
        return NULL;
    while (line->at < line->end && *line->at != '"') {
        char character = *line->at++;
        if (character == '\\' && line->at < line->end) {
            character = *line->at++;
            character = character == 'n' ? '\n' : character;
        }
        *line->room++ = character;
    }
    *line->room++ = '\0';
    return take_character(line, '"') ? value : NULL;
}

static void read_label(struct line *line) {
    struct prom_sample *sample = &line->sample;
    skip_blanks(line);
    const char *name = read_name(line);
    skip_blanks(line);
    if (!name || !take_character(line, '=')) {
        line->wrong = "expected a label such as name=\"value\"";
        return;
    }
    skip_blanks(line);
    const char *value = read_value(line);
    if (!value)
        line->wrong = "expected the label's value in double quotes";
    else if (sample->label_count == PROM_LABELS_MAX)
        line->wrong = "the sample has more than 64 labels";
    else
        line->labels[sample->label_count++] = (struct prom_label){name, value};
    skip_blanks(line);
}

static void read_labels(struct line *line) {
    skip_blanks(line);
    if (!take_character(line, '{'))
        return;
    skip_blanks(line);
    while (!line->wrong && !take_character(line, '}')) {
        read_label(line);
        if (!line->wrong && !take_character(line, ',') &&
            (line->at == line->end || *line->at != '}'))
            line->wrong = "expected , or } behind the label";
        skip_blanks(line);
    }
}

/** A number as Go writes it: also NaN, +Inf, -Inf. False when there is none. */
static bool read_number(struct line *line, double *number) {
    char copy[NUMBER_BYTES_MAX];
    size_t length = 0;
    skip_blanks(line);
    while (line->at + length < line->end && line->at[length] != ' ' && line->at[length] != '\t')
        length++;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, line->at, length);
    copy[length] = '\0';
    char *end = NULL;
    *number = strtod(copy, &end);
    if (*end || copy[strspn(copy, "+-.0123456789eENaInf")])
        return false;
    line->at += length;
    return true;
}

static void read_sample(struct line *line) {
    double milliseconds;
    line->sample.labels = line->labels;
    line->sample.timestamp_seconds = NAN;
    line->sample.name = read_name(line);
    if (!line->sample.name)
        line->wrong = "expected a metric's name";
    if (!line->wrong)
        read_labels(line);
    if (!line->wrong && !read_number(line, &line->sample.value))
        line->wrong = "expected a number";
    skip_blanks(line);
    /* An exemplar begins with a #. */
    if (line->wrong || line->at == line->end || *line->at == '#')
        return;
    if (read_number(line, &milliseconds))
        line->sample.timestamp_seconds = milliseconds / 1000;
    else
        line->wrong = "expected a time in milliseconds, or the line's end";
}

/** Blank lines and comments hold nothing. */
static bool is_empty(struct line *line) {
    skip_blanks(line);
    return line->at == line->end || *line->at == '#';
}

static size_t line_length(const char *bytes, size_t length) {
    const char *end = memchr(bytes, '\n', length);
    return end ? (size_t)(end - bytes) : length;
}

static size_t without_return(const char *bytes, size_t length) {
    return length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
}

enum status prom_text_read(const char *file, const char *bytes, size_t length, prom_take *take,
                           void *context, struct diagnostics *diagnostics) {
    size_t longest = 0;
    for (size_t at = 0; at < length;) {
        size_t own = line_length(bytes + at, length - at);
        longest = own > longest ? own : longest;
        at += own + 1;
    }
    /* Every name and value takes a NUL more, and has a character around it less. */
    char *room = malloc(longest + 2);
    if (!room)
        return diagnostics_out_of_memory(diagnostics, file);
    enum status status = STATUS_OK;
    unsigned number = 1;
    for (size_t at = 0; at < length && status == STATUS_OK; number++) {
        size_t own = line_length(bytes + at, length - at);
        struct line line = {.begin = bytes + at, .at = bytes + at, .room = room};
        line.end = line.begin + without_return(line.begin, own);
        line.sample.line = number;
        at += own + 1;
        if (is_empty(&line))
            continue;
        read_sample(&line);
        if (line.wrong)
            status = diagnostics_add(diagnostics, STATUS_INVALID, file, number,
                                     (unsigned)(line.at - line.begin) + 1, "%s", line.wrong);
        else
            take(&line.sample, context);
    }
    free(room);
    return status;
}

const char *prom_text_label(const struct prom_sample *sample, const char *name) {
    for (size_t i = 0; i < sample->label_count; i++)
        if (strcmp(sample->labels[i].name, name) == 0)
            return sample->labels[i].value;
    return NULL;
}

static void ignore(const struct prom_sample *sample, void *context) {
    (void)sample;
    *(bool *)context = true;
}

bool prom_text_is_likely(const char *bytes, size_t length) {
    static const char *const comments[] = {"# HELP ", "# TYPE "};
    size_t at = 0;
    while (at < length && (bytes[at] == '\n' || bytes[at] == '\r'))
        at++;
    for (size_t i = 0; i < sizeof comments / sizeof *comments; i++)
        if (length - at >= strlen(comments[i]) &&
            memcmp(bytes + at, comments[i], strlen(comments[i])) == 0)
            return true;
    struct diagnostics unheard;
    bool any = false;
    diagnostics_init(&unheard);
    size_t own = line_length(bytes + at, length - at);
    return prom_text_read("", bytes + at, own, ignore, &any, &unheard) == STATUS_OK && any;
}
