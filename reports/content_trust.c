#include "reports/content_parts.h"
#include "reports/phrase.h"
#include "sim/base/units.h"
#include "sim/engine_plan.h"
#include "sim/planner.h"
#include "sim/predict.h"

#include <math.h>

/** Wide estimates have no further tails: the normal's, as the engine draws them. */
#define MANY_DEGREES 1e6

static const char *const measured = "runs left out of the fit";
static const char *const few_runs = "few runs: twice what their fit leaves";
static const char *const published = "published figures, not measured";
static const char *const borrowed = "Promtail's measurements, a published base";

/** How far a forecast may lie off, as the engine draws it. */
struct deviation {
    double sd; /**< of ln(measured / predicted); 0 when it is not known */
    double degrees_of_freedom;
};

/** Share of the truth within which `share` of the forecasts come. */
static const char *print_reach(struct content *content, double share, struct deviation error) {
    char reach[PHRASE_BYTES];
    double half = predict_interval_of(share, error.sd, error.degrees_of_freedom);
    return content_print(content, "%s", phrase_share(reach, sizeof reach, expm1(half)));
}

static void add_error(struct content *content, struct sheet *sheet, const char *model,
                      const char *quantity, struct deviation error, const char *basis) {
    if (!isfinite(error.sd) || error.sd <= 0)
        return;
    struct sheet_cell *row = sheet_row(sheet);
    if (!row)
        return;
    row[0].text = model;
    row[1].text = quantity;
    row[2].text = print_reach(content, 0.5, error);
    row[3].text = print_reach(content, 0.9, error);
    row[4].text = basis;
}

/** What the result was simulated with; the shipped one where a caller made the result by hand. */
static const struct calibration *calibration_of(const struct content *content) {
    const struct calibration *own = content->report->result->calibration.calibration;
    return own && content->report->calibration ? own : content->report->calibration;
}

/** What the errors of Loki or Tempo were judged on. */
static const char *basis_of(struct content *content, enum predict_model model) {
    const struct calibrate_user_use *use = &content->report->result->calibration;
    if (use->points[model] <= 0)
        return measured;
    return content_print(content, "%s, updated by your %.0f point%s%s", measured,
                         use->points[model], use->points[model] > 1 ? "s" : "",
                         use->beyond[model] ? "; widened beyond their range" : "");
}

/** A figure of Loki's or Tempo's model, held to runs left out of the fit. */
struct figure {
    const char *quantity;
    double sd;
};

static void add_left_out(struct content *content, struct sheet *sheet, enum predict_model which,
                         const struct figure *figures, size_t count, double degrees_of_freedom) {
    const char *basis = basis_of(content, which);
    for (size_t i = 0; i < count; i++)
        add_error(content, sheet, which == PREDICT_LOKI ? "Loki" : "Tempo", figures[i].quantity,
                  (struct deviation){figures[i].sd, degrees_of_freedom}, basis);
}

static void add_loki_errors(struct content *content, struct sheet *sheet,
                            const struct loki_error *error) {
    const struct figure figures[] = {
        {"peak memory", error->memory_peak},
        {"mean memory", error->memory_mean},
        {"CPU", error->cpu},
        {"WAL on disk", error->wal_peak},
        {"stored chunks", error->chunk_bytes},
        {"index", error->index_bytes},
    };
    add_left_out(content, sheet, PREDICT_LOKI, figures, sizeof figures / sizeof *figures,
                 error->degrees_of_freedom);
}

static void add_tempo_errors(struct content *content, struct sheet *sheet,
                             const struct tempo_error *error) {
    const struct figure figures[] = {
        {"peak memory over a few blocks", tempo_run_peak_error(error)},
        {"CPU", error->cpu},
        {"WAL on disk", error->wal_peak},
        {"stored blocks", error->block_bytes},
    };
    add_left_out(content, sheet, PREDICT_TEMPO, figures, sizeof figures / sizeof *figures,
                 error->degrees_of_freedom);
}

static void add_estimates(struct content *content, struct sheet *sheet, const char *model,
                          double memory_sd, double cpu_sd, const char *basis) {
    add_error(content, sheet, model, "peak memory", (struct deviation){memory_sd, MANY_DEGREES},
              basis);
    add_error(content, sheet, model, "CPU", (struct deviation){cpu_sd, MANY_DEGREES}, basis);
}

void content_add_trust(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Model", false, false},
        {NULL, "Quantity", false, true},
        {"Within this of the truth", "half of runs", true, false},
        {"Within this of the truth", "nine in ten", true, false},
        {NULL, "Judged on", false, true},
    };
    const struct calibration *calibration = calibration_of(content);
    if (!calibration)
        return;
    const struct plan *plan = &content->plans[0].outcome->plan;
    const struct agent_model *agent = &calibration->agent[plan->agent_kind];
    const char *agent_title = phrase_component(plan, COMPONENT_AGENT);
    const char *agent_basis = plan->agent_kind == AGENT_KIND_ALLOY ? borrowed : few_runs;
    struct sheet *sheet = content_sheet(content, "trust", "How far to trust the models", columns,
                                        sizeof columns / sizeof *columns, 24);
    sheet->secondary = true;
    sheet->note = "Errors of this size are drawn anew in every simulated run, so the intervals "
                  "above hold them already.";
    add_loki_errors(content, sheet, &calibration->loki.error);
    add_tempo_errors(content, sheet, &calibration->tempo.error);
    add_estimates(content, sheet, "OTel Collector", calibration->collector.memory_error,
                  calibration->collector.cpu_error, few_runs);
    add_estimates(content, sheet, agent_title, agent->memory_error, agent->cpu_error, agent_basis);
    add_estimates(content, sheet, "Grafana", calibration->grafana.memory_error,
                  calibration->grafana.cpu_error, published);
    content_sheet_end(content);
}

