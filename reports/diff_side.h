/**
 * One side of a comparison: what `simulate diff` takes from a result.json, and nothing else.
 *
 * A scenario is compared through the result.json that its run would write, so both kinds of
 * operand take the same way. Strings are taken from the arena the side was read into. Numbers are
 * those of the file: six significant digits.
 */
#ifndef REPORTS_DIFF_SIDE_H
#define REPORTS_DIFF_SIDE_H

#include "reports/report.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/result.h"

#include <stdbool.h>
#include <stddef.h>

/** More of these than any result has are refused. */
#define DIFF_SETTINGS_MAX 32
#define DIFF_TARGETS_MAX 16
#define DIFF_ITEMS_MAX 64
#define DIFF_NODE_GROUPS_MAX 64

/** Largest result.json that is read. */
#define DIFF_BYTES_MAX (16u * 1024 * 1024)

/** A member of a component's `settings`; the key's ending names the unit. */
struct diff_setting {
    const char *key;
    bool unset;        /**< null */
    const char *words; /**< NULL for a number */
    double number;
};

struct diff_component {
    double request_cores, request_bytes, limit_cores, limit_bytes;
    double volume_bytes; /**< 0 without a volume */
    double memory_peak_p95_mib, cpu_p95_cores, disk_p95_gib;
    double throttled_fraction;
    struct probability out_of_memory, volume_full;
    struct diff_setting settings[DIFF_SETTINGS_MAX];
    size_t setting_count;
};

struct diff_target {
    const char *name;  /**< `out_of_memory` */
    const char *title; /**< `Memory kills`; the name where the program knows no title */
    bool holds;
    double value;
    const char *unit; /**< of the value: `USD/month`, `seconds` or `fraction` */
    struct probability probability;
    bool of_miss; /**< the probability is that of a kill, not that the target is met */
    const char *bound_text, *value_text, *reason;
};

struct diff_item {
    const char *component, *item;
    double usd_per_month;
};

struct diff_plan {
    bool holds;        /**< every target, and every pod has a node */
    const char *nodes; /**< `1 x t3.medium + 2 x t3.small` */
    const char *purchase, *credits;
    double root_volume_bytes;
    double pending_pods;
    double monthly_usd_p50, monthly_usd_p95;
    struct probability credits_exhausted;
    struct diff_component components[COMPONENT_COUNT];
    struct diff_target targets[DIFF_TARGETS_MAX];
    size_t target_count;
    struct diff_item items[DIFF_ITEMS_MAX];
    size_t item_count;
};

struct diff_side {
    const char *file;     /**< the operand */
    const char *scenario; /**< its name: `a-z`, `0-9` and `-` only */
    const char *version;  /**< of the program that made the result */
    const char *region;
    const char *seed; /**< its digits */
    double replicas, horizon_seconds, step_seconds;
    double log_gb_per_day, spans_per_second;
    struct diff_plan as_written;
    bool has_best;
    struct diff_plan best; /**< meaningless without has_best */
    double headroom;       /**< multiple of the load that the best plan takes; 0 when not known */
};

/** Does the operand name a result.json? By its ending, `.json`; one that says neither that nor
 *  `.yaml` or `.yml` is a result when its first character is a brace. */
bool diff_is_result(const char *file, const char *bytes, size_t length);

/** Read a result.json; `file` names it in messages. STATUS_INVALID with up to DIAGNOSTICS_MAX
 *  entries of line, column, key path and what was expected. */
enum status diff_side_read(const char *file, const char *bytes, size_t length, struct arena *arena,
                           struct diff_side *side, struct diagnostics *diagnostics) MUST_CHECK;

/** The side of a run just made: through its result.json. `file` is the scenario's. */
enum status diff_side_of_report(const char *file, const struct report *report, struct arena *arena,
                                struct diff_side *side, struct diagnostics *diagnostics) MUST_CHECK;

#endif
