/* Every candidate by look-up. Whether a replica's peaks pass a limit or the room on a node is a
   comparison of floats; where Loki and Tempo share no node, of bits. */
#include "sim/planner_search.h"

#include "sim/base/units.h"
#include "sim/simd.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX ((PLANNER_REPLICAS + 63) / 64)
/** A resident peak of what is killed on its own: above any room. */
static const float killed_mib = 2e9f;

/** A variant with a GOMEMLIMIT and a limit, at a place. */
struct choice {
    unsigned variant, changes, tightness;
    double goal, limit_bytes;
    float *resident_mib; /**< [replicas] peaks; killed_mib where it is killed on its own */
    uint64_t killed[WORDS_MAX];
    unsigned killed_count;
};

struct choices {
    struct choice *choice;
    size_t count;
};

/** What one thread judges with, and what it finds at one place. */
struct bench {
    const struct planner_state *search;
    const struct planner_place *place;
    struct arena arena;
    struct choices loki, tempo;
    double kill_bound; /**< share of replicas that may be killed */
    struct planner_record *found;
    size_t found_count, found_capacity;
    size_t screened;
    bool failed;
};

SIMD_CLONES static unsigned count_above(const float *restrict a, const float *restrict b,
                                        float bound, size_t count) {
    unsigned above = 0;
#pragma omp simd reduction(+ : above)
    for (size_t i = 0; i < count; i++)
        above += a[i] + b[i] > bound;
    return above;
}

/** Replicas whose peak meets not even the other's least. */
SIMD_CLONES static unsigned count_surely(const float *restrict a, const float *restrict a_floor,
                                         const float *restrict b, const float *restrict b_floor,
                                         float bound, size_t count) {
    unsigned above = 0;
#pragma omp simd reduction(+ : above)
    for (size_t i = 0; i < count; i++)
        above += (a[i] + b_floor[i] > bound) | (b[i] + a_floor[i] > bound);
    return above;
}

/** resident = min(free, max(goal, slope x free + offset)), in MiB. */
SIMD_CLONES static void fill_resident(const float *restrict free_mib, float goal, float slope,
                                      float offset, float kill_free, float room,
                                      float *restrict resident, size_t count) {
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        const float least = slope * free_mib[i] + offset;
        const float trimmed = goal > least ? goal : least;
        const float own = free_mib[i] < trimmed ? free_mib[i] : trimmed;
        resident[i] = free_mib[i] > kill_free || own > room ? killed_mib : own;
    }
}

static bool fill_choice(struct bench *bench, const struct planner_variant *variant, float room_mib,
                        struct choice *choice) {
    const size_t replicas = bench->search->screen.replicas;
    const double goal = planner_goal_bytes(choice->limit_bytes, choice->goal);
    const double kill = engine_heap_kill_bytes(&variant->heap, goal, choice->limit_bytes) / MIB;
    const bool set = goal > 0;
    choice->resident_mib = arena_array(&bench->arena, replicas, sizeof(float));
    if (!choice->resident_mib)
        return false;
    fill_resident(variant->need.free_peak_mib,
                  set ? (float)((goal + variant->heap.goal_offset_bytes) / MIB) : 0.0F,
                  set ? (float)variant->heap.slope : 1.0F,
                  set ? (float)(variant->heap.offset_bytes / MIB) : 0.0F, (float)kill, room_mib,
                  choice->resident_mib, replicas);
    for (size_t i = 0; i < replicas; i++) {
        const uint64_t dies = choice->resident_mib[i] >= killed_mib;
        choice->killed[i / 64] |= dies << (i % 64);
        choice->killed_count += (unsigned)dies;
    }
    return true;
}

/** The limit that a rule comes to on a node; 0 where it is more than the node has. */
static double limit_at(const struct bench *bench, const struct planner_variant *variant,
                       size_t goal, enum planner_limit limit, double node_bytes) {
    const double step = bench->search->input->context->scenario->search.memory_step_bytes;
    const double found =
        limit == LIMIT_NODE ? floor(node_bytes / step) * step : variant->limit_bytes[goal][limit];
    return found <= node_bytes ? found : 0;
}

