/**
 * The engine under the stop-watch and beside itself; tests/bench/bench.sh puts the table together.
 *
 *     bench_engine time SCENARIO           ns per replica-step: name, best and median a line
 *     bench_engine hash SCENARIO THREADS   one hash of all samples of all plans
 *     bench_engine peers SCENARIO          what the peers start from and are held to, as JSON
 *     bench_engine supports ISA            exit status 0 if this machine has avx2 or avx512
 *     bench_engine watch COMMAND...        run it; wall and CPU seconds and highest MiB resident
 */
#include "sim/base/diagnostic_print.h"
#include "sim/engine_plan.h"
#include "tests/bench/bench_flops.h"
#include "tests/bench/bench_json.h"
#include "tests/bench/bench_peak.h"
#include "tests/bench/bench_setup.h"

#include <fcntl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** The machine may be busy: the best of a few repeats is what the code takes. */
enum { REPEATS = 7 };
enum { TIMED_REPLICAS = 512, PEER_REPLICAS = 16384 };
/** Long enough for the retention of the shipped scenarios to turn; replicas are not whole blocks.
 */
static const char hash_horizon[] = "10d";
enum { HASHED_REPLICAS = 7 * WORKLOAD_LANES - 21 };

static bool run_plans(struct bench_setup *setup, size_t plan_count, size_t replicas, int threads,
                      struct arena *arena, struct engine_samples *samples) {
    setup->engine.replicas = replicas;
    setup->engine.threads = threads;
    return engine_run(&setup->engine, setup->plans, plan_count, arena, samples,
                      &setup->diagnostics) == STATUS_OK;
}

/** One core is timed by the thread's own clock, so that other work on the machine does not count;
 *  two cores by the wall clock, so that waiting does. */
static double now(int threads) {
    struct timespec time;
    clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double seconds[REPEATS], double steps) {
    qsort(seconds, REPEATS, sizeof *seconds, compare_doubles);
    printf("%s %.3f %.3f\n", name, 1e9 * seconds[0] / steps, 1e9 * seconds[REPEATS / 2] / steps);
}

/** Nanoseconds for each step of each replica of each plan. */
static bool time_engine(struct bench_setup *setup, const char *name, size_t plan_count,
                        int threads) {
    double seconds[REPEATS];
    const size_t replicas = TIMED_REPLICAS * (size_t)threads;
    for (int i = 0; i < REPEATS; i++) {
        struct arena arena;
        struct engine_samples samples[BENCH_PLANS];
        arena_init(&arena);
        const double start = now(threads);
        const bool good = run_plans(setup, plan_count, replicas, threads, &arena, samples);
        seconds[i] = now(threads) - start;
        arena_fini(&arena);
        if (!good)
            return false;
    }
    print_times(name, seconds, (double)(replicas * plan_count * setup->workload.steps));
    return true;
}

static bool time_path(struct bench_setup *setup) {
    double seconds[REPEATS];
    struct workload_block block;
    workload_block_init(&block);
    bool good = true;
    for (int i = 0; good && i < REPEATS; i++) {
        const double start = now(1);
        for (uint64_t first = 0; good && first < TIMED_REPLICAS; first += WORKLOAD_LANES) {
            good = workload_block_start(&setup->workload, first, &block, &setup->diagnostics) ==
                   STATUS_OK;
            for (size_t step = 0; good && step < setup->workload.steps;)
                step = workload_block_steps(&setup->workload, step, &block);
        }
        seconds[i] = now(1) - start;
    }
    workload_block_fini(&block);
    if (good)
        print_times("path", seconds, (double)(TIMED_REPLICAS * setup->workload.steps));
    return good;
}

static bool print_roofline(struct bench_setup *setup) {
    struct engine_plan *plan = arena_take(&setup->arena, sizeof *plan);
    const struct run_tables *tables = &setup->tables;
    if (!plan ||
        engine_plan_init(setup->scenario, &tables->calibration, tables->prices, &setup->plans[0],
                         setup->workload.step_seconds, plan, &setup->diagnostics) != STATUS_OK)
        return false;
    double gflops[REPEATS];
    for (int i = 0; i < REPEATS; i++)
        gflops[i] = bench_peak_gflops();
    qsort(gflops, REPEATS, sizeof *gflops, compare_doubles);
    printf("peak_gflops %.1f %.1f\n", gflops[REPEATS - 1], gflops[REPEATS / 2]);
    printf("flops %.0f %.0f\n", bench_flops(plan), bench_flops(plan));
    return true;
}

