/**
 * The grid of a sweep: which keys vary, through which values, and the point each number stands for.
 *
 * Points count row by row: the last key varies fastest, as in nested loops written in the order of
 * the options. Read-only once parsed, so safe to share.
 */
#ifndef SIM_SWEEP_GRID_H
#define SIM_SWEEP_GRID_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/scenario.h"

#include <stddef.h>

/** Points of a grid, at most. */
#define SWEEP_POINTS_MAX 10000
/** Keys that vary at once, at most. */
#define SWEEP_AXES_MAX 6

struct sweep_axis {
    const char *key;       /**< `stack.loki.volume` */
    const char **values;   /**< [count] as written */
    const char **settings; /**< [count] `key=value`, as an override */
    size_t count;          /**< two or more */
};

struct sweep_grid {
    struct sweep_axis axes[SWEEP_AXES_MAX];
    size_t axis_count;
    size_t point_count;
};

/**
 * Parse options of the form `key.path=A,B,C`. Commas inside brackets, braces and quotes belong to
 * the value: `cluster.nodes=[{type: t3.small, count: 1}],[{type: t3.small, count: 2}]`.
 * STATUS_USAGE: not of that form, fewer than two values, a value or key twice, too many points or
 * keys. Whether keys and values mean anything is for the scenario's loader to say.
 */
enum status sweep_grid_parse(const char *const *options, size_t option_count, struct arena *arena,
                             struct sweep_grid *grid, struct diagnostics *diagnostics) MUST_CHECK;

/** Which value of axis `axis` point `point` has. */
size_t sweep_grid_index(const struct sweep_grid *grid, size_t point, size_t axis);

/** That value as written. */
const char *sweep_grid_value(const struct sweep_grid *grid, size_t point, size_t axis);

/** The overrides that make the point, one an axis. */
void sweep_grid_overrides(const struct sweep_grid *grid, size_t point,
                          struct scenario_override overrides[SWEEP_AXES_MAX]);

/** `key=value, key=value`, cut to `size`; returns `buffer`. */
char *sweep_grid_print(const struct sweep_grid *grid, size_t point, char *buffer, size_t size);

#endif