static bool add_choice(struct bench *bench, const struct planner_store *store, unsigned variant,
                       size_t goal, enum planner_limit limit, double limit_bytes, float room_mib,
                       struct choices *choices) {
    /* A limit at a quantile of few runs is soon passed in many: with room to spare it is better. */
    static const unsigned tightness[PLANNER_LIMITS] = {
        [LIMIT_NODE] = 1, [LIMIT_SAFER] = 2, [LIMIT_SAFE] = 3};
    const double written =
        bench->search->input->as_written->resources[store->component].limit_bytes;
    for (size_t i = 0; i < choices->count; i++)
        if (choices->choice[i].variant == variant &&
            choices->choice[i].goal == store->goals[goal] &&
            choices->choice[i].limit_bytes == limit_bytes)
            return true;
    struct choice *choice = &choices->choice[choices->count++];
    *choice = (struct choice){
        .variant = variant,
        .changes = store->variants[variant].changes + (goal > 0) + (limit_bytes != written),
        .tightness = tightness[limit],
        .goal = store->goals[goal],
        .limit_bytes = limit_bytes,
    };
    return fill_choice(bench, &store->variants[variant], room_mib, choice);
}

/** All choices of a store at a place. */
static bool list_choices(struct bench *bench, const struct planner_store *store, unsigned requests,
                         double node_bytes, float room_mib, struct choices *choices) {
    choices->count = 0;
    choices->choice =
        arena_array(&bench->arena, store->variant_count * store->goal_count * store->limit_count,
                    sizeof *choices->choice);
    bool fine = choices->choice != NULL;
    for (unsigned v = 0; v < store->variant_count && fine; v++) {
        if (store->variants[v].requests != requests)
            continue;
        for (size_t g = 0; g < store->goal_count && fine; g++)
            for (size_t l = 0; l < store->limit_count && fine; l++) {
                /* The limit as written with another GOMEMLIMIT is no natural choice. */
                if (g > 0 && store->limits[l] == LIMIT_WRITTEN)
                    continue;
                const double limit =
                    limit_at(bench, &store->variants[v], g, store->limits[l], node_bytes);
                fine = limit == 0 ||
                       add_choice(bench, store, v, g, store->limits[l], limit, room_mib, choices);
            }
    }
    return fine;
}

static unsigned count_bits(const uint64_t *a, const uint64_t *b, size_t words) {
    unsigned count = 0;
    for (size_t w = 0; w < words; w++)
        count += (unsigned)__builtin_popcountll(a[w] | b[w]);
    return count;
}

/** What is killed with a pair of choices. */
struct toll {
    unsigned killed, surely; /**< replicas; `surely` is only found where it matters */
};

static struct toll take_toll(const struct bench *bench, const struct choice *loki,
                             const struct choice *tempo) {
    const struct planner_screen *screen = &bench->search->screen;
    const float room = bench->place->room.shared_mib;
    const size_t replicas = screen->replicas;
    if (room >= 1e9f) {
        const unsigned killed = count_bits(loki->killed, tempo->killed, (replicas + 63) / 64);
        return (struct toll){killed, killed};
    }
    const unsigned killed = count_above(loki->resident_mib, tempo->resident_mib, room, replicas);
    struct toll toll = {killed, killed};
    if (killed > bench->kill_bound * (double)replicas)
        toll.surely =
            count_surely(loki->resident_mib, screen->loki.variants[loki->variant].need.floor_mib,
                         tempo->resident_mib, screen->tempo.variants[tempo->variant].need.floor_mib,
                         room, replicas);
    return toll;
}

