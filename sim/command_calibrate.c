/* calibrate: the models against measurements, the project's own or a user's. */
#include "reports/chart_fidelity.h"
#include "reports/chart_residuals.h"
#include "sim/base/files.h"
#include "sim/calibrate.h"
#include "sim/calibrate_user.h"
#include "sim/command.h"
#include "sim/fit_fidelity.h"
#include "sim/fit_points.h"
#include "sim/measurement_csv.h"
#include "sim/measurement_live.h"
#include "sim/measurement_pages.h"
#include "sim/measurement_prometheus.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char folder_unless_named[] = "out/calibration";

static bool show_reading(double share, void *program) {
    return program_progress(program, "reading", share);
}

static bool show_watching(double share, void *program) {
    return program_progress(program, "watching", share);
}

/** What is gathered from all sources. */
struct gathering {
    struct measurement_set set;
    struct measurement_pages pages;
    struct text notes; /**< what each source told */
};

static enum status read_file(struct program *program, const char *path,
                             struct gathering *gathering) {
    const struct measurement_csv_options options = {.interrupted = program_interrupted,
                                                    .progress = show_reading,
                                                    .progress_context = program,
                                                    .settings = program->cli.overrides,
                                                    .setting_count = program->cli.override_count};
    size_t rows = 0;
    if (measurement_pages_is_one(path))
        return measurement_pages_add(&gathering->pages, path, &program->arena,
                                     &program->diagnostics);
    return measurement_csv_read(path, &options, &gathering->set, &rows, &program->diagnostics);
}

static bool is_stopped(void *context) {
    (void)context;
    return program_interrupted();
}

/** http or https, and no password in it: that would be shown wherever the URL is. */
static enum status check_url(const char *url, struct diagnostics *diagnostics) {
    const char *host = strstr(url, "://");
    bool known = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    if (!known || host[3] == '\0')
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "expected a URL that begins with http:// or https://");
    if (memchr(host + 3, '@', strcspn(host + 3, "/?#")))
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "a URL with a user or a password in it is not taken: use "
                               "--token-file");
    return STATUS_OK;
}

static bool asks_servers(const struct cli *cli) {
    return cli->loki_url || cli->tempo_url || cli->prometheus_url;
}

/** Options for servers where none is asked. */
static enum status check_server_options(struct program *program) {
    const struct cli *cli = &program->cli;
    if (!asks_servers(cli) && cli->token_file)
        return program_usage(program, "--token-file goes with --loki-url, --tempo-url or "
                                      "--prometheus-url");
    if (!asks_servers(cli) && cli->for_seconds > 0)
        return program_usage(program,
                             "--for goes with --loki-url, --tempo-url or --prometheus-url");
    return STATUS_OK;
}

/** A word that asks for the shipped models, printed in one `format`. */
static enum status check_shipped(struct program *program, enum cli_format format,
                                 const char *usage) {
    const struct cli *cli = &program->cli;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != format)
        return program_usage(program, usage);
    if (asks_servers(cli))
        return program_usage(program, "calibrate coefficients and calibrate fidelity rest on the "
                                      "shipped measurements: they take no URL");
    return check_server_options(program);
}

/** What is asked for, before any work. */
static enum status check_usage(struct program *program) {
    const struct cli *cli = &program->cli;
    if (cli->format != CLI_FORMAT_TEXT && cli->format != CLI_FORMAT_JSON &&
        cli->format != CLI_FORMAT_CSV)
        return program_usage(program, "calibrate answers in text, json or csv");
    const char *const urls[] = {cli->loki_url, cli->tempo_url, cli->prometheus_url};
    enum status status = check_server_options(program);
    for (size_t i = 0; i < sizeof urls / sizeof *urls && status == STATUS_OK; i++)
        if (urls[i])
            status = check_url(urls[i], &program->diagnostics);
    return status;
}

static enum status watch(struct program *program, const struct metrics_fetch *fetch,
                         struct gathering *gathering) {
    const struct cli *cli = &program->cli;
    const struct measurement_live live = {
        .url = {[PREDICT_LOKI] = cli->loki_url, [PREDICT_TEMPO] = cli->tempo_url},
        .seconds = cli->for_seconds,
        .fetch = *fetch,
        .settings = cli->overrides,
        .setting_count = cli->override_count,
        .progress = show_watching,
        .progress_context = program};
    return measurement_live_watch(&live, &gathering->set, &gathering->notes, &program->diagnostics);
}

