#include "models/packing.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define SCORE_MAX 100
#define SPREAD_WEIGHT 2

/* What a pod without a request counts as when nodes are scored (never when they are filtered). */
#define UNSET_MILLICORES 100
#define UNSET_BYTES (INT64_C(200) * 1024 * 1024)

/* The scheduler's default constraints: by host within 3, by zone within 5, never binding. */
#define HOST_MAX_SKEW 3
#define ZONE_MAX_SKEW 5

struct amounts {
    int64_t millicores;
    int64_t bytes;
};

struct node_state {
    struct amounts capacity;
    struct amounts requested; /**< as the pods state it */
    struct amounts counted;   /**< with the amounts assumed where a pod states none */
    unsigned free_slots;
    int64_t of_set;           /**< pods of the set being placed */
    unsigned labels, shunned; /**< of the pods that are there */
};

struct pod_need {
    struct amounts requested, counted;
};

static struct amounts plus(struct amounts a, struct amounts b) {
    return (struct amounts){a.millicores + b.millicores, a.bytes + b.bytes};
}

static bool within(struct amounts a, struct amounts limit) {
    return a.millicores <= limit.millicores && a.bytes <= limit.bytes;
}

/** Capped far above any node, so that a hundred times it is still an int64_t. */
static int64_t whole(double amount) {
    return (int64_t)fmin(fmax(round(amount), 0), 0x1p55);
}

static struct pod_need need_of(const struct packing_pod *pod) {
    struct pod_need need = {
        .requested = {whole(1000 * pod->request_cores), whole(pod->request_bytes)}};
    need.counted = need.requested;
    if (need.counted.millicores == 0)
        need.counted.millicores = UNSET_MILLICORES;
    if (need.counted.bytes == 0)
        need.counted.bytes = UNSET_BYTES;
    return need;
}

static bool fits(const struct node_state *node, const struct pod_need *need) {
    return node->free_slots > 0 && within(plus(node->requested, need->requested), node->capacity);
}

/** InterPodAffinity's filter: anti-affinity counts both ways. */
static bool agrees(const struct node_state *node, const struct packing_pod *pod) {
    return (node->labels & pod->shuns) == 0 && (node->shunned & pod->label) == 0 &&
           (pod->joins == 0 || (node->labels & pod->joins) != 0);
}

static int64_t free_share(int64_t used, int64_t capacity) {
    if (capacity == 0 || used > capacity)
        return 0;
    return (capacity - used) * SCORE_MAX / capacity;
}

/** NodeResourcesFit, strategy LeastAllocated: the mean free share of CPU and memory. */
static int64_t score_least_allocated(const struct node_state *node, const struct pod_need *need) {
    struct amounts after = plus(node->counted, need->counted);
    return (free_share(after.millicores, node->capacity.millicores) +
            free_share(after.bytes, node->capacity.bytes)) /
           2;
}

static double used_share(int64_t used, int64_t capacity) {
    return capacity == 0 ? 0 : fmin((double)used / (double)capacity, 1);
}

/** NodeResourcesBalancedAllocation: 1 minus the standard deviation of the two used shares. Pods
 *  that request nothing are not scored. */
static int64_t score_balanced(const struct node_state *node, const struct pod_need *need) {
    if (need->requested.millicores == 0 && need->requested.bytes == 0)
        return 0;
    struct amounts after = plus(node->requested, need->requested);
    double deviation = fabs((used_share(after.millicores, node->capacity.millicores) -
                             used_share(after.bytes, node->capacity.bytes)) /
                            2);
    return (int64_t)((1 - deviation) * SCORE_MAX);
}

/** PodTopologySpread before it is normalised: more where more pods of the set are. */
static int64_t spread_cost(const struct node_state *node, size_t candidates, int64_t set_total) {
    double by_host = (double)node->of_set * log((double)candidates + 2) + (HOST_MAX_SKEW - 1);
    double by_zone = (double)set_total * log(1 + 2) + (ZONE_MAX_SKEW - 1);
    return (int64_t)round(by_host + by_zone);
}