/** Replicas in which a volume that a target asks of fills, and no kill that one asks of happens. */
static unsigned count_full(const struct bench *bench, const struct choice *loki,
                           const struct choice *tempo, size_t loki_volume, size_t tempo_volume) {
    const struct scenario_targets *targets = &bench->search->input->context->scenario->targets;
    const struct planner_variant *logs = &bench->search->screen.loki.variants[loki->variant];
    const struct planner_variant *traces = &bench->search->screen.tempo.variants[tempo->variant];
    const size_t logs_full =
        targets->logs_retention.set || targets->log_loss.set ? logs->full_count[loki_volume] : 0;
    const size_t traces_full = targets->traces_retention.set ? traces->full_count[tempo_volume] : 0;
    const float room = bench->place->room.shared_mib;
    unsigned count = 0;
    size_t l = 0, t = 0;
    /* Both lists rise: what stands in both counts once. */
    while (l < logs_full || t < traces_full) {
        const uint32_t of_loki = l < logs_full ? logs->full[loki_volume][l] : UINT32_MAX;
        const uint32_t of_tempo = t < traces_full ? traces->full[tempo_volume][t] : UINT32_MAX;
        const uint32_t i = of_loki < of_tempo ? of_loki : of_tempo;
        l += of_loki == i;
        t += of_tempo == i;
        count += !targets->out_of_memory.set ||
                 (loki->resident_mib[i] + tempo->resident_mib[i] <= room &&
                  loki->resident_mib[i] < killed_mib && tempo->resident_mib[i] < killed_mib);
    }
    return count;
}

static bool grow_found(struct bench *bench) {
    if (bench->found_count < bench->found_capacity)
        return true;
    size_t capacity = bench->found_capacity ? 2 * bench->found_capacity : 256;
    struct planner_record *found = realloc(bench->found, capacity * sizeof *found);
    if (!found)
        return false;
    bench->found = found;
    bench->found_capacity = capacity;
    return true;
}

/** Steps of kills that matter to a choice: a tenth of what may be, or less, then by tenths of a
 *  percent. */
static unsigned grade_of(const struct bench *bench, double killed) {
    return killed <= bench->kill_bound / 10 ? 0 : 1 + (unsigned)(killed * 1000);
}

static void fill_record(const struct bench *bench, const struct choice *loki,
                        const struct choice *tempo, struct toll toll,
                        struct planner_record *record) {
    const struct planner_state *search = bench->search;
    const struct planner_variant *logs = &search->screen.loki.variants[loki->variant];
    const struct planner_variant *traces = &search->screen.tempo.variants[tempo->variant];
    const bool asked = search->input->context->scenario->targets.out_of_memory.set;
    const double replicas = (double)search->screen.replicas;
    const bool kept = logs->kept[record->loki_volume] && traces->kept[record->tempo_volume];
    const unsigned full = count_full(bench, loki, tempo, record->loki_volume, record->tempo_volume);
    record->nodes = bench->place->nodes;
    record->split = bench->place->split;
    record->loki = loki->variant;
    record->tempo = tempo->variant;
    record->loki_goal = loki->goal;
    record->tempo_goal = tempo->goal;
    record->loki_limit = loki->limit_bytes;
    record->tempo_limit = tempo->limit_bytes;
    record->traces_dropped = traces->traces_dropped;
    record->tightness = loki->tightness + tempo->tightness;
    record->changes = loki->changes + tempo->changes + record->split.fixed;
    record->miss = (float)(((asked ? toll.killed : 0) + full) / replicas);
    record->passes = kept && (!asked || toll.killed / replicas <= bench->kill_bound);
    record->possible = kept && (!asked || toll.surely / replicas <= bench->kill_bound);
    record->grade = grade_of(bench, toll.killed / replicas);
    record->usd_per_month =
        search->sets[record->nodes].fixed_usd +
        search->gib_usd *
            (logs->volume_bytes[record->loki_volume] + traces->volume_bytes[record->tempo_volume]) /
            GIB;
}

/** Whether two records are of one cell: same place, variants and volumes, so the same cost. */
static bool same_cell(const struct planner_record *a, const struct planner_record *b) {
    return a->loki == b->loki && a->tempo == b->tempo && a->loki_volume == b->loki_volume &&
           a->tempo_volume == b->tempo_volume;
}

/** Keep a record, unless a better one of its cell is kept: those lie from `first` on. */
static void keep(struct bench *bench, const struct planner_record *record, size_t first) {
    const bool all = bench->search->input->tries_per_cost == 0;
    for (size_t i = first; i < bench->found_count && !all; i++) {
        if (!same_cell(&bench->found[i], record))
            continue;
        if (planner_compare(record, &bench->found[i]) < 0)
            bench->found[i] = *record;
        return;
    }
    if (grow_found(bench))
        bench->found[bench->found_count++] = *record;
    else
        bench->failed = true;
}

