/* What comes in now against the load that was planned for, from Loki's and Tempo's own /metrics. */
#include "stack/verify_lines.h"

#include "sim/base/units.h"
#include "sim/prom_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/** Sums of samples, whatever their labels. */
struct sums {
    const char *received, *discarded; /**< names of counters */
    double received_sum, discarded_sum, started_seconds;
    bool received_seen, started_seen;
};

static void take_sample(const struct prom_sample *sample, void *context) {
    struct sums *sums = context;
    if (strcmp(sample->name, "process_start_time_seconds") == 0) {
        sums->started_seconds = sample->value;
        sums->started_seen = true;
    } else if (strcmp(sample->name, sums->received) == 0) {
        sums->received_sum += sample->value;
        sums->received_seen = true;
    } else if (strcmp(sample->name, sums->discarded) == 0) {
        sums->discarded_sum += sample->value;
    }
}

/** The mean rate of what was received since the process started. */
static bool mean_rate(const struct sums *sums, double *per_second) {
    double age = (double)time(NULL) - sums->started_seconds;
    if (!sums->received_seen || !sums->started_seen || !(age > 0))
        return false;
    *per_second = sums->received_sum / age;
    return true;
}

/** The counter of what is ingested, how it is planned, and what was thrown away. */
static const struct ingest {
    enum component component;
    const char *what, *received, *discarded, *unit;
} ingests[] = {
    {.component = COMPONENT_LOKI,
     .what = "logs ingested",
     .received = "loki_distributor_bytes_received_total",
     .discarded = "loki_discarded_samples_total",
     .unit = "B/s"},
    {.component = COMPONENT_TEMPO,
     .what = "spans ingested",
     .received = "tempo_distributor_spans_received_total",
     .discarded = "tempo_discarded_spans_total",
     .unit = "spans/s"},
};

static double planned_rate(const struct verify_plan *plan, enum component component) {
    return component == COMPONENT_LOKI ? plan->result->log_gb_per_day * 1e9 / SECONDS_PER_DAY
                                       : plan->result->span_per_second_mean;
}

/** More than the plan has headroom for is drift; less is not. */
static void compare_rate(struct verify *verify, struct verify_place place,
                         const struct ingest *ingest, const struct verify_plan *plan,
                         const struct sums *sums) {
    const struct headroom *headroom = &plan->result->headroom;
    double most = headroom->known && headroom->multiple > 1 ? headroom->multiple : 1;
    double planned = planned_rate(plan, ingest->component), live;
    char wanted[64], shown[64];
    snprintf(wanted, sizeof wanted, "%.0f %s", planned, ingest->unit);
    if (!mean_rate(sums, &live)) {
        verify_add(verify, place, ingest->what, VERIFY_UNSEEN, wanted, NULL,
                   sums->received_seen ? "its metrics do not say since when it runs"
                                       : "nothing has come in since it started");
        return;
    }
    snprintf(shown, sizeof shown, "%.0f %s", live, ingest->unit);
    verify_add(verify, place, ingest->what, live > most * planned ? VERIFY_DRIFT : VERIFY_SAME,
               wanted, shown, "mean since it started; the plan holds up to %.2f times its load",
               most);
}

static void compare_discarded(struct verify *verify, struct verify_place place, double discarded) {
    char shown[32];
    snprintf(shown, sizeof shown, "%.0f", discarded);
    verify_add(verify, place, "discarded", discarded > 0 ? VERIFY_DRIFT : VERIFY_SAME, "0", shown,
               discarded > 0 ? "refused since it started: see its log for the reason" : NULL);
}

/** A page that is no metrics for us is one that we do not see. */
static void compare_ingest(struct verify *verify, const struct verify_plan *plan,
                           const struct ingest *ingest, const struct release *release,
                           const char *metrics) {
    const struct verify_place place = verify_place(VERIFY_USAGE, release);
    struct sums sums = {.received = ingest->received, .discarded = ingest->discarded};
    struct diagnostics problems;
    diagnostics_init(&problems);
    if (prom_text_read(release->name, metrics, strlen(metrics), take_sample, &sums, &problems) !=
        STATUS_OK) {
        verify_add(verify, place, "ingest", VERIFY_UNSEEN, NULL, NULL, "its metrics, line %u: %s",
                   problems.items[0].line, problems.items[0].message);
        return;
    }
    compare_rate(verify, place, ingest, plan, &sums);
    compare_discarded(verify, place, sums.discarded_sum);
}

static const struct ingest *ingest_of(enum component component) {
    for (size_t i = 0; i < sizeof ingests / sizeof *ingests; i++)
        if (ingests[i].component == component)
            return &ingests[i];
    return NULL;
}

enum status verify_ingest(const struct cluster *cluster, const struct verify_view *view,
                          struct verify *verify, struct diagnostics *diagnostics) {
    const struct release_list *releases = view->releases;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < releases->count && status == STATUS_OK; i++) {
        const struct release *release = &releases->items[i];
        const struct ingest *ingest = ingest_of(release->component);
        const char *answer, *why;
        char path[256];
        if (!ingest)
            continue;
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/services/%s:%u/proxy/metrics",
                 cluster->name_space, release->service, release->pin.port);
        status = verify_raw(cluster, path, verify, &answer, &why, diagnostics);
        if (status == STATUS_OK && answer)
            compare_ingest(verify, view->plan, ingest, release, answer);
        else if (status == STATUS_OK)
            verify_add(verify, verify_place(VERIFY_USAGE, release), "ingest", VERIFY_UNSEEN, NULL,
                       NULL, "%s", why);
    }
    return status;
}