static bool command_time(struct bench_setup *setup) {
    bool good = time_path(setup) && time_engine(setup, "one_plan_one_core", 1, 1) &&
                time_engine(setup, "eight_plans_one_core", BENCH_PLANS, 1);
    if (omp_get_num_procs() > 1)
        good = good && time_engine(setup, "one_plan_two_cores", 1, 2) &&
               time_engine(setup, "eight_plans_two_cores", BENCH_PLANS, 2);
    return good && print_roofline(setup);
}

/** FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * 1099511628211u;
    return hash;
}

static uint64_t hash_samples(uint64_t hash, const struct engine_samples *samples) {
    for (size_t m = 0; m < METRIC_COUNT; m++)
        hash = hash_bytes(hash, samples->metric[m], samples->replicas * sizeof(float));
    for (size_t s = 0; s < ENGINE_SERIES_COUNT; s++)
        hash = hash_bytes(hash, samples->series[s],
                          samples->points * samples->series_replicas * sizeof(float));
    return hash;
}

static bool command_hash(struct bench_setup *setup, int threads) {
    struct engine_samples samples[BENCH_PLANS];
    setup->engine.series = true;
    if (!run_plans(setup, BENCH_PLANS, HASHED_REPLICAS, threads, &setup->arena, samples))
        return false;
    uint64_t hash = 14695981039346656037u;
    for (size_t p = 0; p < BENCH_PLANS; p++)
        hash = hash_samples(hash, &samples[p]);
    printf("%016llx\n", (unsigned long long)hash);
    return true;
}

static bool command_peers(struct bench_setup *setup) {
    struct engine_samples samples[BENCH_PLANS];
    return run_plans(setup, BENCH_PEER_PLANS, PEER_REPLICAS, 0, &setup->arena, samples) &&
           bench_json_write(setup, samples, stdout);
}

static int command_supports(const char *isa) {
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return (strcmp(isa, "avx2") == 0 && avx2) || (strcmp(isa, "avx512") == 0 && avx512) ? 0 : 1;
#else
    (void)isa;
    return 1;
#endif
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/** The command's output goes nowhere; its exit status of 0 or 1 (targets missed) passes. */
static int command_watch(char **command) {
    const double start = now(0);
    const pid_t child = fork();
    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        if (nowhere >= 0)
            dup2(nowhere, STDOUT_FILENO);
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror(command[0]);
        return 4;
    }
    printf("%.3f %.3f %.1f\n", now(0) - start,
           seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), (double)usage.ru_maxrss / 1024);
    return WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? 0 : 4;
}

static void print_diagnostics(const struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    diagnostics_print(&text, diagnostics);
    fputs(text.data ? text.data : "bench_engine failed\n", stderr);
    text_fini(&text);
}

static int on_scenario(int argc, char **argv) {
    const char *command = argv[1];
    const bool hashes = strcmp(command, "hash") == 0;
    struct bench_setup *setup = malloc(sizeof *setup);
    if (!setup)
        return 4;
    bool good = bench_setup_init(argv[2], hashes ? hash_horizon : NULL, setup);
    if (good && hashes)
        good = command_hash(setup, argc > 3 ? atoi(argv[3]) : 1);
    else if (good && strcmp(command, "time") == 0)
        good = command_time(setup);
    else if (good)
        good = command_peers(setup);
    if (!good)
        print_diagnostics(&setup->diagnostics);
    bench_setup_fini(setup);
    free(setup);
    return good ? 0 : 4;
}

int main(int argc, char **argv) {
    static const char *const on_scenarios[] = {"time", "hash", "peers"};
    if (argc > 2 && strcmp(argv[1], "supports") == 0)
        return command_supports(argv[2]);
    if (argc > 2 && strcmp(argv[1], "watch") == 0)
        return command_watch(argv + 2);
    for (size_t i = 0; argc > 2 && i < sizeof on_scenarios / sizeof *on_scenarios; i++)
        if (strcmp(argv[1], on_scenarios[i]) == 0)
            return on_scenario(argc, argv);
    fputs("usage: bench_engine time|hash|peers SCENARIO, supports ISA, watch COMMAND\n", stderr);
    return 2;
}