static void judge_pair(struct bench *bench, const struct choice *loki, const struct choice *tempo,
                       size_t first) {
    const struct planner_screen *screen = &bench->search->screen;
    const struct toll toll = take_toll(bench, loki, tempo);
    for (unsigned l = 0; l < screen->loki.volume_count; l++)
        for (unsigned t = 0; t < screen->tempo.volume_count; t++) {
            struct planner_record record = {.loki_volume = l, .tempo_volume = t};
            fill_record(bench, loki, tempo, toll, &record);
            keep(bench, &record, first);
            bench->screened++;
        }
}

/** Judge all pairs of choices at the bench's place; those of one pair of variants in a row. */
static void judge_place(struct bench *bench) {
    const struct planner_screen *screen = &bench->search->screen;
    const struct planner_place *place = bench->place;
    if (!list_choices(bench, &screen->loki, place->loki_requests, place->loki_node_bytes,
                      place->room.loki_mib, &bench->loki) ||
        !list_choices(bench, &screen->tempo, place->tempo_requests, place->tempo_node_bytes,
                      place->room.tempo_mib, &bench->tempo)) {
        bench->failed = true;
        return;
    }
    for (size_t l = 0, l_end; l < bench->loki.count; l = l_end) {
        for (l_end = l; l_end < bench->loki.count &&
                        bench->loki.choice[l_end].variant == bench->loki.choice[l].variant;)
            l_end++;
        for (size_t t = 0, t_end; t < bench->tempo.count; t = t_end) {
            for (t_end = t; t_end < bench->tempo.count &&
                            bench->tempo.choice[t_end].variant == bench->tempo.choice[t].variant;)
                t_end++;
            const size_t first = bench->found_count;
            for (size_t i = l; i < l_end && !bench->failed; i++)
                for (size_t j = t; j < t_end && !bench->failed; j++)
                    judge_pair(bench, &bench->loki.choice[i], &bench->tempo.choice[j], first);
        }
    }
}

/** What was found at one place. */
struct finding {
    struct planner_record *records;
    size_t count, screened;
    bool failed;
};

static void judge_one(const struct planner_state *search, const struct planner_place *place,
                      struct finding *finding) {
    const struct scenario_target *kills = &search->input->context->scenario->targets.out_of_memory;
    struct bench bench = {.search = search,
                          .place = place,
                          .kill_bound = kills->set ? kills->bound : PLANNER_UNASKED_SHARE};
    arena_init(&bench.arena);
    judge_place(&bench);
    arena_fini(&bench.arena);
    *finding = (struct finding){bench.found, bench.found_count, bench.screened, bench.failed};
}

/** Append what was found, in the order of the places. */
static bool gather(struct planner_state *search, const struct finding *findings) {
    size_t count = search->record_count;
    bool fine = true;
    for (size_t p = 0; p < search->place_count; p++) {
        count += findings[p].count;
        fine = fine && !findings[p].failed;
    }
    struct planner_record *records =
        fine ? realloc(search->records, (count + 1) * sizeof *records) : NULL;
    if (records)
        search->records = records;
    for (size_t p = 0; p < search->place_count && records; p++) {
        if (findings[p].count > 0)
            memcpy(records + search->record_count, findings[p].records,
                   findings[p].count * sizeof *records);
        search->record_count += findings[p].count;
        search->screened += findings[p].screened;
    }
    return records != NULL;
}

bool planner_judge(struct planner_state *search) {
    const int threads = search->input->engine.threads;
    struct finding *findings = calloc(search->place_count + 1, sizeof *findings);
    if (!findings)
        return false;
#pragma omp parallel for schedule(dynamic, 1)                                                      \
    num_threads(threads > 0 ? threads : omp_get_max_threads())
    for (size_t p = 0; p < search->place_count; p++)
        judge_one(search, &search->places[p], &findings[p]);
    const bool fine = gather(search, findings);
    for (size_t p = 0; p < search->place_count; p++)
        free(findings[p].records);
    free(findings);
    return fine;
}
