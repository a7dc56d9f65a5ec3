/* What stands beside the best plan: the chart's points, the plans that come next, why nothing
   cheaper holds, what one more step would cost. */
#include "sim/planner_search.h"

#include "models/volume.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Plans shown in all, the best among them; candidates simulated for that, since some fail. */
enum { SHOWN = 10, CANDIDATES = 11 };

/** Points of the chart: the safest record of each cost, and which of those nothing beats. */
static enum status list_points(const struct planner_state *search, struct planner_output *output,
                               struct diagnostics *diagnostics) {
    struct arena *arena = search->input->context->arena;
    struct candidate_point *points = arena_array(arena, search->record_count, sizeof *points);
    if (!points)
        return diagnostics_out_of_memory(diagnostics, "the search");
    size_t count = 0;
    for (size_t i = 0; i < search->record_count; i++) {
        const struct planner_record *record = &search->records[i];
        const double miss = (double)record->miss;
        size_t at = 0;
        while (at < count && fabs(points[at].monthly_usd - record->usd_per_month) > 0.005)
            at++;
        if (at == count)
            points[count++] = (struct candidate_point){record->usd_per_month, miss, false};
        else
            points[at].miss_probability = fmin(points[at].miss_probability, miss);
    }
    for (size_t i = 0; i < count; i++) {
        bool beaten = false;
        for (size_t j = 0; j < count && !beaten; j++)
            beaten = (points[j].monthly_usd < points[i].monthly_usd &&
                      points[j].miss_probability <= points[i].miss_probability) ||
                     (points[j].monthly_usd <= points[i].monthly_usd &&
                      points[j].miss_probability < points[i].miss_probability);
        points[i].efficient = !beaten;
    }
    output->points = points;
    output->point_count = count;
    return STATUS_OK;
}

static enum status simulate(const struct planner_state *search,
                            const struct planner_record *const *records, size_t count,
                            struct plan_outcome **outcomes, struct planner_output *output,
                            struct diagnostics *diagnostics) {
    struct arena scratch;
    arena_init(&scratch);
    enum status status = count == 0
                             ? STATUS_OK
                             : planner_simulate(search, records, count, PLANNER_SHOWN_REPLICAS,
                                                &scratch, NULL, outcomes, diagnostics);
    arena_fini(&scratch);
    output->verified += count;
    return status;
}

/** Plans of a kind: the same nodes, the same encoding. */
static bool same_kind(const struct planner_state *search, const struct planner_record *a,
                      const struct planner_record *b) {
    const struct planner_variant *variants = search->screen.loki.variants;
    return a->nodes == b->nodes &&
           variants[a->loki].loki.encoding == variants[b->loki].loki.encoding;
}

/** How many of `chosen` are of the record's kind; SHOWN when one of them costs the same. */
static size_t count_kind(const struct planner_state *search, const struct planner_record *record,
                         const struct planner_record *const *chosen, size_t count) {
    size_t same = 0;
    for (size_t i = 0; i < count; i++) {
        if (!same_kind(search, record, chosen[i]))
            continue;
        if (fabs(chosen[i]->usd_per_month - record->usd_per_month) < 0.005)
            return SHOWN;
        same++;
    }
    return same;
}

static int compare_pointers(const void *a, const void *b) {
    return planner_compare(*(const struct planner_record *const *)a,
                           *(const struct planner_record *const *)b);
}

/** Records after the best that promise to hold: one of each kind, then two, and so on. */
static size_t choose_next(const struct planner_state *search, const struct planner_record *best,
                          const struct planner_record *chosen[CANDIDATES + 1]) {
    const double budget = planner_budget_usd(search);
    size_t count = 0;
    chosen[count++] = best;
    for (size_t round = 1; round < SHOWN && count <= CANDIDATES; round++)
        for (const struct planner_record *record = best + 1;
             record < search->records + search->record_count && count <= CANDIDATES; record++)
            if (record->passes && record->usd_per_month <= budget &&
                count_kind(search, record, chosen, count) < round)
                chosen[count++] = record;
    qsort(chosen + 1, count - 1, sizeof *chosen, compare_pointers);
    return count - 1;
}

