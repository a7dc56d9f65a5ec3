/* The program: the only file that knows every room, prints and exits. */
#include "reports/charts.h"
#include "reports/diff.h"
#include "reports/report.h"
#include "reports/sweep_report.h"
#include "sim/base/diagnostic_print.h"
#include "sim/base/files.h"
#include "sim/base/yaml_tree.h"
#include "sim/calibrate.h"
#include "sim/cli.h"
#include "sim/predict.h"
#include "sim/run.h"
#include "sim/sweep_mpi.h"
#include "stack/emit.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXIT_MISSED = 1, EXIT_INTERRUPTED = 130 };

/* Whichever thread takes the signal sets them, all read them: too much for sig_atomic_t. */
static atomic_bool interrupted, terminated;

static void on_interrupt(int number) {
    (void)number;
    interrupted = true;
}

/** mpirun ends rank 0 this way, as when another rank dies. */
static void on_terminate(int number) {
    (void)number;
    interrupted = terminated = true;
}

/** Everything a command works with; freed in one place. */
struct program {
    struct cli cli;
    struct arena arena;
    struct run_tables tables;
    struct scenario *scenario;
    struct result *result;
    struct text out;
    struct diagnostics diagnostics;
};

/** Print a finished text to standard output. */
static enum status print_out(struct program *program) {
    if (text_failed(&program->out))
        return diagnostics_out_of_memory(&program->diagnostics, "the output");
    if (program->out.length == 0 || sweep_mpi_rank() > 0)
        return STATUS_OK;
    if (fwrite(program->out.data, 1, program->out.length, stdout) != program->out.length ||
        fflush(stdout) != 0)
        return diagnostics_add(&program->diagnostics, STATUS_SYSTEM, NULL, 0, 0,
                               "cannot write to standard output");
    return STATUS_OK;
}

static bool show_progress(double done, void *context) {
    const struct program *program = context;
    static int shown = -1;
    int percent = (int)(100 * done);
    if (program->cli.progress || isatty(STDERR_FILENO)) {
        if (percent != shown)
            fprintf(stderr, "\rsimulating %3d %%%s", percent, percent == 100 ? "\r\033[K" : "");
        shown = percent;
    }
    return !interrupted;
}

/** mpirun gives ranks a terminal of its own making, whatever it writes to itself. */
static bool on_terminal(void) {
    return isatty(STDOUT_FILENO) && !sweep_mpi_present();
}

