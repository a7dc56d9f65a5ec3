#include "sim/sensitivity_inputs.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/** P90 over the median of the scenario's own figures, and of incidents. Assumptions. */
#define FIGURE_SPREAD 1.25
#define INCIDENT_SPREAD 2.0

/** The least that `workload.services[].logs.compression` may be. */
static const double compression_least = 1.01;

enum { MEMBERS_MAX = LOKI_ENCODING_COUNT, END = -1 };

#define SERVICE(member) (int)offsetof(struct scenario_service, member)
#define WORKLOAD(member) (int)offsetof(struct scenario_workload, member)

/** What each input moves: doubles of every service or of the workload; errors have neither. */
static const struct input_row {
    const char *name, *title, *noun;
    double spread; /**< 0 for errors and synchrony */
    int service[MEMBERS_MAX], workload[MEMBERS_MAX];
} rows[SENSITIVITY_INPUT_COUNT] = {
    [SENSITIVITY_LOG_RATE] = {"log_rate",
                              "Log lines a second",
                              "the rate of log lines",
                              FIGURE_SPREAD,
                              {SERVICE(lines_per_second), END},
                              {END}},
    [SENSITIVITY_SPAN_RATE] = {"span_rate",
                               "Spans a second",
                               "the rate of spans",
                               FIGURE_SPREAD,
                               {SERVICE(requests_per_second), END},
                               {END}},
    [SENSITIVITY_LINE_BYTES] = {"bytes_per_line",
                                "Bytes a log line",
                                "the length of log lines",
                                FIGURE_SPREAD,
                                {SERVICE(bytes_per_line), END},
                                {END}},
    [SENSITIVITY_COMPRESSION] = {"compression",
                                 "Compression",
                                 "how far chunks compress",
                                 FIGURE_SPREAD,
                                 {SERVICE(compression[0]), SERVICE(compression[1]),
                                  SERVICE(compression[2])},
                                 {END}},
    [SENSITIVITY_STREAMS] = {"streams",
                             "Log streams",
                             "the number of log streams",
                             FIGURE_SPREAD,
                             {SERVICE(streams_per_replica), END},
                             {END}},
    [SENSITIVITY_INCIDENTS] = {"incidents_per_month",
                               "Incidents a month",
                               "the number of incidents a month",
                               INCIDENT_SPREAD,
                               {END},
                               {WORKLOAD(incidents.per_month), END}},
    [SENSITIVITY_MAGNITUDE] = {"incident_magnitude",
                               "Strength of incidents",
                               "how many times the logs an incident brings",
                               INCIDENT_SPREAD,
                               {END},
                               {WORKLOAD(incidents.magnitude.median),
                                WORKLOAD(incidents.magnitude.p95), END}},
    [SENSITIVITY_DURATION] = {"incident_duration",
                              "Length of incidents",
                              "how long incidents last",
                              INCIDENT_SPREAD,
                              {END},
                              {WORKLOAD(incidents.duration_seconds.median),
                               WORKLOAD(incidents.duration_seconds.p95), END}},
    [SENSITIVITY_NOISE] = {"noise_cv",
                           "Noise of the load",
                           "how unsteady the load is",
                           FIGURE_SPREAD,
                           {END},
                           {WORKLOAD(profile.noise_cv), END}},
    [SENSITIVITY_GROWTH] = {"growth_per_month",
                            "Growth a month",
                            "the growth a month",
                            FIGURE_SPREAD,
                            {END},
                            {WORKLOAD(profile.growth_fraction_per_month), END}},
    [SENSITIVITY_QUERIES] = {"queries_per_hour",
                             "Queries an hour",
                             "the number of queries an hour",
                             FIGURE_SPREAD,
                             {END},
                             {WORKLOAD(queries.per_hour), END}},
    [SENSITIVITY_LOKI_MEMORY] =
        {"loki_memory_error", "Loki's memory", "Loki's memory at a known load", 0, {END}, {END}},
    [SENSITIVITY_TEMPO_MEMORY] =
        {"tempo_memory_error", "Tempo's memory", "Tempo's memory at a known load", 0, {END}, {END}},
    [SENSITIVITY_LOKI_STORED] = {"loki_stored_error",
                                 "Loki's stored bytes",
                                 "the bytes that Loki stores at a known load",
                                 0,
                                 {END},
                                 {END}},
    [SENSITIVITY_TEMPO_STORED] = {"tempo_stored_error",
                                  "Tempo's stored bytes",
                                  "the bytes that Tempo stores at a known load",
                                  0,
                                  {END},
                                  {END}},
    [SENSITIVITY_SYNCHRONY] =
        {"synchrony", "Synchrony of chunks", "how far chunks open together", 0, {END}, {END}},
};

