#include "sim/fit_loki_groups.h"

#include "models/loki_parts.h"

static double peak_measured(const struct loki_run *run) {
    return run->memory_peak_bytes;
}

static double peak_predicted(const struct loki_model *model, const struct loki_run *run) {
    struct loki_need need;
    loki_run_predict(model, run, &need);
    return need.memory_peak_bytes;
}

static double mean_measured(const struct loki_run *run) {
    return run->memory_mean_bytes;
}

/** Over the last third of the run, as it was measured. */
static double mean_predicted(const struct loki_model *model, const struct loki_run *run) {
    enum { POINTS = 48 };
    const double *coefficient = model->coefficient;
    double end = run->clock_run_seconds * run->time_dilation;
    double sum = 0;
    for (int i = 0; i < POINTS; i++)
        sum += loki_run_chunk_heap_bytes(run, end * (2 + (i + 0.5) / POINTS) / 3);
    return loki_resident_bytes(coefficient, 0) +
           coefficient[LOKI_memory_mean_factor] *
               (coefficient[LOKI_memory_loaded_live_bytes] + sum / POINTS);
}

static double cpu_measured(const struct loki_run *run) {
    return run->clock_cpu_cores;
}

static double cpu_predicted(const struct loki_model *model, const struct loki_run *run) {
    struct loki_need need;
    loki_run_predict_clock(model, run, &need);
    return need.cpu_cores;
}

static double wal_rate_measured(const struct loki_run *run) {
    return run->clock_wal_bytes_per_second;
}

static double wal_rate_predicted(const struct loki_model *model, const struct loki_run *run) {
    struct loki_need need;
    loki_run_predict_clock(model, run, &need);
    return need.wal_bytes_per_second;
}

static double wal_peak_measured(const struct loki_run *run) {
    return run->wal_peak_bytes;
}

static double wal_peak_predicted(const struct loki_model *model, const struct loki_run *run) {
    struct loki_need need;
    loki_run_predict(model, run, &need);
    return need.wal_peak_bytes;
}

static double index_measured(const struct loki_run *run) {
    return run->index_bytes;
}

/** The run's index as if the streams had been there for one day: it is one day's table. */
static double index_predicted(const struct loki_model *model, const struct loki_run *run) {
    return model->coefficient[LOKI_index_bytes_per_stream_day] * run->streams +
           model->coefficient[LOKI_index_bytes_per_chunk] * run->chunks;
}

static bool has_goal(const struct loki_run *run) {
    return run->memory_goal_bytes > 0;
}

static const struct loki_group groups[LOKI_GROUP_COUNT] = {
    [LOKI_GROUP_PEAK] = {.name = "Loki's peak memory",
                         .count = 2,
                         .coefficient = {LOKI_memory_loaded_live_bytes, LOKI_memory_flush_share},
                         .start = {15e6, 0.1},
                         .prior_width = {0.5, 1},
                         .noise = 0.04,
                         .takes_part = loki_run_is_plain,
                         .measured = peak_measured,
                         .predicted = peak_predicted},
    [LOKI_GROUP_MEAN] = {.name = "Loki's mean memory",
                         .count = 1,
                         .coefficient = {LOKI_memory_mean_factor},
                         .start = {2},
                         .prior_width = {0.3},
                         .noise = 0.08,
                         .takes_part = loki_run_is_plain,
                         .measured = mean_measured,
                         .predicted = mean_predicted},
    [LOKI_GROUP_CPU] = {.name = "Loki's CPU",
                        .count = 6,
                        .coefficient = {LOKI_cpu_loaded_cores, LOKI_cpu_seconds_per_line,
                                        LOKI_cpu_seconds_per_push,
                                        LOKI_cpu_seconds_per_checkpoint_stream,
                                        LOKI_cpu_seconds_per_checkpoint_byte,
                                        LOKI_cpu_gzip_seconds_per_byte},
                        .start = {0.01, 6e-6, 2e-3, 5e-4, 2e-9, 2e-8},
                        .prior_width = {1, 1, 1, 1, 1, 1},
                        .noise = 0.12,
                        .takes_part = loki_run_is_plain,
                        .measured = cpu_measured,
                        .predicted = cpu_predicted},
    [LOKI_GROUP_WAL_RATE] = {.name = "Loki's WAL rate",
                             .count = 2,
                             .coefficient = {LOKI_wal_bytes_per_line,
                                             LOKI_wal_bytes_per_push_stream},
                             .start = {25, 10},
                             .prior_width = {1, 1},
                             .noise = 0.005,
                             .takes_part = loki_run_is_plain,
                             .measured = wal_rate_measured,
                             .predicted = wal_rate_predicted},
    [LOKI_GROUP_WAL_PEAK] = {.name = "Loki's WAL on disk",
                             .count = 1,
                             .coefficient = {LOKI_wal_checkpoints},
                             .start = {1.3},
                             .prior_width = {0.5},
                             .noise = 0.2,
                             .takes_part = loki_run_is_plain,
                             .measured = wal_peak_measured,
                             .predicted = wal_peak_predicted},
    [LOKI_GROUP_INDEX] = {.name = "Loki's index",
                          .count = 2,
                          .coefficient = {LOKI_index_bytes_per_stream_day,
                                          LOKI_index_bytes_per_chunk},
                          .start = {300, 50},
                          .prior_width = {1, 1},
                          .noise = 0.2,
                          .takes_part = loki_run_is_plain,
                          .measured = index_measured,
                          .predicted = index_predicted},
    [LOKI_GROUP_COLLECTOR] = {.name = "Loki's collector under GOMEMLIMIT",
                              .count = 1,
                              .coefficient = {LOKI_cpu_collector_seconds_per_byte},
                              .start = {1e-8},
                              .prior_width = {1.5},
                              .noise = 0.3,
                              .takes_part = has_goal,
                              .measured = cpu_measured,
                              .predicted = cpu_predicted},
};

const struct loki_group *loki_group(enum loki_group_name name) {
    return &groups[name];
}