static unsigned terminal_width(void) {
    struct winsize size;
    if (on_terminal() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < 100 ? size.ws_col : 100;
    return 100;
}

static bool wants_color(const struct program *program) {
    const char *no_color = getenv("NO_COLOR");
    return on_terminal() && !program->cli.no_color && !(no_color && *no_color);
}

static enum status load_tables(struct program *program) {
    if (program->tables.prices)
        return STATUS_OK;
    return run_tables_load(&program->arena, program->cli.price_folder, &program->tables,
                           &program->diagnostics);
}

static enum status load(struct program *program) {
    enum status status = load_tables(program);
    if (status != STATUS_OK)
        return status;
    return scenario_load(program->cli.operand, program->cli.overrides, program->cli.override_count,
                         program->tables.prices, &program->tables.instances, &program->scenario,
                         &program->diagnostics);
}

static enum status simulate(struct program *program, bool series) {
    const struct run_options options = {.threads = program->cli.threads,
                                        .search = true,
                                        .series = series,
                                        .progress = show_progress,
                                        .progress_context = program,
                                        .sensitivity = program->cli.sensitivity};
    return run_scenario(program->scenario, &program->tables, &options, &program->result,
                        &program->diagnostics);
}

static const char *output_folder(struct program *program) {
    const char *folder =
        program->cli.output_folder ? program->cli.output_folder : program->scenario->output_folder;
    return file_join(&program->arena, folder, program->scenario->name);
}

/** The report in the format asked for, on standard output. */
static enum status print_report(struct program *program, const struct report *report,
                                const char *folder, const struct chart_set *charts) {
    struct diagnostics *diagnostics = &program->diagnostics;
    const struct report_text_options text = {terminal_width(), wants_color(program), folder};
    struct text *out = &program->out;
    struct text summary;
    enum status status = STATUS_OK;
    if (program->cli.quiet)
        return STATUS_OK;
    switch (program->cli.format) {
    case CLI_FORMAT_TEXT:
        status = report_text(report, &text, out, diagnostics);
        break;
    case CLI_FORMAT_JSON:
        status = report_json(report, out, diagnostics);
        break;
    case CLI_FORMAT_CSV:
        status = report_cost_csv(report, out, diagnostics);
        break;
    case CLI_FORMAT_MARKDOWN:
        status = report_markdown(report, out, diagnostics);
        break;
    case CLI_FORMAT_HTML:
        status = report_html(report, charts, out, diagnostics);
        break;
    case CLI_FORMAT_GITHUB:
        text_init(&summary);
        status = report_github(report, &summary, out, diagnostics);
        if (status == STATUS_OK && getenv("GITHUB_STEP_SUMMARY"))
            status = file_append_text(getenv("GITHUB_STEP_SUMMARY"), &summary, diagnostics);
        text_fini(&summary);
        break;
    }
    return status == STATUS_OK ? print_out(program) : status;
}

/** The plan that files are written for: the best, or the stack as written when none holds. */
static const struct plan_outcome *chosen_plan(const struct result *result) {
    return result->best ? result->best : result->as_written;
}

static enum status command_run(struct program *program, bool write_files, int *exit_status) {
    enum status status = load(program);
    if (status == STATUS_OK)
        status = simulate(program, true);
    if (status != STATUS_OK)
        return status;
    const struct result *result = program->result;
    const struct report report = {result, &program->tables.calibration, program->cli.strict};
    const char *folder = write_files ? output_folder(program) : NULL;
    struct chart_set charts = {0};
    if (write_files || program->cli.format == CLI_FORMAT_HTML)
        status = charts_make(result, &charts, &program->diagnostics);
    if (status == STATUS_OK && write_files) {
        status = report_write_files(&report, &charts, folder, &program->diagnostics);
        if (status == STATUS_OK)
            status =
                emit_plan(program->scenario, chosen_plan(result), folder, &program->diagnostics);
    }
    if (status == STATUS_OK)
        status = print_report(program, &report, folder, &charts);
    chart_set_fini(&charts);
    bool holds = program->cli.strict ? result->as_written->holds : result->holds;
    *exit_status = holds ? EXIT_SUCCESS : EXIT_MISSED;
    return status;
}

static enum status command_emit(struct program *program) {
    enum status status = load(program);
    if (status == STATUS_OK)
        status = simulate(program, false);
    if (status != STATUS_OK)
        return status;
    const char *folder = output_folder(program);
    status =
        emit_plan(program->scenario, chosen_plan(program->result), folder, &program->diagnostics);
    if (status == STATUS_OK && !program->cli.quiet)
        text_print(&program->out, "wrote %s/values and %s/manifests for the %s\n", folder, folder,
                   program->result->best ? "best plan" : "stack as written; no plan holds");
    return status == STATUS_OK ? print_out(program) : status;
}

static enum status command_check(struct program *program) {
    enum status status = load(program);
    if (status == STATUS_OK && !program->cli.quiet)
        text_print(&program->out, "%s: valid\n", program->cli.operand);
    return status == STATUS_OK ? print_out(program) : status;
}

/** Simulate a scenario for its side of a comparison. */
static enum status simulate_side(struct program *program, const char *name, const char *bytes,
                                 size_t length, struct diff_side *side) {
    enum status status = load_tables(program);
    if (status == STATUS_OK)
        status =
            scenario_parse(name, bytes, length, program->cli.overrides, program->cli.override_count,
                           program->tables.prices, &program->tables.instances, &program->scenario,
                           &program->diagnostics);
    if (status == STATUS_OK)
        status = simulate(program, false);
    const struct report report = {program->result, &program->tables.calibration, false};
    if (status == STATUS_OK)
        status = diff_side_of_report(name, &report, &program->arena, side, &program->diagnostics);
    result_free(program->result);
    scenario_free(program->scenario);
    program->result = NULL;
    program->scenario = NULL;
    return status;
}

/** A result.json as it is, or a scenario, which is simulated. */
static enum status load_side(struct program *program, const char *operand, bool *simulated,
                             struct diff_side **side) {
    const char *name = strcmp(operand, "-") == 0 ? "<stdin>" : operand;
    char *bytes;
    size_t length;
    *side = arena_take(&program->arena, sizeof **side);
    if (!*side)
        return diagnostics_out_of_memory(&program->diagnostics, "the comparison");
    enum status status =
        file_read(&program->arena, operand, DIFF_BYTES_MAX, &bytes, &length, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    if (diff_is_result(name, bytes, length))
        return diff_side_read(name, bytes, length, &program->arena, *side, &program->diagnostics);
    *simulated = true;
    return simulate_side(program, name, bytes, length, *side);
}

static enum status print_diff(struct program *program, const struct diff *diff) {
    const struct report_text_options text = {terminal_width(), wants_color(program), NULL};
    enum status status;
    if (program->cli.quiet)
        return STATUS_OK;
    if (program->cli.format == CLI_FORMAT_JSON)
        status = diff_json(diff, &program->out, &program->diagnostics);
    else if (program->cli.format == CLI_FORMAT_MARKDOWN)
        status = diff_markdown(diff, &program->out, &program->diagnostics);
    else
        status = diff_text(diff, &text, &program->out, &program->diagnostics);
    return status == STATUS_OK ? print_out(program) : status;
}

static enum status diff_usage(struct program *program, const char *message) {
    return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0, "%s", message);
}

static enum status command_diff(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct diff_side *a, *b;
    struct diff diff;
    bool simulated = false;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != CLI_FORMAT_JSON &&
        cli->format != CLI_FORMAT_MARKDOWN)
        return diff_usage(program, "diff prints text, json or markdown");
    if (strcmp(cli->operand, "-") == 0 && strcmp(cli->operand2, "-") == 0)
        return diff_usage(program, "only one side of a diff can be standard input");
    enum status status = load_side(program, cli->operand, &simulated, &a);
    if (status == STATUS_OK)
        status = load_side(program, cli->operand2, &simulated, &b);
    if (status == STATUS_OK && !simulated && cli->override_count > 0)
        status = diff_usage(program, "--set, --seed and --replicas change scenarios; both sides "
                                     "are finished results");
    if (status == STATUS_OK)
        status = diff_make(a, b, &program->arena, &diff, &program->diagnostics);
    if (status == STATUS_OK)
        status = print_diff(program, &diff);
    if (status == STATUS_OK)
        *exit_status = diff.worse ? EXIT_MISSED : EXIT_SUCCESS;
    return status;
}

