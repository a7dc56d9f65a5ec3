#include "stack/verify_lines.h"

#include "sim/base/units.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { QUANTITY_BYTES = 32 };

struct verify_place verify_place(enum verify_look look, const struct release *release) {
    enum agent_kind kind = release->chart == CHART_ALLOY ? AGENT_KIND_ALLOY : AGENT_KIND_PROMTAIL;
    return (struct verify_place){look, component_title(release->component, kind)};
}

static struct verify_line *next_line(struct verify *verify) {
    if (verify->count == verify->capacity) {
        size_t capacity = verify->capacity ? 2 * verify->capacity : 64;
        struct verify_line *lines = arena_array(verify->arena, capacity, sizeof *lines);
        if (!lines) {
            verify->out_of_memory = true;
            return NULL;
        }
        if (verify->count > 0)
            memcpy(lines, verify->lines, verify->count * sizeof *lines);
        verify->lines = lines;
        verify->capacity = capacity;
    }
    return &verify->lines[verify->count++];
}

/** A text of the comparison's own: what comes from the cluster may hold what a terminal acts on. */
static const char *keep(struct verify *verify, char *text) {
    for (char *at = text; at && *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?';
    verify->out_of_memory = verify->out_of_memory || !text;
    return text ? text : "-";
}

static const char *copy(struct verify *verify, const char *text) {
    return text && *text ? keep(verify, arena_copy(verify->arena, text, strlen(text))) : "-";
}

void verify_add(struct verify *verify, struct verify_place place, const char *what,
                enum verify_verdict verdict, const char *planned, const char *live,
                const char *remark, ...) {
    struct verify_line *line = next_line(verify);
    if (!line)
        return;
    *line = (struct verify_line){.look = place.look,
                                 .verdict = verdict,
                                 .part = place.part,
                                 .what = copy(verify, what),
                                 .planned = copy(verify, planned),
                                 .live = copy(verify, live)};
    if (remark) {
        va_list arguments;
        va_start(arguments, remark);
        line->remark = keep(verify, arena_print_list(verify->arena, remark, arguments));
        va_end(arguments);
    }
    verify->drifts += verdict == VERIFY_DRIFT;
    verify->unseen += verdict == VERIFY_UNSEEN;
}

void verify_compare(struct verify *verify, struct verify_place place, const char *what,
                    const char *planned, const char *live) {
    bool same = strcmp(planned, live) == 0;
    verify_add(verify, place, what, same ? VERIFY_SAME : VERIFY_DRIFT, planned, live, NULL);
}

/** Equal but for what printing rounds away. */
static bool is_near(double a, double b) {
    return fabs(a - b) <= 0.001 * fmax(fabs(a), fabs(b));
}

typedef bool read_quantity(const char *text, double *value);

static void compare_quantity(struct verify *verify, struct verify_place place, const char *what,
                             const char *planned, const char *live, read_quantity *read) {
    double wanted = 0, found = 0;
    bool none = !*planned && !*live;
    bool same =
        *planned && *live && read(planned, &wanted) && read(live, &found) && is_near(wanted, found);
    if (none)
        return;
    verify_add(verify, place, what, same ? VERIFY_SAME : VERIFY_DRIFT, planned, live, NULL);
}

void verify_compare_bytes(struct verify *verify, struct verify_place place, const char *what,
                          double planned, const char *live) {
    char text[QUANTITY_BYTES] = "";
    if (planned > 0)
        units_print_quantity(text, sizeof text, planned);
    compare_quantity(verify, place, what, text, live, units_bytes);
}

void verify_compare_cores(struct verify *verify, struct verify_place place, const char *what,
                          double planned, const char *live) {
    char text[QUANTITY_BYTES] = "";
    if (planned > 0)
        units_print_cores(text, sizeof text, planned);
    compare_quantity(verify, place, what, text, live, units_cores);
}