static enum status ask_prometheus(struct program *program, const struct metrics_fetch *fetch,
                                  struct gathering *gathering) {
    const struct cli *cli = &program->cli;
    const struct measurement_prometheus prometheus = {.url = cli->prometheus_url,
                                                      .seconds = cli->for_seconds,
                                                      .now_seconds = (double)time(NULL),
                                                      .fetch = *fetch,
                                                      .settings = cli->overrides,
                                                      .setting_count = cli->override_count};
    return measurement_prometheus_ask(&prometheus, &gathering->set, &gathering->notes,
                                      &program->diagnostics);
}

static enum status ask_servers(struct program *program, struct gathering *gathering) {
    const struct cli *cli = &program->cli;
    struct metrics_fetch fetch = {.interrupted = is_stopped};
    enum status status = STATUS_OK;
    if (cli->token_file)
        status = metrics_token_read(cli->token_file, &program->arena, &fetch.token,
                                    &program->diagnostics);
    if (status == STATUS_OK && (cli->loki_url || cli->tempo_url))
        status = watch(program, &fetch, gathering);
    if (status == STATUS_OK && cli->prometheus_url)
        status = ask_prometheus(program, &fetch, gathering);
    return status;
}

static enum status gather(struct program *program, struct gathering *gathering) {
    const struct cli *cli = &program->cli;
    enum status status = measurement_set_init(&program->tables.calibration, &program->arena,
                                              &gathering->set, &program->diagnostics);
    for (size_t i = 0; i < cli->operand_count && status == STATUS_OK; i++)
        status = read_file(program, cli->operands[i], gathering);
    if (status == STATUS_OK)
        status =
            measurement_pages_measure(&gathering->pages, cli->overrides, cli->override_count,
                                      &gathering->set, &gathering->notes, &program->diagnostics);
    return status == STATUS_OK ? ask_servers(program, gathering) : status;
}

/** Write one finished text into the output folder and free it. */
static enum status write_file(struct program *program, const char *folder, const char *name,
                              struct text *text) {
    const char *path = file_join(&program->arena, folder, name);
    enum status status = path ? file_write_text(path, text, &program->diagnostics)
                              : diagnostics_out_of_memory(&program->diagnostics, name);
    text_fini(text);
    return status;
}

/** Write a chart into the output folder as SVG and as PNG, under its name. */
static enum status write_chart(struct program *program, const struct chart *chart,
                               const char *folder) {
    char name[sizeof chart->name + 8];
    snprintf(name, sizeof name, "%s.svg", chart->name);
    const char *svg = file_join(&program->arena, folder, name);
    snprintf(name, sizeof name, "%s.png", chart->name);
    const char *png = file_join(&program->arena, folder, name);
    if (!svg || !png)
        return diagnostics_out_of_memory(&program->diagnostics, folder);
    enum status status = file_write_text(svg, &chart->svg, &program->diagnostics);
    if (status == STATUS_OK)
        status =
            file_write(png, (const char *)chart->png, chart->png_length, &program->diagnostics);
    return status;
}

static enum status write_residuals(struct program *program, const struct calibrate_user *user,
                                   const char *folder) {
    struct chart chart;
    enum status status = chart_residuals_make(user, &chart, &program->diagnostics);
    if (status == STATUS_OK)
        status = write_chart(program, &chart, folder);
    chart_residuals_fini(&chart);
    return status;
}