static bool show_sweep(size_t done, size_t count, void *context) {
    const struct program *program = context;
    enum { BAR = 40 };
    static const char full[BAR + 1] = "########################################";
    if (program->cli.progress || isatty(STDERR_FILENO)) {
        static size_t shown = SIZE_MAX;
        if (done != shown)
            fprintf(stderr, "\rsweeping [%-*.*s] %zu/%zu%s", BAR, (int)(BAR * done / count), full,
                    done, count, done == count ? "\r\033[K" : "");
        shown = done;
    }
    return !interrupted;
}

static enum status print_sweep(struct program *program, const struct sweep *sweep,
                               const char *folder) {
    const struct report_text_options text = {terminal_width(), wants_color(program), folder};
    enum status status;
    if (program->cli.quiet)
        return STATUS_OK;
    if (program->cli.format == CLI_FORMAT_CSV)
        status = sweep_csv(sweep, &program->out, &program->diagnostics);
    else if (program->cli.format == CLI_FORMAT_MARKDOWN)
        status = sweep_markdown(sweep, &program->out, &program->diagnostics);
    else if (program->cli.format == CLI_FORMAT_HTML)
        status = sweep_html(sweep, &program->out, &program->diagnostics);
    else
        status = sweep_text(sweep, &text, &program->out, &program->diagnostics);
    return status == STATUS_OK ? print_out(program) : status;
}

