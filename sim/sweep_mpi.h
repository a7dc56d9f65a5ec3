/**
 * A sweep over several processes, on one machine or many: compiled with `make MPI=1` only.
 *
 * Rank 0 hands out points one by one and keeps the rows; the other ranks simulate. Every rank sees
 * the same command line and the same price folder; the scenario travels from rank 0. Open MPI ends
 * all ranks when one dies. Each rank is therefore two processes: one that works and one that
 * watches it and turns its death into exit status 5, which mpirun passes on. Whatever dies, the
 * points that were finished are in rank 0's checkpoint.
 */
#ifndef SIM_SWEEP_MPI_H
#define SIM_SWEEP_MPI_H

#include "sim/sweep.h"

#ifdef SIMULATE_MPI

/**
 * Call first of all. Where mpirun started several processes, the caller splits in two: the one that
 * works is told by a return of -1. The one that watches returns when that has ended, with the exit
 * status to end with; a diagnostic says so when a signal was the cause. Elsewhere -1 at once.
 */
int sweep_mpi_watch(struct diagnostics *diagnostics);

/** Did mpirun start this process, be it alone? */
bool sweep_mpi_present(void);

/** Join the other ranks; nothing where there are none. False: MPI failed. */
bool sweep_mpi_start(void);

/** Leave them; waits for all. */
void sweep_mpi_end(void);

/** This process's number, and how many there are: 0 and 1 without mpirun. */
int sweep_mpi_rank(void);
int sweep_mpi_size(void);

/** Rank 0: send the scenario to the others, then hand out what is not done yet. STATUS_EXTERNAL:
 *  `options->progress` said stop, as when mpirun ends the ranks. */
enum status sweep_mpi_lead(struct sweep *sweep, const struct sweep_options *options,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Other ranks: take the scenario from rank 0 and simulate the points that it hands out, each on
 *  `threads` threads (0: one). A failure before, as of loading tables, goes in as `status` with
 *  its diagnostics, and is told to rank 0 like a point's. */
enum status sweep_mpi_follow(const struct sweep_input *input, int threads, enum status status,
                             struct diagnostics *diagnostics) MUST_CHECK;

#else /* One process is all there is. */

static inline int sweep_mpi_watch(struct diagnostics *diagnostics) {
    (void)diagnostics;
    return -1;
}
static inline bool sweep_mpi_present(void) {
    return false;
}
static inline bool sweep_mpi_start(void) {
    return true;
}
static inline void sweep_mpi_end(void) {
}
static inline int sweep_mpi_rank(void) {
    return 0;
}
static inline int sweep_mpi_size(void) {
    return 1;
}
static inline enum status sweep_mpi_lead(struct sweep *sweep, const struct sweep_options *options,
                                         struct diagnostics *diagnostics) {
    return sweep_run(sweep, options, diagnostics);
}
static inline enum status sweep_mpi_follow(const struct sweep_input *input, int threads,
                                           enum status status, struct diagnostics *diagnostics) {
    (void)input;
    (void)threads;
    (void)diagnostics;
    return status;
}

#endif

#endif
