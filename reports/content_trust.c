#include "reports/content_parts.h"
#include "reports/phrase.h"

#include <math.h>

/** Standard normal distances that hold half and nine tenths of all values. */
#define HALF_DISTANCE 0.674490
#define NINE_TENTHS_DISTANCE 1.644854

static const char *const measured = "runs left out of the fit";
static const char *const few_runs = "few runs: twice what their fit leaves";
static const char *const published = "published figures, not measured";
static const char *const borrowed = "Promtail's measurements, a published base";

/** `sd`: standard deviation of ln(measured / predicted); nothing is said when it is not known. */
static void add_error(struct content *content, struct sheet *sheet, const char *model,
                      const char *quantity, double sd, const char *basis) {
    if (!isfinite(sd) || sd <= 0)
        return;
    struct sheet_cell *row = sheet_row(sheet);
    if (!row)
        return;
    char share[PHRASE_BYTES];
    row[0].text = model;
    row[1].text = quantity;
    row[2].text = content_print(content, "%s",
                                phrase_share(share, sizeof share, exp(HALF_DISTANCE * sd) - 1));
    row[3].text = content_print(
        content, "%s", phrase_share(share, sizeof share, exp(NINE_TENTHS_DISTANCE * sd) - 1));
    row[4].text = basis;
}

static void add_loki_errors(struct content *content, struct sheet *sheet,
                            const struct loki_error *error) {
    add_error(content, sheet, "Loki", "peak memory", error->memory_peak, measured);
    add_error(content, sheet, "Loki", "mean memory", error->memory_mean, measured);
    add_error(content, sheet, "Loki", "CPU", error->cpu, measured);
    add_error(content, sheet, "Loki", "WAL on disk", error->wal_peak, measured);
    add_error(content, sheet, "Loki", "stored chunks", error->chunk_bytes, measured);
    add_error(content, sheet, "Loki", "index", error->index_bytes, measured);
}

static void add_tempo_errors(struct content *content, struct sheet *sheet,
                             const struct tempo_error *error) {
    add_error(content, sheet, "Tempo", "peak memory over a few blocks", tempo_run_peak_error(error),
              measured);
    add_error(content, sheet, "Tempo", "CPU", error->cpu, measured);
    add_error(content, sheet, "Tempo", "WAL on disk", error->wal_peak, measured);
    add_error(content, sheet, "Tempo", "stored blocks", error->block_bytes, measured);
}

void content_add_trust(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Model", false, false},
        {NULL, "Quantity", false, true},
        {"Within this of the truth", "half of runs", true, false},
        {"Within this of the truth", "nine in ten", true, false},
        {NULL, "Judged on", false, true},
    };
    const struct calibration *calibration = content->report->calibration;
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
    add_error(content, sheet, "OTel Collector", "peak memory", calibration->collector.memory_error,
              few_runs);
    add_error(content, sheet, "OTel Collector", "CPU", calibration->collector.cpu_error, few_runs);
    add_error(content, sheet, agent_title, "peak memory", agent->memory_error, agent_basis);
    add_error(content, sheet, agent_title, "CPU", agent->cpu_error, agent_basis);
    add_error(content, sheet, "Grafana", "peak memory", calibration->grafana.memory_error,
              published);
    add_error(content, sheet, "Grafana", "CPU", calibration->grafana.cpu_error, published);
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

static const char *print_reach(struct content *content, double sd) {
    char share[PHRASE_BYTES];
    return content_print(content, "%s",
                         phrase_share(share, sizeof share, exp(NINE_TENTHS_DISTANCE * sd) - 1));
}

/** The one line of the models' errors for who reads no further. */
static void add_error_note(struct content *content) {
    const struct calibration *calibration = content->report->calibration;
    if (!calibration)
        return;
    const struct tempo_error *tempo = &calibration->tempo.error;
    add_note(content,
             content_print(content,
                           "Nine forecasts in ten come within %s of the truth for Loki's peak "
                           "memory, %s for Tempo's, %s and %s for what they store; such errors "
                           "are part of every chance above.",
                           print_reach(content, calibration->loki.error.memory_peak),
                           print_reach(content, tempo_run_peak_error(tempo)),
                           print_reach(content, calibration->loki.error.chunk_bytes),
                           print_reach(content, tempo->block_bytes)));
}

void content_add_notes(struct content *content) {
    add_error_note(content);
    add_note(content, "The answer is no better than the load in the scenario: lines a second, "
                      "bytes a line, streams and sampling are inputs, not findings.");
    add_note(content, "Grafana is modelled from published figures, Loki, Tempo and the "
                      "collectors from measurements on their real binaries.");
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