/** Every point is checked before the first is simulated. The first names the sweep's folder. */
static enum status check_sweep(struct program *program, const struct sweep *sweep,
                               const char **folder) {
    enum status status = sweep_check(sweep, &program->diagnostics);
    if (status == STATUS_OK)
        status = sweep_load(sweep, 0, &program->scenario, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    *folder = output_folder(program);
    return *folder ? STATUS_OK : diagnostics_out_of_memory(&program->diagnostics, "the sweep");
}

static enum status finish_sweep(struct program *program, const struct sweep *sweep,
                                const char *folder, const char *checkpoint) {
    enum status status = sweep_write_files(sweep, folder, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    unlink(checkpoint);
    return print_sweep(program, sweep, folder);
}

static enum status run_sweep(struct program *program, struct sweep *sweep, int *exit_status) {
    const char *folder;
    enum status status = check_sweep(program, sweep, &folder);
    if (status != STATUS_OK)
        return status;
    const struct sweep_options options = {
        .threads = program->cli.threads,
        .resume = program->cli.resume,
        .checkpoint = file_join(&program->arena, folder, "sweep.checkpoint"),
        .progress = show_sweep,
        .progress_context = program,
    };
    if (!options.checkpoint)
        return diagnostics_out_of_memory(&program->diagnostics, "the sweep");
    status = sweep_start(sweep, &options, &program->diagnostics);
    if (status == STATUS_OK)
        status = sweep_mpi_size() > 1 ? sweep_mpi_lead(sweep, &options, &program->diagnostics)
                                      : sweep_run(sweep, &options, &program->diagnostics);
    if (status == STATUS_OK)
        status = finish_sweep(program, sweep, folder, options.checkpoint);
    *exit_status =
        status == STATUS_OK && sweep_holds(sweep, program->cli.strict) ? EXIT_SUCCESS : EXIT_MISSED;
    return status;
}

static enum status command_sweep(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct sweep_input input = {
        .file = strcmp(cli->operand, "-") == 0 ? "<stdin>" : cli->operand,
        .overrides = cli->overrides,
        .override_count = cli->override_count,
        .vary = cli->vary,
        .vary_count = cli->vary_count,
        .tables = &program->tables,
        .price_folder = cli->price_folder,
        .version = SIMULATE_VERSION,
        .search = !cli->no_search,
    };
    struct sweep sweep;
    char *bytes;
    if (cli->format == CLI_FORMAT_JSON || cli->format == CLI_FORMAT_GITHUB)
        return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "sweep prints text, csv, markdown or html");
    enum status status = load_tables(program);
    if (sweep_mpi_rank() > 0)
        return sweep_mpi_follow(&input, cli->threads, status, &program->diagnostics);
    if (status == STATUS_OK)
        status = file_read(&program->arena, cli->operand, YAML_TREE_INPUT_BYTES_MAX, &bytes,
                           &input.length, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    input.bytes = bytes;
    status = sweep_init(&sweep, &input, &program->diagnostics);
    if (status == STATUS_OK)
        status = run_sweep(program, &sweep, exit_status);
    sweep_fini(&sweep);
    return status;
}

static enum status command_explain(struct program *program) {
    if (scenario_explain(program->cli.operand, &program->out))
        return print_out(program);
    /* The text is then the whole message, with the nearest keys. */
    size_t length = program->out.data ? strcspn(program->out.data, "\n") : 0;
    return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0, "%.*s", (int)length,
                           program->out.data ? program->out.data : "");
}

static enum status command_predict(struct program *program) {
    struct predict_answer answer;
    enum status status =
        calibration_shipped(&program->arena, &program->tables.calibration, &program->diagnostics);
    if (status == STATUS_OK)
        status = predict(&program->tables.calibration, program->cli.operand, program->cli.overrides,
                         program->cli.override_count, &answer, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    switch (program->cli.format) {
    case CLI_FORMAT_JSON:
        predict_write_json(&answer, &program->out);
        break;
    case CLI_FORMAT_CSV:
        predict_write_csv(&answer, &program->out);
        break;
    default:
        predict_write_text(&answer, &program->out);
        break;
    }
    return print_out(program);
}

static enum status command_calibrate(struct program *program) {
    enum status status = STATUS_OK;
    if (strcmp(program->cli.operand, "coefficients") == 0)
        status = calibrate_shipped(&program->arena, &program->out, &program->diagnostics);
    else if (strcmp(program->cli.operand, "fidelity") == 0)
        status = calibrate_fidelity(&program->arena, &program->out, &program->diagnostics);
    else
        status = diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                                 "expected coefficients or fidelity, found \"%s\"",
                                 program->cli.operand);
    return status == STATUS_OK ? print_out(program) : status;
}

static enum status dispatch(struct program *program, int *exit_status) {
    if (sweep_mpi_size() > 1 && program->cli.command != CLI_SWEEP)
        return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "only sweep runs on several ranks");
    switch (program->cli.command) {
    case CLI_RUN:
        return command_run(program, true, exit_status);
    case CLI_PLAN:
        return command_run(program, false, exit_status);
    case CLI_CHECK:
        return command_check(program);
    case CLI_EMIT:
        return command_emit(program);
    case CLI_SWEEP:
        return command_sweep(program, exit_status);
    case CLI_DIFF:
        return command_diff(program, exit_status);
    case CLI_PREDICT:
        return command_predict(program);
    case CLI_CALIBRATE:
        return command_calibrate(program);
    case CLI_EXPLAIN:
        return command_explain(program);
    case CLI_INIT:
        scenario_write_template(&program->out);
        return print_out(program);
    case CLI_SCHEMA:
        scenario_write_schema(&program->out);
        return print_out(program);
    case CLI_REFERENCE:
        scenario_write_reference(&program->out);
        return print_out(program);
    }
    return STATUS_USAGE;
}

