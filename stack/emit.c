#include "stack/emit.h"

#include "sim/base/files.h"
#include "sim/base/units.h"
#include "stack/dashboard.h"
#include "stack/manifests.h"
#include "stack/releases.h"
#include "stack/values.h"
#include "stack/values_charts.h"
#include "stack/values_common.h"

#include <stdio.h>

/** What fills the values of each chart. */
static void (*const fills[CHART_COUNT])(struct values *values, const struct scenario *scenario,
                                        const struct plan_outcome *outcome) = {
    [CHART_LOKI] = values_loki,       [CHART_TEMPO] = values_tempo,
    [CHART_GRAFANA] = values_grafana, [CHART_PROMTAIL] = values_promtail,
    [CHART_ALLOY] = values_alloy,     [CHART_COLLECTOR] = values_collector,
};

static void remark_install(struct values *values, const struct chart_pin *pin) {
    values_remark(values, "Chart      %s %s (application %s) from %s", pin->name, pin->version,
                  pin->app_version, pin->repository);
    values_remark(values, "State      %s.", pin->state);
    values_remark(values, "Install    helm repo add %s %s", pin->alias, pin->repository);
    values_remark(values, "           helm upgrade --install %s %s/%s --version %s", pin->name,
                  pin->alias, pin->name, pin->version);
    values_remark(values, "             --namespace " STACK_NAMESPACE " --values values/%s.yaml",
                  pin->name);
    values_remark(values, "Before     kubectl apply -f manifests/");
}

static void print_run(char *run, size_t size, const struct scenario *scenario) {
    char horizon[VALUES_COMMON_BYTES];
    snprintf(run, size, "%.0f replicas of %s", (double)scenario->simulation.replicas,
             units_print_duration(horizon, sizeof horizon, scenario->simulation.horizon_seconds));
}

enum status emit_values(enum helm_chart chart, const struct scenario *scenario,
                        const struct plan_outcome *outcome, struct text *text,
                        struct diagnostics *diagnostics) {
    struct chart_pin pin;
    struct values values;
    char title[256], run[80];
    enum chart_profile profile = scenario->stack.chart_profile;
    enum status status = chart_keys_pin(profile, chart, &pin, diagnostics);
    if (status != STATUS_OK)
        return status;
    values_init(&values, profile, chart, diagnostics);
    remark_install(&values, &pin);
    fills[chart](&values, scenario, outcome);
    snprintf(title, sizeof title, "Helm values of %s for the scenario %s, plan: %s.",
             releases_title(chart), scenario->name, outcome->label);
    print_run(run, sizeof run, scenario);
    status = values_write(&values, title, run, text);
    values_fini(&values);
    return status;
}

/** Write `text` to `folder`/`name``extension` and give its memory back. */
static enum status write_file(const char *folder, const char *name, const char *extension,
                              enum status made, struct text *text,
                              struct diagnostics *diagnostics) {
    char path[4096];
    enum status status = made;
    int length = snprintf(path, sizeof path, "%s/%s%s", folder, name, extension);
    if (status == STATUS_OK && (size_t)length >= sizeof path)
        status = diagnostics_add(diagnostics, STATUS_SYSTEM, folder, 0, 0, "the path is too long");
    if (status == STATUS_OK)
        status = file_write_text(path, text, diagnostics);
    text_fini(text);
    return status;
}

/** What is written, from which plan. */
struct job {
    const struct scenario *scenario;
    const struct plan_outcome *outcome;
    const char *folder;
    struct diagnostics *diagnostics;
};

static enum status write_values(const struct job *job) {
    struct release_list list;
    enum status status = releases_list(job->scenario->stack.chart_profile,
                                       job->outcome->plan.agent_kind, &list, job->diagnostics);
    for (size_t i = 0; i < list.count && status == STATUS_OK; i++) {
        struct text text;
        text_init(&text);
        status =
            emit_values(list.items[i].chart, job->scenario, job->outcome, &text, job->diagnostics);
        status = write_file(job->folder, list.items[i].pin.name, ".yaml", status, &text,
                            job->diagnostics);
    }
    return status;
}

static enum status write_dashboards(const struct job *job) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < DASHBOARD_COUNT && status == STATUS_OK; i++) {
        struct text text;
        text_init(&text);
        status = dashboard_json(i, job->scenario, job->outcome, &text, job->diagnostics);
        status = write_file(job->folder, dashboard_file(i), "", status, &text, job->diagnostics);
    }
    return status;
}

static enum status write_manifests(const struct job *job) {
    static const struct {
        const char *name;
        enum status (*print)(struct text *text, struct diagnostics *diagnostics);
    } manifests[] = {{"namespace", manifests_namespace},
                     {"storageclass-" STACK_STORAGE_CLASS, manifests_storage_class}};
    enum status status = STATUS_OK;
    struct text text;
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests && status == STATUS_OK; i++) {
        text_init(&text);
        status = manifests[i].print(&text, job->diagnostics);
        status =
            write_file(job->folder, manifests[i].name, ".yaml", status, &text, job->diagnostics);
    }
    if (status != STATUS_OK)
        return status;
    text_init(&text);
    status = dashboard_config_map(job->scenario, job->outcome, &text, job->diagnostics);
    return write_file(job->folder, "observability-dashboards", ".yaml", status, &text,
                      job->diagnostics);
}

enum status emit_plan(const struct scenario *scenario, const struct plan_outcome *outcome,
                      const char *folder, struct diagnostics *diagnostics) {
    static const struct {
        const char *folder;
        enum status (*write)(const struct job *job);
    } parts[] = {
        {"values", write_values}, {"dashboards", write_dashboards}, {"manifests", write_manifests}};
    struct arena arena;
    enum status status = STATUS_OK;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == STATUS_OK; i++) {
        const struct job job = {.scenario = scenario,
                                .outcome = outcome,
                                .folder = file_join(&arena, folder, parts[i].folder),
                                .diagnostics = diagnostics};
        status = job.folder ? file_make_folder(job.folder, diagnostics)
                            : diagnostics_out_of_memory(diagnostics, "writing Helm values");
        if (status == STATUS_OK)
            status = parts[i].write(&job);
    }
    arena_fini(&arena);
    return status;
}