struct sensitivity sensitivity_row(enum sensitivity_input input) {
    const struct input_row *row = &rows[input];
    const char *per = row->spread > 0                  ? "times what the scenario says"
                      : input == SENSITIVITY_SYNCHRONY ? "of all in step"
                                                       : "times what the model predicts";
    return (struct sensitivity){
        .name = row->name, .title = row->title, .noun = row->noun, .per = per};
}

struct sensitivity_point sensitivity_base(void) {
    struct sensitivity_point point;
    for (size_t i = 0; i < SENSITIVITY_INPUT_COUNT; i++)
        point.quantile[i] = -1;
    return point;
}

double sensitivity_factor(enum sensitivity_input input, double quantile,
                          const struct calibration *calibration) {
    const struct loki_error *loki = &calibration->loki.error;
    const struct tempo_error *tempo = &calibration->tempo.error;
    if (quantile < 0)
        return 1;
    switch (input) {
    case SENSITIVITY_LOKI_MEMORY:
        return exp(loki->memory_peak * gsl_cdf_tdist_Pinv(quantile, loki->degrees_of_freedom));
    case SENSITIVITY_LOKI_STORED:
        return exp(loki->chunk_bytes * gsl_cdf_tdist_Pinv(quantile, loki->degrees_of_freedom));
    case SENSITIVITY_TEMPO_MEMORY:
        return exp(tempo->memory_peak * gsl_cdf_tdist_Pinv(quantile, tempo->degrees_of_freedom));
    case SENSITIVITY_TEMPO_STORED:
        return exp(tempo->block_bytes * gsl_cdf_tdist_Pinv(quantile, tempo->degrees_of_freedom));
    case SENSITIVITY_SYNCHRONY:
        return quantile;
    default:
        return exp(log(rows[input].spread) * gsl_cdf_ugaussian_Pinv(quantile) /
                   gsl_cdf_ugaussian_Pinv(0.9));
    }
}

/** Multiply the listed doubles of the struct at `base`. */
static void multiply(void *base, const int offsets[MEMBERS_MAX], double factor) {
    for (int i = 0; i < MEMBERS_MAX && offsets[i] != END; i++) {
        double value;
        char *member = (char *)base + offsets[i];
        memcpy(&value, member, sizeof value);
        value *= factor;
        memcpy(member, &value, sizeof value);
    }
}

enum status sensitivity_move(const struct scenario *scenario, const struct sensitivity_point *point,
                             const struct calibration *calibration, struct arena *arena,
                             struct scenario *moved, struct diagnostics *diagnostics) {
    const struct scenario_workload *load = &scenario->workload;
    struct scenario_service *services = arena_array(arena, load->service_count, sizeof *services);
    if (!services)
        return diagnostics_out_of_memory(diagnostics, "the sensitivity");
    *moved = *scenario;
    moved->workload.services = services;
    for (size_t s = 0; s < load->service_count; s++)
        services[s] = load->services[s];
    for (int input = 0; input < SENSITIVITY_INPUT_COUNT; input++) {
        const double quantile = point->quantile[input];
        if (quantile < 0 || rows[input].spread <= 0)
            continue;
        const double factor =
            sensitivity_factor((enum sensitivity_input)input, quantile, calibration);
        multiply(&moved->workload, rows[input].workload, factor);
        for (size_t s = 0; s < load->service_count; s++)
            multiply(&services[s], rows[input].service, factor);
    }
    for (size_t s = 0; s < load->service_count; s++)
        for (int e = 0; e < LOKI_ENCODING_COUNT; e++)
            services[s].compression[e] = fmax(services[s].compression[e], compression_least);
    return STATUS_OK;
}

static float given_of(const struct sensitivity_point *point, enum sensitivity_input input,
                      const struct calibration *calibration) {
    const double quantile = point->quantile[input];
    return quantile < 0 ? -1 : (float)sensitivity_factor(input, quantile, calibration);
}

struct engine_given sensitivity_given(const struct sensitivity_point *point,
                                      const struct calibration *calibration) {
    return (struct engine_given){
        .loki_memory = given_of(point, SENSITIVITY_LOKI_MEMORY, calibration),
        .loki_disk = given_of(point, SENSITIVITY_LOKI_STORED, calibration),
        .synchrony = given_of(point, SENSITIVITY_SYNCHRONY, calibration),
        .tempo_memory = given_of(point, SENSITIVITY_TEMPO_MEMORY, calibration),
        .tempo_disk = given_of(point, SENSITIVITY_TEMPO_STORED, calibration),
    };
}
