#include "sim/measurement_live.h"

#include "sim/base/clock.h"

#include <math.h>
#include <string.h>

static const double looks_wanted = 40;
static const double pause_least = 1, pause_most = 15;
/** So often a look is tried again before the watch ends. */
enum { FAILURES_MAX = 3 };

/** One program that is watched. */
struct target {
    const char *url;
    struct metrics_page first, last;
    double first_seconds, last_seconds; /**< of our clock */
    struct metrics_watch watch;
    int failures; /**< one after the other */
};

static enum status check_model(const char *url, enum predict_model found, enum predict_model wanted,
                               struct diagnostics *diagnostics) {
    if (found == wanted)
        return STATUS_OK;
    return diagnostics_add(diagnostics, STATUS_INVALID, url, 0, 0, "that is a %s, expected a %s",
                           predict_model_name(found), predict_model_name(wanted));
}

/** Look once. A process that was restarted begins anew. */
static enum status look(const struct measurement_live *live, enum predict_model model,
                        struct target *target, struct diagnostics *diagnostics) {
    struct metrics_page page;
    enum status status = metrics_fetch_page(&live->fetch, target->url, &page, diagnostics);
    if (status == STATUS_OK)
        status = check_model(target->url, page.model, model, diagnostics);
    if (status != STATUS_OK)
        return status;
    if (target->watch.looks == 0 || !metrics_pages_join(&target->last, &page)) {
        target->first = page;
        target->first_seconds = clock_seconds();
        target->watch = (struct metrics_watch){0};
    }
    target->last = page;
    target->last_seconds = clock_seconds();
    metrics_watch_add(&target->watch, &page);
    return STATUS_OK;
}

/** Look at every program. The first look must succeed; later ones may fail some times. */
static enum status look_at_all(const struct measurement_live *live, struct target *targets,
                               bool *ended, struct diagnostics *diagnostics) {
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        struct target *target = &targets[m];
        struct diagnostics unheard;
        bool first = target->watch.looks == 0;
        if (!target->url)
            continue;
        diagnostics_init(&unheard);
        enum status status =
            look(live, (enum predict_model)m, target, first ? diagnostics : &unheard);
        if (status != STATUS_OK && first)
            return status;
        target->failures = status == STATUS_OK ? 0 : target->failures + 1;
        *ended = *ended || target->failures > FAILURES_MAX;
    }
    return STATUS_OK;
}

/** Wait until `until`; false when the user stops it. */
static bool wait_until(const struct measurement_live *live, double begun, double until) {
    while (clock_seconds() < until) {
        if (!live->progress(fmin((clock_seconds() - begun) / live->seconds, 0.999),
                            live->progress_context))
            return false;
        clock_sleep(0.2);
    }
    return true;
}

static enum status watch_all(const struct measurement_live *live, struct target *targets,
                             struct diagnostics *diagnostics) {
    double begun = clock_seconds();
    double pause = fmin(fmax(live->seconds / looks_wanted, pause_least), pause_most);
    bool ended = false;
    enum status status = look_at_all(live, targets, &ended, diagnostics);
    while (status == STATUS_OK && !ended && clock_seconds() - begun < live->seconds) {
        if (!wait_until(live, begun, fmin(clock_seconds() + pause, begun + live->seconds)))
            break;
        status = look_at_all(live, targets, &ended, diagnostics);
    }
    if (live->seconds > 0)
        live->progress(1, live->progress_context);
    return status;
}

/** What was seen of one program: over the watch, or since its start when that was too short. */
static enum status measure(const struct measurement_live *live, const struct target *target,
                           struct measurement_set *set, struct text *notes,
                           struct diagnostics *diagnostics) {
    struct measurement measurement;
    bool watched = target->watch.looks > 1 && target->last_seconds - target->first_seconds >= 10;
    const struct metrics_window window = {
        .first = watched ? &target->first : NULL,
        .last = &target->last,
        .seconds = watched ? target->last_seconds - target->first_seconds
                           : target->last.now_seconds - target->last.start_seconds,
        .watch = watched ? &target->watch : NULL,
        .source = target->url,
    };
    if (target->failures > 0)
        text_print(notes, "%s no longer answered: what was seen until then counts\n", target->url);
    enum status status = metrics_measure(&window, live->settings, live->setting_count, &measurement,
                                         notes, diagnostics);
    if (status == STATUS_OK)
        measurement_add(set, &measurement);
    return status;
}

enum status measurement_live_watch(const struct measurement_live *live, struct measurement_set *set,
                                   struct text *notes, struct diagnostics *diagnostics) {
    struct target targets[PREDICT_MODEL_COUNT] = {{0}};
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        targets[m].url = live->url[m];
    enum status status = watch_all(live, targets, diagnostics);
    for (int m = 0; m < PREDICT_MODEL_COUNT && status == STATUS_OK; m++)
        if (targets[m].url)
            status = measure(live, &targets[m], set, notes, diagnostics);
    return status;
}
