/**
 * The search's own state: node sets, places, candidates, and the choices they point to. Private to
 * the planner.
 */
#ifndef SIM_PLANNER_SEARCH_H
#define SIM_PLANNER_SEARCH_H

#include "sim/planner.h"
#include "sim/planner_screen.h"

/** What a candidate chooses; the plan itself is rebuilt when it is needed. */
struct planner_record {
    unsigned nodes; /**< index of the node set */
    struct plan_split split;
    unsigned loki, tempo;           /**< indices of variants */
    double loki_goal, tempo_goal;   /**< GOMEMLIMIT over the limit; 0 unset */
    double loki_limit, tempo_limit; /**< bytes */
    unsigned loki_volume, tempo_volume;
    unsigned tightness; /**< of both limits: 0 for the scenario's own or roomy ones */
    unsigned changes;   /**< settings that differ from the scenario's */
    float miss;         /**< probability that a target other than cost is missed, by look-up */
    unsigned grade;     /**< kills alone, in coarse steps; 0: far below what may be */
    bool passes;        /**< each target holds by look-up, were both peaks to coincide */
    bool possible;      /**< each holds if the peaks never meet: only a simulation can tell */
    double traces_dropped;
    double usd_per_month;
};

/** At most two kinds of nodes. */
#define PLANNER_KINDS 2

struct planner_node_set {
    const struct instance_type *types[PLANNER_KINDS];
    unsigned counts[PLANNER_KINDS]; /**< the second is 0 where all nodes are alike */
    enum purchase purchase;
    double fixed_usd; /**< all but Loki's and Tempo's volumes */
    size_t listed;    /**< its place among all that were listed */
};

/** One way in which the pods of a node set can land, for one pair of requests: node set, split and
 *  requests decide it. */
struct planner_place {
    unsigned nodes;
    struct plan_split split;
    unsigned loki_requests, tempo_requests;
    struct planner_room room;
    double loki_node_bytes, tempo_node_bytes; /**< allocatable on their nodes */
};

/** A node set looked at by its least risky record: where that fails by far, so do all others. */
struct planner_probe {
    struct planner_record record;
    struct plan_outcome *outcome; /**< NULL: not simulated yet */
};

struct planner_state {
    const struct planner_input *input;
    struct planner_screen screen;
    struct planner_node_set *sets;
    size_t set_count;
    struct planner_probe *probes; /**< [set_count] */
    double gib_usd;               /**< gp3, a month */
    struct planner_place *places;
    size_t place_count, place_capacity;
    struct planner_record *records;
    size_t record_count;
    size_t screened;    /**< candidates looked up */
    struct arena arena; /**< scratch */
};

/** List the node sets and screen the demand. planner_state_close() afterwards, also on failure. */
enum status planner_state_open(const struct planner_input *input, struct planner_state *search,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Judge every combination by look-up: fills the records. Of each set of nodes, split, pair of
 *  variants and pair of volumes, which all cost the same, only the best is kept, unless
 *  `input->tries_per_cost` is 0. */
enum status planner_state_list(struct planner_state *search,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** The same for one node set alone: for who needs no more than the cheapest. */
enum status planner_state_list_set(struct planner_state *search, unsigned set,
                                   struct diagnostics *diagnostics) MUST_CHECK;

void planner_state_close(struct planner_state *search);

/** The plan of a record, pods placed. */
struct plan planner_plan(const struct planner_state *search, const struct planner_record *record);

/** List the node sets that can be bought; in planner_sets.c. */
enum status planner_sets_list(struct planner_state *search,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Put the nodes of a set into a plan. */
void planner_sets_apply(const struct planner_node_set *set, struct plan *plan);

/** Add the places of one node set; in planner_places.c. False when memory is out. */
bool planner_places_add(struct planner_state *search, unsigned set);

/** Judge all combinations at all places: adds to the records; in planner_judge.c. False when
 *  memory is out. The result does not depend on the number of threads. */
bool planner_judge(struct planner_state *search);

/** Order of records: possible ones first, by cost, then what passes even the careful look-up, keeps
 *  more traces, is safer by a grade, changes less, has roomier limits, is safer at all;
 *  impossible ones by risk. Complete, so that no result depends on the sort. */
int planner_compare(const void *a, const void *b);

/** Simulate records on `replicas` at most, and judge them. `samples` may be NULL; otherwise they
 *  keep bands, and they and `scratch` are the caller's. */
enum status planner_simulate(const struct planner_state *search,
                             const struct planner_record *const *records, size_t count,
                             uint64_t replicas, struct arena *scratch,
                             struct engine_samples *samples, struct plan_outcome **outcomes,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** The least risky record of one node set. When its pods do not fit, whatever the settings, there
 *  is none: then `least` has its first choices. */
void planner_least_risky(const struct planner_state *search, unsigned set,
                         struct planner_record *least);

/** What a plan may cost: the targets of cost and of savings; infinite when neither is set. */
double planner_budget_usd(const struct planner_state *search);

/** Sort the records, verify finalists in full until one holds, then choose what is shown beside it.
 *  In planner_pick.c. */
enum status planner_pick(struct planner_state *search, struct planner_output *output,
                         struct diagnostics *diagnostics) MUST_CHECK;

/** Points of the chart, and what stands beside the best plan (NULL: none was found): the plans that
 *  come next, why nothing cheaper holds, what one more step would cost. In planner_shown.c. */
enum status planner_show(const struct planner_state *search, const struct planner_record *best,
                         struct planner_output *output, struct diagnostics *diagnostics) MUST_CHECK;

#endif
