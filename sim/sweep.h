/**
 * A sweep: the scenario at every point of a grid, each simulated as written and, unless told not
 * to, with the search for its best plan.
 *
 * A point's row depends on the scenario, the options and the tables alone: not on threads, ranks,
 * order, or on having been read back from a checkpoint. Points are independent; a finished one is
 * appended to the checkpoint at once, so that whatever ends the program costs only the points that
 * were under way.
 */
#ifndef SIM_SWEEP_H
#define SIM_SWEEP_H

#include "sim/result.h"
#include "sim/run.h"
#include "sim/sweep_grid.h"

#include <stdint.h>

/** Room for a plan's nodes in words. */
#define SWEEP_NODES_BYTES 384

/** A target of the stack as written; the probability is that of struct target_outcome: that the
 *  bound holds, for out_of_memory that of a kill. */
struct sweep_target {
    bool set, holds;
    double probability;
};

/** What is kept of a point. Free of pointers: it travels between ranks as bytes. */
struct sweep_row {
    bool done;
    bool holds;                                /**< the stack as written or the best plan */
    bool written_holds;                        /**< the stack as written */
    bool found;                                /**< a best plan; its figures follow */
    double written_usd_per_month;              /**< median */
    struct sweep_target targets[TARGET_COUNT]; /**< by enum target_kind */
    double best_usd_per_month;                 /**< median */
    char best_nodes[SWEEP_NODES_BYTES];
};

/** What a sweep is made from; all borrowed and alive as long as the sweep. */
struct sweep_input {
    const char *file; /**< as the user named the scenario */
    const char *bytes;
    size_t length;
    const struct scenario_override *overrides; /**< of every point */
    size_t override_count;
    const char *const *vary; /**< `key=A,B,C` */
    size_t vary_count;
    const struct run_tables *tables;
    const char *price_folder; /**< where the tables came from; NULL: shipped */
    const char *version;      /**< of the program */
    bool search;              /**< look for the best plans too */
};

/** How to go about it; none of it changes a row. */
struct sweep_options {
    int threads;            /**< 0: as many as OpenMP offers */
    bool resume;            /**< go on from the checkpoint, which must be there */
    const char *checkpoint; /**< its path; NULL keeps none */
    /** Called from one thread at a time, now and then, with the points done; false stops. */
    bool (*progress)(size_t done, size_t count, void *context);
    void *progress_context;
};

struct sweep {
    struct sweep_input input;
    struct sweep_grid grid;
    struct sweep_row *rows; /**< [grid.point_count] */
    size_t done_count;
    uint64_t calibrations;   /**< hash of the named calibration files, from sweep_check() */
    const char *calibration; /**< the one that was hashed last; arena, NULL before */
    struct arena arena;
};

/** Parse the grid. `*sweep` is ready for sweep_fini() whatever is returned. */
enum status sweep_init(struct sweep *sweep, const struct sweep_input *input,
                       struct diagnostics *diagnostics) MUST_CHECK;
void sweep_fini(struct sweep *sweep);

/** The scenario of a point; messages about a varied value name `--vary`. Reentrant. */
enum status sweep_load(const struct sweep *sweep, size_t point, struct scenario **scenario,
                       struct diagnostics *diagnostics) MUST_CHECK;

/** Load every point and keep none: the first that is refused ends it with the loader's messages.
 *  Notes what is in the calibration files that they name, for the checkpoint: before
 *  sweep_start(). */
enum status sweep_check(struct sweep *sweep, struct diagnostics *diagnostics) MUST_CHECK;

/** Simulate one point on `threads` threads. `go_on` may stop it, as in struct engine_input.
 *  Reentrant. */
enum status sweep_point(const struct sweep *sweep, size_t point, int threads,
                        bool (*go_on)(double done, void *context), void *context,
                        struct sweep_row *row, struct diagnostics *diagnostics) MUST_CHECK;

/** Start the checkpoint, or with `resume` read the rows it has. */
enum status sweep_start(struct sweep *sweep, const struct sweep_options *options,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** Keep a finished row and append it to the checkpoint. From one thread at a time. */
enum status sweep_keep(struct sweep *sweep, const struct sweep_options *options, size_t point,
                       const struct sweep_row *row, struct diagnostics *diagnostics) MUST_CHECK;

/** Simulate what is not done yet, after sweep_start(): several points at a time, each on one
 *  thread, or on several where there are fewer points than threads. STATUS_EXTERNAL: stopped. */
enum status sweep_run(struct sweep *sweep, const struct sweep_options *options,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** The message of a sweep that did not finish: `why`, what is done and how to go on. */
enum status sweep_unfinished(const struct sweep *sweep, const struct sweep_options *options,
                             const char *why, struct diagnostics *diagnostics);

/** Does every point hold (`strict`: as written)? */
bool sweep_holds(const struct sweep *sweep, bool strict);

#endif