/** Diagnostics to standard error, and as annotations where GitHub reads standard output. */
static void print_diagnostics(const struct program *program) {
    struct text text;
    if (sweep_mpi_rank() > 0)
        return;
    text_init(&text);
    if (program->cli.format == CLI_FORMAT_GITHUB) {
        report_github_diagnostics(&program->diagnostics, &text);
        if (text.data)
            fputs(text.data, stdout);
        text_fini(&text);
    }
    diagnostics_print(&text, &program->diagnostics);
    if (text.data)
        fprintf(stderr, "simulate: %s", text.data);
    text_fini(&text);
}

static void program_fini(struct program *program) {
    result_free(program->result);
    scenario_free(program->scenario);
    text_fini(&program->out);
    arena_fini(&program->arena);
}

static enum status answer(struct program *program, int argc, char *argv[], int *exit_status) {
    enum status status = cli_parse(argc, argv, &program->cli, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    if (program->cli.help) {
        if (program->cli.command == CLI_PREDICT)
            predict_write_keys(program->cli.operand, &program->out);
        else
            cli_write_help(&program->out);
        return print_out(program);
    }
    if (program->cli.version) {
        text_print(&program->out, "simulate %s\n", SIMULATE_VERSION);
        return print_out(program);
    }
    return dispatch(program, exit_status);
}

/** Ranks that wait for this one are ended by mpirun when it does not say goodbye. */
static int conclude(struct program *program, enum status status, int exit_status) {
    if (status == STATUS_OK) {
        sweep_mpi_end();
        return exit_status;
    }
    diagnostics_sort(&program->diagnostics);
    print_diagnostics(program);
    return terminated    ? status_exit(STATUS_EXTERNAL)
           : interrupted ? EXIT_INTERRUPTED
                         : status_exit(status);
}

int main(int argc, char *argv[]) {
    static struct program program;
    int exit_status = EXIT_SUCCESS;
    enum status status = STATUS_OK;
    gsl_set_error_handler_off();
    arena_init(&program.arena);
    text_init(&program.out);
    diagnostics_init(&program.diagnostics);
    int watched = sweep_mpi_watch(&program.diagnostics);
    if (watched >= 0) {
        print_diagnostics(&program);
        return watched;
    }
    signal(SIGINT, on_interrupt);
    if (!sweep_mpi_start())
        status = diagnostics_add(&program.diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                 "MPI does not start");
    if (sweep_mpi_size() > 1 && sweep_mpi_rank() == 0)
        signal(SIGTERM, on_terminate);
    if (status == STATUS_OK)
        status = answer(&program, argc, argv, &exit_status);
    exit_status = conclude(&program, status, exit_status);
    program_fini(&program);
    return exit_status;
}