static enum status find_next(const struct planner_state *search, const struct planner_record *best,
                             struct planner_output *output, struct diagnostics *diagnostics) {
    const struct planner_record *chosen[CANDIDATES + 1];
    struct plan_outcome *outcomes[CANDIDATES];
    const size_t count = choose_next(search, best, chosen);
    enum status status = simulate(search, chosen + 1, count, outcomes, output, diagnostics);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (outcomes[i]->holds && output->alternative_count + 1 < SHOWN)
            output->alternatives[output->alternative_count++] = outcomes[i];
    return status;
}

/** Where nothing holds: of each node set the least risky record, those that might first. */
static enum status find_least_bad(const struct planner_state *search, struct planner_output *output,
                                  struct diagnostics *diagnostics) {
    enum { LEAST_BAD = 4 };
    struct planner_record *others =
        arena_array(search->input->context->arena, search->set_count + 1, sizeof *others);
    const struct planner_record *chosen[LEAST_BAD];
    if (!others)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (unsigned set = 0; set < search->set_count; set++)
        planner_least_risky(search, set, &others[set]);
    qsort(others, search->set_count, sizeof *others, planner_compare);
    const size_t count = search->set_count < LEAST_BAD ? search->set_count : LEAST_BAD;
    for (size_t i = 0; i < count; i++)
        chosen[i] = &others[i];
    output->alternative_count = count;
    return simulate(search, chosen, count, output->alternatives, output, diagnostics);
}

static int compare_cost(const void *a, const void *b) {
    const struct planner_record *x = a, *y = b;
    if (x->usd_per_month != y->usd_per_month)
        return x->usd_per_month < y->usd_per_month ? -1 : 1;
    return (x->nodes > y->nodes) - (x->nodes < y->nodes);
}

/** Why nothing cheaper holds: each cheaper node set by its least risky plan. What the race has
 *  simulated already is not simulated again. */
static enum status find_cheaper(const struct planner_state *search, struct planner_output *output,
                                struct diagnostics *diagnostics) {
    struct planner_record *classes =
        arena_array(search->input->context->arena, search->set_count + 1, sizeof *classes);
    size_t count = 0;
    enum status status = STATUS_OK;
    if (!classes)
        return diagnostics_out_of_memory(diagnostics, "the search");
    for (unsigned set = 0; set < search->set_count; set++) {
        planner_least_risky(search, set, &classes[count]);
        count += classes[count].usd_per_month < output->best->monthly_usd.p50 - 0.005;
    }
    qsort(classes, count, sizeof *classes, compare_cost);
    /* Those next to the best plan's price say most. */
    const size_t first = count > RESULT_CHEAPER_MAX ? count - RESULT_CHEAPER_MAX : 0;
    output->cheaper_count = count - first;
    for (size_t i = 0; i < output->cheaper_count && status == STATUS_OK; i++) {
        const struct planner_record *record = &classes[first + i];
        output->cheaper[i] = search->probes[record->nodes].outcome;
        if (!output->cheaper[i])
            status = simulate(search, &record, 1, &output->cheaper[i], output, diagnostics);
    }
    return status;
}

/** What sets one plan apart from another: "2 x t3.medium, Loki volume 14Gi". */
static void print_step(const struct plan *from, const struct plan *to, char *buffer, size_t size) {
    static const char *const titles[] = {"Loki", "Tempo"};
    char nodes[128], before[128], volume[32];
    buffer[0] = '\0';
    plan_print_nodes(to, nodes, sizeof nodes);
    plan_print_nodes(from, before, sizeof before);
    if (strcmp(nodes, before) != 0)
        snprintf(buffer, size, "%s", nodes);
    for (int c = COMPONENT_LOKI; c <= COMPONENT_TEMPO; c++) {
        const size_t used = strlen(buffer);
        if (from->resources[c].volume_bytes == to->resources[c].volume_bytes)
            continue;
        units_print_quantity(volume, sizeof volume, to->resources[c].volume_bytes);
        snprintf(buffer + used, size - used, "%sa volume of %s for %s", used > 0 ? ", " : "",
                 volume, titles[c]);
    }
    if (buffer[0] == '\0')
        snprintf(buffer, size, "other settings");
}

