#include "tests/bench/bench_setup.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

/** What a plan changes in the scenario's own. All are factors where they are not 0. */
struct plan_change {
    const char *name;
    double loki_memory, tempo_memory, cpu, volume; /**< limits and sizes */
    double rate_scale;                             /**< ingestion limit over the mean load */
    double streams;                                /**< stream limit over the scenario's streams */
    double credits;                                /**< earned by a node; the mode is standard */
    bool no_goal;                                  /**< GOMEMLIMIT unset */
};

static const struct plan_change changes[BENCH_PLANS] = {
    {.name = "as written"},
    {.name = "short of memory", .loki_memory = 2, .tempo_memory = 1.45, .volume = 2},
    {.name = "short of CPU",
     .loki_memory = 0.38,
     .tempo_memory = 1.6,
     .cpu = 0.15,
     .volume = 1.6,
     .rate_scale = 4,
     .streams = 0.9,
     .credits = 0.62},
    {.name = "Loki short of memory", .loki_memory = 0.35},
    {.name = "no GOMEMLIMIT", .no_goal = true},
    {.name = "a trickle of CPU", .cpu = 0.06},
    {.name = "rate limit", .rate_scale = 1.5},
    {.name = "few credits", .credits = 0.2},
};

const char *bench_plan_name(size_t plan) {
    return changes[plan].name;
}

static void scale(double *value, double factor) {
    if (factor > 0)
        *value *= factor;
}

static enum status change_plan(struct bench_setup *setup, const struct plan_change *change,
                               struct plan *plan) {
    struct scenario_resources *loki = &plan->resources[COMPONENT_LOKI];
    struct scenario_resources *tempo = &plan->resources[COMPONENT_TEMPO];
    scale(&loki->limit_bytes, change->loki_memory);
    scale(&tempo->limit_bytes, change->tempo_memory);
    scale(&loki->limit_cores, change->cpu);
    scale(&tempo->limit_cores, change->cpu);
    scale(&loki->volume_bytes, change->volume);
    scale(&tempo->volume_bytes, change->volume);
    if (change->rate_scale > 0)
        plan->ingestion_rate_bytes_per_second =
            change->rate_scale * scenario_log_bytes_per_second(setup->scenario);
    if (change->streams > 0)
        plan->max_streams = change->streams * scenario_streams(setup->scenario);
    if (change->no_goal)
        plan->loki_memory_limit_target = plan->tempo_memory_limit_target = 0;
    if (change->credits > 0) {
        plan->credits_unlimited = false;
        for (size_t n = 0; n < plan->node_count; n++) {
            struct instance_type *type = arena_take(&setup->arena, sizeof *type);
            if (!type)
                return diagnostics_out_of_memory(&setup->diagnostics, "a plan's nodes");
            *type = *plan->nodes[n];
            type->credits_per_hour *= change->credits;
            plan->nodes[n] = type;
        }
    }
    plan_settle(setup->scenario, plan);
    return STATUS_OK;
}

static bool plans_init(struct bench_setup *setup) {
    for (size_t p = 0; p < BENCH_PLANS; p++)
        if (plan_from_scenario(setup->scenario, &setup->tables.instances, &setup->plans[p],
                               &setup->diagnostics) != STATUS_OK ||
            change_plan(setup, &changes[p], &setup->plans[p]) != STATUS_OK)
            return false;
    return true;
}

bool bench_setup_init(const char *scenario_file, const char *horizon, struct bench_setup *setup) {
    memset(setup, 0, sizeof *setup);
    gsl_set_error_handler_off();
    arena_init(&setup->arena);
    diagnostics_init(&setup->diagnostics);
    char text[64];
    snprintf(text, sizeof text, "simulation.horizon=%s", horizon ? horizon : "");
    const struct scenario_override override = {.text = text};
    struct run_tables *tables = &setup->tables;
    if (run_tables_load(&setup->arena, NULL, tables, &setup->diagnostics) != STATUS_OK ||
        scenario_load(scenario_file, &override, horizon ? 1 : 0, tables->prices, &tables->instances,
                      &setup->scenario, &setup->diagnostics) != STATUS_OK ||
        workload_init(setup->scenario, &setup->arena, &setup->workload, &setup->diagnostics) !=
            STATUS_OK)
        return false;
    setup->engine = (struct engine_input){.scenario = setup->scenario,
                                          .workload = &setup->workload,
                                          .calibration = &tables->calibration,
                                          .prices = tables->prices};
    return plans_init(setup);
}

void bench_setup_fini(struct bench_setup *setup) {
    scenario_free(setup->scenario);
    arena_fini(&setup->arena);
}
