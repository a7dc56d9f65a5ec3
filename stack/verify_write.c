/* The comparison as a table, and as JSON. */
#include "stack/verify.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REMARK_INDENT = 6 };

static const char *const look_titles[VERIFY_LOOKS] = {
    [VERIFY_RELEASES] = "Releases",
    [VERIFY_OBJECTS] = "Requests, limits, volumes and nodes",
    [VERIFY_SETTINGS] = "Settings that Loki and Tempo run with",
    [VERIFY_USAGE] = "Use now against what was simulated",
};
static const char *const look_names[VERIFY_LOOKS] = {[VERIFY_RELEASES] = "releases",
                                                     [VERIFY_OBJECTS] = "objects",
                                                     [VERIFY_SETTINGS] = "settings",
                                                     [VERIFY_USAGE] = "usage"};

static const struct {
    const char *name, *mark, *color;
} verdicts[] = {
    [VERIFY_SAME] = {.name = "same", .mark = "✓", .color = "\033[32m"},
    [VERIFY_DRIFT] = {.name = "drift", .mark = "✗", .color = "\033[31m"},
    [VERIFY_UNSEEN] = {.name = "unseen", .mark = "?", .color = "\033[33m"},
};

/** Widths of the first three columns: as wide as their widest text, within bounds. */
struct columns {
    int part, what, planned;
};

static int widest(int width, const char *text, int most) {
    int own = (int)text_width(text);
    return own <= most && own > width ? own : width;
}

static struct columns measure(const struct verify *verify) {
    struct columns columns = {0};
    for (size_t i = 0; i < verify->count; i++) {
        const struct verify_line *line = &verify->lines[i];
        columns.part = widest(columns.part, line->part, 25);
        columns.what = widest(columns.what, line->what, 28);
        columns.planned = widest(columns.planned, line->planned, 24);
    }
    return columns;
}

static void write_cell(struct text *text, const char *word, int width) {
    int own = (int)text_width(word);
    text_add(text, word);
    text_repeat(text, ' ', (size_t)(own < width ? width - own : 0) + 2);
}

static void write_line(const struct verify_line *line, const struct columns *columns,
                       unsigned width, bool color, struct text *text) {
    text_print(text, "  %s%s%s ", color ? verdicts[line->verdict].color : "",
               verdicts[line->verdict].mark, color ? "\033[0m" : "");
    write_cell(text, line->part, columns->part);
    write_cell(text, line->what, columns->what);
    if (line->verdict == VERIFY_UNSEEN) {
        text_add(text, "not seen");
    } else {
        write_cell(text, line->planned, columns->planned);
        text_add(text, line->live);
    }
    text_add(text, "\n");
    if (line->remark && line->verdict != VERIFY_SAME) {
        text_repeat(text, ' ', REMARK_INDENT);
        text_add_wrapped(text, line->remark, REMARK_INDENT, width);
    }
}

/** What a person has to look at comes first, and again in its table. */
static void write_differences(const struct verify *verify, const struct columns *columns,
                              unsigned width, bool color, struct text *text) {
    if (verify->drifts + verify->unseen > 0)
        text_add(text, "\n");
    for (size_t i = 0; i < verify->count; i++)
        if (verify->lines[i].verdict != VERIFY_SAME)
            write_line(&verify->lines[i], columns, width, color, text);
}

static void write_look(const struct verify *verify, enum verify_look look,
                       const struct columns *columns, unsigned width, bool color,
                       struct text *text) {
    bool titled = false;
    for (size_t i = 0; i < verify->count; i++) {
        if (verify->lines[i].look != look)
            continue;
        if (!titled) {
            text_print(text, "\n  %s\n    ", look_titles[look]);
            write_cell(text, "", columns->part);
            write_cell(text, "", columns->what);
            write_cell(text, look == VERIFY_USAGE ? "simulated" : "planned", columns->planned);
            text_add(text, "live\n");
        }
        titled = true;
        write_line(&verify->lines[i], columns, width, color, text);
    }
}

void verify_write_text(const struct verify *verify, const struct cluster *cluster, unsigned width,
                       bool color, struct text *text) {
    const struct columns columns = measure(verify);
    text_print(text, "%s: ", cluster->context);
    if (verify->drifts > 0)
        text_print(text, "DRIFT, %zu of %zu figures differ from the plan", verify->drifts,
                   verify->count);
    else
        text_print(text, "as planned, %zu figures compared", verify->count - verify->unseen);
    if (verify->unseen > 0)
        text_print(text, "; %zu could not be seen", verify->unseen);
    text_add(text, "\n");
    write_differences(verify, &columns, width, color, text);
    if (verify->mend)
        text_print(text, "\n  What was changed past helm goes back by\n%s", verify->mend);
    for (int look = 0; look < VERIFY_LOOKS; look++)
        write_look(verify, (enum verify_look)look, &columns, width, color, text);
}

static json_t *line_json(const struct verify_line *line) {
    json_t *object = json_pack("{ss ss ss ss ss ss}", "look", look_names[line->look], "part",
                               line->part, "what", line->what, "planned", line->planned, "live",
                               line->live, "verdict", verdicts[line->verdict].name);
    if (object && line->remark)
        json_object_set_new(object, "remark", json_string(line->remark));
    return object;
}

void verify_write_smoke(const struct smoke_answer *smoke, struct text *text) {
    text_print(text,
               "Smoke test: Grafana showed a log line %.2f s and a span %.2f s after they were "
               "pushed.\n",
               smoke->line_seconds, smoke->trace_seconds);
}

static json_t *smoke_json(const struct smoke_answer *smoke) {
    return json_pack("{ss sf sf sf sf}", "id", smoke->id, "push_line_seconds",
                     smoke->push_line_seconds, "line_seconds", smoke->line_seconds,
                     "push_trace_seconds", smoke->push_trace_seconds, "trace_seconds",
                     smoke->trace_seconds);
}

enum status verify_write_json(const struct verify *verify, const struct cluster *cluster,
                              const struct smoke_answer *smoke, struct text *text,
                              struct diagnostics *diagnostics) {
    json_t *lines = json_array();
    bool whole = lines != NULL;
    for (size_t i = 0; i < verify->count && whole; i++)
        whole = json_array_append_new(lines, line_json(&verify->lines[i])) == 0;
    json_t *object =
        json_pack("{ss sI sI so}", "context", cluster->context, "drifts",
                  (json_int_t)verify->drifts, "unseen", (json_int_t)verify->unseen, "lines", lines);
    if (object && verify->mend)
        whole = json_object_set_new(object, "mend", json_string(verify->mend)) == 0 && whole;
    if (object && smoke)
        whole = json_object_set_new(object, "smoke", smoke_json(smoke)) == 0 && whole;
    char *dumped = whole && object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    if (dumped)
        text_print(text, "%s\n", dumped);
    free(dumped);
    json_decref(object);
    return dumped ? STATUS_OK
                  : diagnostics_out_of_memory(diagnostics, "the comparison with the cluster");
}