static enum status write_files(struct program *program, const struct calibrate_user *user,
                               const char *folder) {
    struct text text;
    enum status status = file_make_folder(folder, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    text_init(&text);
    calibrate_user_write(user, &text);
    status = write_file(program, folder, "calibration.csv", &text);
    if (status != STATUS_OK)
        return status;
    text_init(&text);
    calibrate_user_write_residuals(user, &text);
    status = write_file(program, folder, "residuals.csv", &text);
    return status == STATUS_OK ? write_residuals(program, user, folder) : status;
}

static enum status report(struct program *program, const struct calibrate_user *user,
                          const char *folder, const struct text *notes) {
    switch (program->cli.format) {
    case CLI_FORMAT_TEXT:
        if (notes->length > 0)
            text_print(&program->out, "%s\n", notes->data);
        calibrate_user_write_text(user, &program->out);
        text_print(&program->out,
                   "\nWritten: %s/calibration.csv, to be named by a scenario\n"
                   "(simulation.calibration), and residuals beside it.\n",
                   folder);
        break;
    case CLI_FORMAT_JSON:
        calibrate_user_write_json(user, &program->out);
        break;
    case CLI_FORMAT_CSV:
        calibrate_user_write(user, &program->out);
        break;
    default: /* check_usage() has refused them */
        break;
    }
    return program->cli.quiet ? STATUS_OK : program_print(program);
}

static enum status calibrate_own(struct program *program) {
    struct calibrate_user user;
    struct gathering *gathering = arena_take(&program->arena, sizeof *gathering);
    const struct cli *cli = &program->cli;
    const char *folder = cli->output_folder ? cli->output_folder : folder_unless_named;
    if (!gathering)
        return diagnostics_out_of_memory(&program->diagnostics, "the measurements");
    text_init(&gathering->notes);
    enum status status = check_usage(program);
    if (status == STATUS_OK)
        status = calibration_shipped(&program->arena, &program->tables.calibration,
                                     &program->diagnostics);
    if (status == STATUS_OK)
        status = gather(program, gathering);
    if (status == STATUS_OK)
        status = calibrate_user_fit(&gathering->set, &program->arena, &user, &program->diagnostics);
    if (status == STATUS_OK)
        status = write_files(program, &user, folder);
    if (status == STATUS_OK)
        status = report(program, &user, folder, &gathering->notes);
    text_fini(&gathering->notes);
    return status;
}

static enum status draw_fidelity(struct program *program, const struct fit_fidelity *fidelity,
                                 const char *folder) {
    struct fit_points points;
    struct chart chart;
    enum status status = file_make_folder(folder, &program->diagnostics);
    if (status == STATUS_OK)
        status = fit_points_collect(&program->arena, fidelity, &points, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    status = chart_fidelity_make(&points, &chart, &program->diagnostics);
    if (status == STATUS_OK)
        status = write_chart(program, &chart, folder);
    chart_fidelity_fini(&chart);
    return status;
}

static enum status show_coefficients(struct program *program) {
    enum status status =
        check_shipped(program, CLI_FORMAT_CSV, "calibrate coefficients prints csv");
    return status == STATUS_OK
               ? calibrate_shipped(&program->arena, &program->out, &program->diagnostics)
               : status;
}

/** The tables on standard output; their chart where a folder is named. */
static enum status show_fidelity(struct program *program) {
    const char *folder = program->cli.output_folder;
    struct fit_fidelity *fidelity = arena_take(&program->arena, sizeof *fidelity);
    if (!fidelity)
        return diagnostics_out_of_memory(&program->diagnostics, "the runs");
    enum status status =
        check_shipped(program, CLI_FORMAT_MARKDOWN, "calibrate fidelity prints markdown");
    if (status == STATUS_OK)
        status = fit_fidelity_read(&program->arena, fidelity, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    fit_fidelity_write(fidelity, &program->out);
    return folder ? draw_fidelity(program, fidelity, folder) : STATUS_OK;
}

/** A word that neither looks like a file nor is one. */
static bool is_mistyped(const char *word) {
    return word[0] != '\0' && !strpbrk(word, "./-") && access(word, F_OK) != 0;
}

enum status command_calibrate(struct program *program, int *exit_status) {
    (void)exit_status;
    const struct cli *cli = &program->cli;
    const char *word = cli->operand_count == 1 ? cli->operands[0] : "";
    enum status status = STATUS_OK;
    if (strcmp(word, "coefficients") == 0)
        status = show_coefficients(program);
    else if (strcmp(word, "fidelity") == 0)
        status = show_fidelity(program);
    else if (is_mistyped(word) || (cli->operand_count == 0 && !asks_servers(cli)))
        status = program_usage(
            program, "expected coefficients or fidelity, or files of measurements, or --loki-url, "
                     "--tempo-url or --prometheus-url");
    else
        return calibrate_own(program);
    return status == STATUS_OK ? program_print(program) : status;
}
