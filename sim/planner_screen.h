/**
 * Screening: demand simulated once a setting, and what limits and volumes make of it, as flags a
 * replica. Judging a candidate is then a pass over a few arrays. Private to the planner.
 */
#ifndef SIM_PLANNER_SCREEN_H
#define SIM_PLANNER_SCREEN_H

#include "sim/engine_plan.h"
#include "sim/planner.h"

/** Settings that change demand: encodings x chunk ages for Loki, block durations for Tempo. */
#define PLANNER_VARIANTS_MAX 12
#define PLANNER_GOALS 5
#define PLANNER_LIMITS 4
#define PLANNER_VOLUMES 2
#define PLANNER_CHOICES_MAX (PLANNER_VARIANTS_MAX * PLANNER_GOALS * PLANNER_LIMITS)

/** One demand that a store can have, and its settings. */
struct planner_variant {
    enum loki_encoding encoding;         /**< Loki's */
    double seconds;                      /**< Loki's max_chunk_age, Tempo's max_block_duration */
    double request_bytes, request_cores; /**< what nearly every replica uses on average */
    double volume_bytes[PLANNER_VOLUMES];
    const unsigned char *full[PLANNER_VOLUMES]; /**< [replicas] 1 where that volume fills */
};

/** A limit and GOMEMLIMIT for a variant. */
struct planner_choice {
    unsigned variant;
    double goal_fraction; /**< GOMEMLIMIT over the limit; 0 when unset */
    double limit_bytes;
    const float *resident_mib;   /**< [replicas] peaks */
    const float *floor_mib;      /**< [replicas] least it ever has */
    const unsigned char *killed; /**< [replicas] 1 where the limit kills */
};

/** All choices of one store (Loki or Tempo). */
struct planner_store {
    enum component component;
    struct planner_variant variants[PLANNER_VARIANTS_MAX];
    size_t variant_count;
    struct planner_choice choices[PLANNER_CHOICES_MAX];
    size_t choice_count;
};

struct planner_screen {
    struct planner_store loki, tempo;
    double small_limit_bytes[COMPONENT_COUNT]; /**< limits that the small processes need */
    size_t replicas;
};

/** Memory that is left on the nodes for Loki and Tempo, MiB; 1e9 where a bound does not apply. */
struct planner_room {
    float shared_mib, loki_mib, tempo_mib;
};

/** How a combination of choices and volumes fares. */
struct planner_verdict {
    double miss;   /**< probability that a target other than cost is missed, by look-up */
    bool passes;   /**< each of those targets holds, by look-up, were both peaks to coincide */
    bool possible; /**< each holds if the peaks never meet: only a simulation can tell */
};

/** Simulate the demand of every variant, without limits, and list the choices. Arrays live in
 *  `arena`. */
enum status planner_screen_init(const struct planner_input *input, struct arena *arena,
                                struct planner_screen *screen,
                                struct diagnostics *diagnostics) MUST_CHECK;

/** Loki's chunk cache in every candidate: 32 MB at most. It lives in the heap, counts twice at its
 *  peak, and only serves queries that come back to the same old chunks. */
double planner_chunk_cache_bytes(const struct plan *written);

/** Room on the nodes of a settled plan. */
struct planner_room planner_screen_room(const struct planner_input *input, const struct plan *plan);

/** Judge every pair of volumes: verdicts[l * PLANNER_VOLUMES + t]. */
void planner_screen_judge(const struct planner_input *input, const struct planner_screen *screen,
                          const struct planner_room *room, const struct planner_choice *loki,
                          const struct planner_choice *tempo,
                          struct planner_verdict verdicts[PLANNER_VOLUMES * PLANNER_VOLUMES]);

#endif