/** The cheapest record that costs more and at least halves the chance of a miss. */
static const struct planner_record *find_step(const struct planner_state *search,
                                              const struct planner_record *best) {
    for (const struct planner_record *record = best + 1;
         record < search->records + search->record_count; record++)
        if (record->passes && record->usd_per_month > best->usd_per_month + 0.005 &&
            record->miss <= best->miss / 2)
            return record;
    return NULL;
}

static const char *print_chance(char *buffer, size_t size, double chance, size_t replicas) {
    char percent[32];
    if (chance * (double)replicas < 0.5)
        snprintf(buffer, size, "none of %zu runs", replicas);
    else
        snprintf(buffer, size, "%s of runs", units_print_percent(percent, sizeof percent, chance));
    return buffer;
}

static enum status explain_step(const struct planner_state *search,
                                const struct planner_record *best, struct planner_output *output,
                                struct diagnostics *diagnostics) {
    struct arena *arena = search->input->context->arena;
    const size_t replicas = search->screen.replicas;
    const struct planner_record *next = best->miss > 0 ? find_step(search, best) : NULL;
    char from[64], to[64], step[256], extra[32];
    print_chance(from, sizeof from, (double)best->miss, replicas);
    if (!next) {
        output->next_step = arena_print(arena, "By look-up a target is missed in %s; %s", from,
                                        best->miss > 0 ? "no plan that costs more halves that"
                                                       : "nothing dearer is safer");
    } else {
        const struct plan before = planner_plan(search, best), after = planner_plan(search, next);
        print_step(&before, &after, step, sizeof step);
        units_print_usd(extra, sizeof extra, next->usd_per_month - best->usd_per_month);
        output->next_step = arena_print(
            arena, "%s more a month buys %s: by look-up a target is then missed in %s, not in %s",
            extra, step, print_chance(to, sizeof to, (double)next->miss, replicas), from);
    }
    return output->next_step ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the search");
}

/**
 * What gp3 must take, from above: Loki writes each line to its log and once more in a chunk, and
 * all that is open, half of its heap at most, to a checkpoint; Tempo writes a span to its log, to a
 * block and to a compacted one. At 16 KiB a request a MiB/s is 64 IOPS.
 */
static enum status explain_volumes(const struct planner_state *search,
                                   struct planner_output *output, struct diagnostics *diagnostics) {
    const struct planner_screen *screen = &search->screen;
    const struct scenario *scenario = search->input->context->scenario;
    const struct loki_settings *settings = &search->input->as_written->loki;
    const double logs =
        2.2 * scenario_log_bytes_per_second(scenario) * screen->log_factor_p99 / MIB;
    const double spans = 3 * scenario_span_bytes_per_second(scenario) * screen->trace_factor_p99;
    const double checkpoint =
        screen->loki_peak_p99_mib / 2 / fmax(settings->wal_checkpoint_seconds, 1);
    const double most = fmax(logs + checkpoint, spans / MIB);
    const bool enough = most <= VOLUME_GP3_FREE_MIB_PER_SECOND && 64 * most <= VOLUME_GP3_FREE_IOPS;
    output->volumes = arena_print(
        search->input->context->arena,
        "gp3's free %.0f IOPS and %.0f MiB/s %s: at the highest load (P99) a volume must take at "
        "most %.1f MiB/s, %.0f requests of 16 KiB a second%s",
        VOLUME_GP3_FREE_IOPS, VOLUME_GP3_FREE_MIB_PER_SECOND, enough ? "do" : "may not do", most,
        ceil(64 * most), enough ? ", so more of them is not searched" : "");
    return output->volumes ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "the search");
}

enum status planner_show(const struct planner_state *search, const struct planner_record *best,
                         struct planner_output *output, struct diagnostics *diagnostics) {
    if (search->set_count == 0)
        return STATUS_OK;
    enum status status = list_points(search, output, diagnostics);
    if (status == STATUS_OK)
        status = explain_volumes(search, output, diagnostics);
    if (!best)
        return status == STATUS_OK ? find_least_bad(search, output, diagnostics) : status;
    if (status == STATUS_OK)
        status = find_next(search, best, output, diagnostics);
    if (status == STATUS_OK)
        status = find_cheaper(search, output, diagnostics);
    return status == STATUS_OK ? explain_step(search, best, output, diagnostics) : status;
}
