/* sweep: a grid of scenarios, here or over ranks. */
#include "reports/sweep_report.h"
#include "sim/base/files.h"
#include "sim/base/yaml_tree.h"
#include "sim/command.h"
#include "sim/sweep_mpi.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool show_sweep(size_t done, size_t count, void *context) {
    const struct program *program = context;
    enum { BAR = 40 };
    static const char full[BAR + 1] = "########################################";
    static size_t shown = SIZE_MAX;
    if (done != shown) {
        char words[BAR + 64];
        snprintf(words, sizeof words, "sweeping [%-*.*s] %zu/%zu", BAR, (int)(BAR * done / count),
                 full, done, count);
        program_progress_line(program, words);
        if (done == count)
            program_progress_line(program, NULL);
    }
    shown = done;
    return !program_interrupted();
}

static enum status print_sweep(struct program *program, const struct sweep *sweep,
                               const char *folder) {
    const struct report_text_options text = {program_terminal_width(), program_wants_color(program),
                                             folder};
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
    return status == STATUS_OK ? program_print(program) : status;
}

/** Every point is checked before the first is simulated. The first names the sweep's folder. */
static enum status check_sweep(struct program *program, struct sweep *sweep, const char **folder) {
    enum status status = sweep_check(sweep, &program->diagnostics);
    if (status == STATUS_OK)
        status = sweep_load(sweep, 0, &program->scenario, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    *folder = program_output_folder(program);
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

enum status command_sweep(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct sweep_input input = {
        .file = strcmp(cli->operands[0], "-") == 0 ? "<stdin>" : cli->operands[0],
        .overrides = cli->overrides,
        .override_count = cli->override_count,
        .vary = cli->vary,
        .vary_count = cli->vary_count,
        .tables = &program->tables,
        .price_folder = cli->price_folder,
        .version = program->version,
        .search = !cli->no_search,
    };
    struct sweep sweep;
    char *bytes;
    if (cli->format == CLI_FORMAT_JSON || cli->format == CLI_FORMAT_GITHUB)
        return program_usage(program, "sweep prints text, csv, markdown or html");
    enum status status = program_load_tables(program);
    if (sweep_mpi_rank() > 0)
        return sweep_mpi_follow(&input, cli->threads, status, &program->diagnostics);
    if (status == STATUS_OK)
        status = file_read(&program->arena, cli->operands[0], YAML_TREE_INPUT_BYTES_MAX, &bytes,
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
