/**
 * Saved /metrics pages, however many: pages of one process in turn bound windows, a page alone
 * tells what happened since its process started. Thread safety: one thread at a time.
 */
#ifndef SIM_MEASUREMENT_PAGES_H
#define SIM_MEASUREMENT_PAGES_H

#include "sim/measurement_metrics.h"

#define MEASUREMENT_PAGES_MAX 200

struct measurement_pages {
    struct {
        struct metrics_page page;
        const char *file; /**< borrowed */
    } saved[MEASUREMENT_PAGES_MAX];
    size_t count;
};

/** Does `path` look like such a page, and no table? False when it cannot be read. */
bool measurement_pages_is_one(const char *path);

/** Read `path`, which is borrowed. Scratch memory comes from `arena`. */
enum status measurement_pages_add(struct measurement_pages *pages, const char *path,
                                  struct arena *arena, struct diagnostics *diagnostics) MUST_CHECK;

/** Add what all pages tell to `set` and `notes`; settings as for metrics_measure(). */
enum status measurement_pages_measure(struct measurement_pages *pages,
                                      const struct scenario_override *settings,
                                      size_t setting_count, struct measurement_set *set,
                                      struct text *notes,
                                      struct diagnostics *diagnostics) MUST_CHECK;

#endif