struct cluster {
    struct node_state nodes[PACKING_NODES_MAX];
    size_t node_count;
};

/** Add the normalised and weighted spread score of each candidate to `scores`. */
static void add_spread(const struct cluster *cluster, const size_t *candidates, size_t count,
                       int64_t *scores) {
    int64_t costs[PACKING_NODES_MAX], least = INT64_MAX, most = 0, total = 0;
    for (size_t n = 0; n < cluster->node_count; n++)
        total += cluster->nodes[n].of_set;
    for (size_t i = 0; i < count; i++) {
        costs[i] = spread_cost(&cluster->nodes[candidates[i]], count, total);
        least = costs[i] < least ? costs[i] : least;
        most = costs[i] > most ? costs[i] : most;
    }
    for (size_t i = 0; i < count; i++)
        scores[i] += SPREAD_WEIGHT * (SCORE_MAX * (most + least - costs[i]) / most);
}

/** Node for a pod, or PACKING_PENDING; `*tied` when another scored as high. */
static int choose(const struct cluster *cluster, const struct packing_pod *pod,
                  const struct pod_need *need, bool *tied) {
    size_t candidates[PACKING_NODES_MAX], count = 0;
    int64_t scores[PACKING_NODES_MAX];
    for (size_t n = 0; n < cluster->node_count; n++)
        if ((pod->pinned_node == PACKING_ANYWHERE || pod->pinned_node == (int)n) &&
            fits(&cluster->nodes[n], need) && agrees(&cluster->nodes[n], pod)) {
            scores[count] = score_least_allocated(&cluster->nodes[n], need) +
                            score_balanced(&cluster->nodes[n], need);
            candidates[count++] = n;
        }
    if (pod->set && count > 0)
        add_spread(cluster, candidates, count, scores);
    *tied = false;
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        if (scores[i] > scores[best]) {
            best = i;
            *tied = false;
        } else if (scores[i] == scores[best]) {
            *tied = true;
        }
    }
    return count == 0 ? PACKING_PENDING : (int)candidates[best];
}

static void count_set(struct cluster *cluster, const struct packing_pod *pods, size_t pod,
                      const int *placement) {
    for (size_t n = 0; n < cluster->node_count; n++)
        cluster->nodes[n].of_set = 0;
    if (!pods[pod].set)
        return;
    for (size_t i = 0; i < pod; i++)
        if (placement[i] != PACKING_PENDING && pods[i].set &&
            strcmp(pods[i].set, pods[pod].set) == 0)
            cluster->nodes[placement[i]].of_set++;
}

static void settle(struct node_state *node, const struct packing_pod *pod,
                   const struct pod_need *need) {
    node->labels |= pod->label;
    node->shunned |= pod->shuns;
    node->requested = plus(node->requested, need->requested);
    node->counted = plus(node->counted, need->counted);
    node->free_slots--;
}

struct packing_result packing_place(const struct packing_node *nodes, size_t node_count,
                                    const struct packing_pod *pods, size_t pod_count,
                                    int *placement) {
    struct cluster cluster = {.node_count =
                                  node_count < PACKING_NODES_MAX ? node_count : PACKING_NODES_MAX};
    for (size_t n = 0; n < cluster.node_count; n++)
        cluster.nodes[n] =
            (struct node_state){.capacity = {whole(1000 * nodes[n].allocatable_cores),
                                             whole(nodes[n].allocatable_bytes)},
                                .free_slots = nodes[n].max_pods};
    struct packing_result result = {0};
    for (size_t i = 0; i < pod_count; i++) {
        struct pod_need need = need_of(&pods[i]);
        bool tied = false;
        count_set(&cluster, pods, i, placement);
        placement[i] = choose(&cluster, &pods[i], &need, &tied);
        result.ambiguous = result.ambiguous || tied;
        if (placement[i] == PACKING_PENDING)
            result.pending++;
        else
            settle(&cluster.nodes[placement[i]], &pods[i], &need);
    }
    return result;
}
