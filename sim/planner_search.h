/**
 * The search's own state: node sets, candidates, and the choices they point to. Private to the
 * planner.
 */
#ifndef SIM_PLANNER_SEARCH_H
#define SIM_PLANNER_SEARCH_H

#include "sim/planner.h"
#include "sim/planner_screen.h"

/** What a candidate chooses; the plan itself is rebuilt when it is needed. */
struct planner_record {
    unsigned nodes;       /**< index of the node set */
    unsigned loki, tempo; /**< indices of choices */
    unsigned loki_volume, tempo_volume;
    unsigned changes; /**< settings that differ from the scenario's */
    float miss;
    bool passes, possible; /**< as in struct planner_verdict */
    double usd_per_month;
};

struct planner_node_set {
    const struct instance_type *type;
    unsigned count;
    enum purchase purchase;
    double fixed_usd; /**< all but Loki's and Tempo's volumes */
};

struct planner_state {
    const struct planner_input *input;
    struct planner_screen screen;
    struct planner_node_set *sets;
    size_t set_count;
    double gib_usd; /**< gp3, a month */
    struct planner_record *records;
    size_t record_count, record_capacity;
    struct arena arena; /**< scratch */
};

/** List the node sets and screen the demand. planner_state_close() afterwards, also on failure. */
enum status planner_state_open(const struct planner_input *input, struct planner_state *search,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Judge every combination by look-up: fills the records. */
enum status planner_state_list(struct planner_state *search,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** The same for one node set alone: for who needs no more than the cheapest. */
enum status planner_state_list_set(struct planner_state *search, unsigned set,
                                   struct diagnostics *diagnostics) MUST_CHECK;

void planner_state_close(struct planner_state *search);

/** The plan of a record, pods placed. */
struct plan planner_plan(const struct planner_state *search, const struct planner_record *record);

/** Sort the records, draw the points of the chart, verify finalists in full, choose what is shown
 *  beside the best plan. In planner_pick.c. */
enum status planner_pick(struct planner_state *search, struct planner_output *output,
                         struct diagnostics *diagnostics) MUST_CHECK;

#endif