static void add_note(struct content *content, const char *note) {
    if (content->note_count < CONTENT_NOTES_MAX)
        content->notes[content->note_count++] = note;
}

static bool any_plan_has(const struct content *content, enum agent_kind kind) {
    for (size_t p = 0; p < content->plan_count; p++)
        if (content->plans[p].outcome->plan.agent_kind == kind)
            return true;
    return false;
}

/** The one line of the models' errors for who reads no further. */
static void add_error_note(struct content *content) {
    const struct calibration *calibration = calibration_of(content);
    if (!calibration)
        return;
    const struct loki_error *loki = &calibration->loki.error;
    const struct tempo_error *tempo = &calibration->tempo.error;
    const struct deviation errors[] = {
        {loki->memory_peak, loki->degrees_of_freedom},
        {tempo_run_peak_error(tempo), tempo->degrees_of_freedom},
        {loki->chunk_bytes, loki->degrees_of_freedom},
        {tempo->block_bytes, tempo->degrees_of_freedom},
    };
    const char *reach[sizeof errors / sizeof *errors];
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        reach[i] = print_reach(content, 0.9, errors[i]);
    add_note(content, content_print(content,
                                    "Nine forecasts in ten come within %s of the truth for Loki's "
                                    "peak memory, %s for Tempo's, %s and %s for what they store; "
                                    "such errors are part of every chance above.",
                                    reach[0], reach[1], reach[2], reach[3]));
}

void content_add_calibration_fact(struct content *content) {
    const struct calibrate_user_use *use = &content->report->result->calibration;
    if (!use->file)
        return;
    const char *text = content_print(content, "%s, your own measurements", use->file);
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        if (use->beyond[m])
            text = content_print(content,
                                 "%s; %s runs beyond their range, so it is forecast with wider "
                                 "errors: %s",
                                 text, m == PREDICT_LOKI ? "Loki" : "Tempo", use->beyond[m]);
    content_fact(content, "Models", TONE_PLAIN, text);
}

/** Queries are easily forgotten, and may decide what Loki needs. */
static void add_query_note(struct content *content) {
    const double worth_saying = 0.25;
    const struct result *result = content->report->result;
    const struct calibration *calibration = calibration_of(content);
    if (!calibration || !result->scenario)
        return;
    const struct scenario_queries *queries = &result->scenario->workload.queries;
    const struct plan_outcome *outcome = content->plans[0].outcome;
    const double peak_bytes = outcome->components[COMPONENT_LOKI].memory_peak_mib.p50 * MIB;
    const double share =
        engine_plan_query_share(result->scenario, calibration, &outcome->plan, peak_bytes);
    char percent[PHRASE_BYTES], range[PHRASE_BYTES];
    if (share < worth_saying)
        return;
    units_print_duration(range, sizeof range, queries->range_seconds);
    add_note(content,
             content_print(
                 content,
                 "Queries take %s of Loki's usual peak memory as written (workload.queries: "
                 "%s back, up to %.0f at a time): narrower or fewer at a time "
                 "need less.",
                 phrase_share(percent, sizeof percent, share), range, fmax(queries->users, 1)));
}

void content_add_notes(struct content *content) {
    add_error_note(content);
    add_query_note(content);
    add_note(content, "The answer is no better than the load in the scenario: lines a second, "
                      "bytes a line, streams and sampling are inputs, not findings.");
    add_note(content, "Grafana is modelled from published figures, Loki, Tempo and the "
                      "collectors from measurements on their real binaries.");
    if (content->report->result->volumes_note)
        add_note(content,
                 content_print(content, "%s.",
                               content_words(content, content->report->result->volumes_note)));
    if (content->report->result->best)
        add_note(content, content_print(
                              content,
                              "Requests of the best plan: what a container passes for no more than "
                              "%.0f %% of the time, in %.0f of 100 runs.",
                              100 * PLANNER_BUSY_FRACTION, 100 * PLANNER_USUAL_SHARE));
    add_note(content, "A chance carries its 95 % Clopper–Pearson interval; more replicas make "
                      "it narrower, not truer.");
    add_note(content, "Prices are list prices of the sources above, before tax and discounts; a "
                      "month has 730 hours.");
    if (any_plan_has(content, AGENT_KIND_PROMTAIL))
        add_note(content, "Promtail reached its end of life on 2026-03-02 and gets no more fixes: "
                          "plan the move to Alloy (stack.agent.kind: alloy).");
    if (any_plan_has(content, AGENT_KIND_ALLOY))
        add_note(content, "Alloy was not measured: its figures are Promtail's on a published base, "
                          "with a wider error.");
}
