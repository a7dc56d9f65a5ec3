/* Where the pods of a set of nodes can land: as kube-scheduler has it, or bound by affinities. */
#include "sim/planner_search.h"

#include <stdlib.h>
#include <string.h>

/** All partitions of Loki, Tempo, Grafana and the collector into groups: each pod joins a group of
 *  those before it or begins the next. Together first, then fewer groups before more. */
static const struct plan_split splits[] = {
    {true, {0, 0, 0, 0}}, {true, {0, 1, 1, 1}}, {true, {0, 1, 0, 0}}, {true, {0, 1, 0, 1}},
    {true, {0, 1, 1, 0}}, {true, {0, 0, 1, 1}}, {true, {0, 0, 1, 0}}, {true, {0, 0, 0, 1}},
    {true, {0, 1, 2, 2}}, {true, {0, 1, 1, 2}}, {true, {0, 1, 2, 1}}, {true, {0, 1, 0, 2}},
    {true, {0, 1, 2, 0}}, {true, {0, 0, 1, 2}}, {true, {0, 1, 2, 3}},
};
enum { SPLITS = sizeof splits / sizeof *splits };

static unsigned group_count(const struct plan_split *split) {
    unsigned most = 0;
    for (int component = 0; component < COMPONENT_AGENT; component++)
        most = split->group[component] > most ? split->group[component] : most;
    return most + 1;
}

static const struct planner_variant *with_requests(const struct planner_store *store,
                                                   unsigned requests) {
    size_t v = 0;
    while (v + 1 < store->variant_count && store->variants[v].requests != requests)
        v++;
    return &store->variants[v];
}

/** A plan that lands as `place` says: its settings do not matter. */
static struct plan landing_plan(const struct planner_state *search,
                                const struct planner_place *place) {
    const struct planner_screen *screen = &search->screen;
    const struct planner_variant *loki = with_requests(&screen->loki, place->loki_requests);
    const struct planner_variant *tempo = with_requests(&screen->tempo, place->tempo_requests);
    struct plan plan = *search->input->as_written;
    planner_sets_apply(&search->sets[place->nodes], &plan);
    plan.split = place->split;
    plan.resources[COMPONENT_LOKI].request_bytes = loki->request_bytes;
    plan.resources[COMPONENT_LOKI].request_cores = loki->request_cores;
    plan.resources[COMPONENT_TEMPO].request_bytes = tempo->request_bytes;
    plan.resources[COMPONENT_TEMPO].request_cores = tempo->request_cores;
    for (int c = COMPONENT_GRAFANA; c < COMPONENT_COUNT; c++)
        plan.resources[c] = screen->small[c];
    plan_settle(search->input->context->scenario, &plan);
    return plan;
}

static bool land(const struct planner_state *search, struct planner_place *place) {
    const struct plan plan = landing_plan(search, place);
    if (plan.pending > 0)
        return false;
    place->room = planner_screen_room(search->input, &plan);
    place->loki_node_bytes =
        node_allocatable_bytes(plan.nodes[plan_node_of(&plan, COMPONENT_LOKI)]);
    place->tempo_node_bytes =
        node_allocatable_bytes(plan.nodes[plan_node_of(&plan, COMPONENT_TEMPO)]);
    return true;
}

static bool add_place(struct planner_state *search, const struct planner_place *place) {
    if (search->place_count == search->place_capacity) {
        size_t capacity = search->place_capacity ? 2 * search->place_capacity : 256;
        struct planner_place *places = realloc(search->places, capacity * sizeof *places);
        if (!places)
            return false;
        search->places = places;
        search->place_capacity = capacity;
    }
    search->places[search->place_count++] = *place;
    return true;
}

/** `a` leaves as much room as `b` for both. */
static bool covers(const struct planner_place *a, const struct planner_place *b) {
    return a->room.shared_mib >= b->room.shared_mib && a->room.loki_mib >= b->room.loki_mib &&
           a->room.tempo_mib >= b->room.tempo_mib && a->loki_node_bytes >= b->loki_node_bytes &&
           a->tempo_node_bytes >= b->tempo_node_bytes;
}

/** Places of one pair of requests; a split only where none before it leaves as much room. */
static bool add_places(struct planner_state *search, struct planner_place place, size_t nodes) {
    const size_t first = search->place_count;
    place.split = (struct plan_split){.fixed = false};
    bool fine = !land(search, &place) || add_place(search, &place);
    for (size_t s = 0; s < SPLITS && nodes > 1 && fine; s++) {
        if (group_count(&splits[s]) > nodes)
            continue;
        place.split = splits[s];
        bool adds = land(search, &place);
        for (size_t p = first; p < search->place_count && adds; p++)
            adds = !covers(&search->places[p], &place);
        fine = !adds || add_place(search, &place);
    }
    return fine;
}

bool planner_places_add(struct planner_state *search, unsigned set) {
    const struct planner_node_set *nodes = &search->sets[set];
    bool fine = true;
    for (unsigned loki = 0; loki < search->screen.loki.request_count && fine; loki++)
        for (unsigned tempo = 0; tempo < search->screen.tempo.request_count && fine; tempo++)
            fine = add_places(search,
                              (struct planner_place){
                                  .nodes = set, .loki_requests = loki, .tempo_requests = tempo},
                              nodes->counts[0] + nodes->counts[1]);
    return fine;
}
