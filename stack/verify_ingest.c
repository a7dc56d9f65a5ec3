/* What comes in now against the load that was planned for, from Loki's and Tempo's own /metrics. */
#include "stack/verify_lines.h"

#include "sim/base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Where the value begins in `name{label="...",...} value`: `text` is after the name. A label's
 *  value may hold any character, also "}". */
static const char *skip_labels(const char *text) {
    bool quoted = false;
    if (*text != '{')
        return text;
    for (; *text && *text != '\n' && (quoted || *text != '}'); text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
    }
    return text + (*text == '}');
}

/** The sum of all samples of a metric, whatever their labels; false when there is none. */
static bool sum_metric(const char *metrics, const char *name, double *sum) {
    size_t length = strlen(name);
    bool found = false;
    *sum = 0;
    for (const char *line = metrics; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0 || (line[length] != ' ' && line[length] != '{'))
            continue;
        *sum += strtod(skip_labels(line + length), NULL);
        found = true;
    }
    return found;
}

/** The mean rate of a counter since its process started. */
static bool mean_rate(const char *metrics, const char *counter, double *per_second) {
    double total, started;
    if (!sum_metric(metrics, counter, &total) ||
        !sum_metric(metrics, "process_start_time_seconds", &started))
        return false;
    double age = (double)time(NULL) - started;
    *per_second = age > 0 ? total / age : 0;
    return age > 0;
}

/** The counter of what is ingested, how it is planned, and what was thrown away. */
static const struct ingest {
    enum component component;
    const char *what, *received, *discarded, *unit;
} ingests[] = {
    {COMPONENT_LOKI, "logs ingested", "loki_distributor_bytes_received_total",
     "loki_discarded_samples_total", "B/s"},
    {COMPONENT_TEMPO, "spans ingested", "tempo_distributor_spans_received_total",
     "tempo_discarded_spans_total", "spans/s"},
};

static double planned_rate(const struct verify_plan *plan, enum component component) {
    return component == COMPONENT_LOKI ? plan->result->log_gb_per_day * 1e9 / SECONDS_PER_DAY
                                       : plan->result->span_per_second_mean;
}

/** More than the plan has headroom for is drift; less is not. */
static void compare_rate(struct verify *verify, struct verify_place place,
                         const struct ingest *ingest, const struct verify_plan *plan,
                         const char *metrics) {
    const struct headroom *headroom = &plan->result->headroom;
    double most = headroom->known && headroom->multiple > 1 ? headroom->multiple : 1;
    double planned = planned_rate(plan, ingest->component), live;
    char wanted[64], shown[64];
    snprintf(wanted, sizeof wanted, "%.0f %s", planned, ingest->unit);
    if (!mean_rate(metrics, ingest->received, &live)) {
        verify_add(verify, place, ingest->what, VERIFY_UNSEEN, wanted, NULL,
                   "nothing has come in since it started");
        return;
    }
    snprintf(shown, sizeof shown, "%.0f %s", live, ingest->unit);
    verify_add(verify, place, ingest->what, live > most * planned ? VERIFY_DRIFT : VERIFY_SAME,
               wanted, shown, "mean since it started; the plan holds up to %.2f times its load",
               most);
}

static void compare_ingest(struct verify *verify, const struct verify_plan *plan,
                           const struct release *release, const char *metrics) {
    const struct verify_place place = verify_place(VERIFY_USAGE, release);
    for (size_t i = 0; i < sizeof ingests / sizeof *ingests; i++) {
        double discarded;
        char shown[32];
        if (ingests[i].component != release->component)
            continue;
        compare_rate(verify, place, &ingests[i], plan, metrics);
        if (!sum_metric(metrics, ingests[i].discarded, &discarded))
            discarded = 0;
        snprintf(shown, sizeof shown, "%.0f", discarded);
        verify_add(verify, place, "discarded", discarded > 0 ? VERIFY_DRIFT : VERIFY_SAME, "0",
                   shown,
                   discarded > 0 ? "refused since it started: see its log for the reason" : NULL);
    }
}

enum status verify_ingest(const struct cluster *cluster, const struct verify_plan *plan,
                          const struct release_list *releases, struct verify *verify,
                          struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < releases->count && status == STATUS_OK; i++) {
        const struct release *release = &releases->items[i];
        const struct verify_place place = verify_place(VERIFY_USAGE, release);
        const char *answer, *why;
        char path[256];
        if (release->component != COMPONENT_LOKI && release->component != COMPONENT_TEMPO)
            continue;
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/services/%s:%u/proxy/metrics",
                 cluster->name_space, release->service, release->pin.port);
        status = verify_raw(cluster, path, verify, &answer, &why, diagnostics);
        if (status == STATUS_OK && answer)
            compare_ingest(verify, plan, release, answer);
        else if (status == STATUS_OK)
            verify_add(verify, place, "ingest", VERIFY_UNSEEN, NULL, NULL, "%s", why);
    }
    return status;
}
