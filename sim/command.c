#include "sim/command.h"

#include "sim/base/files.h"
#include "sim/sweep_mpi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum status program_usage(struct program *program, const char *message) {
    return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0, "%s", message);
}

enum status program_print(struct program *program) {
    if (text_failed(&program->out))
        return diagnostics_out_of_memory(&program->diagnostics, "the output");
    if (program->out.length == 0 || sweep_mpi_rank() > 0)
        return STATUS_OK;
    program_progress_line(program, NULL);
    if (fwrite(program->out.data, 1, program->out.length, stdout) != program->out.length ||
        fflush(stdout) != 0)
        return diagnostics_add(&program->diagnostics, STATUS_SYSTEM, NULL, 0, 0,
                               "cannot write to standard output: %s", strerror(errno));
    return STATUS_OK;
}

void program_progress_line(const struct program *program, const char *words) {
    static char shown[128];
    if (!words)
        words = "";
    if (strcmp(words, shown) == 0 || !(program->cli.progress || isatty(STDERR_FILENO)))
        return;
    snprintf(shown, sizeof shown, "%s", words);
    fprintf(stderr, "\r%s\033[K", shown);
}

bool program_progress(const struct program *program, const char *what, double done) {
    static int shown = -1;
    int percent = (int)(100 * done);
    if (percent != shown) {
        char words[64];
        snprintf(words, sizeof words, "%s %3d %%", what, percent);
        program_progress_line(program, words);
        if (percent == 100)
            program_progress_line(program, NULL);
    }
    shown = percent;
    return !program_interrupted();
}

static bool show_progress(double done, void *context) {
    return program_progress(context, "simulating", done);
}

/** mpirun gives ranks a terminal of its own making, whatever it writes to itself. */
static bool on_terminal(void) {
    return isatty(STDOUT_FILENO) && !sweep_mpi_present();
}

unsigned program_terminal_width(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    const unsigned long wanted = columns ? strtoul(columns, NULL, 10) : 0;
    if (wanted > 0)
        return wanted < 100 ? (unsigned)wanted : 100;
    if (on_terminal() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < 100 ? size.ws_col : 100;
    return 100;
}

bool program_wants_color(const struct program *program) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return on_terminal() && !program->cli.no_color && !(no_color && *no_color) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

enum status program_load_tables(struct program *program) {
    if (program->tables.prices)
        return STATUS_OK;
    return run_tables_load(&program->arena, program->cli.price_folder, &program->tables,
                           &program->diagnostics);
}

enum status program_load(struct program *program, const char *file) {
    enum status status = program_load_tables(program);
    if (status != STATUS_OK)
        return status;
    return scenario_load(file, program->cli.overrides, program->cli.override_count,
                         program->tables.prices, &program->tables.instances, &program->scenario,
                         &program->diagnostics);
}

enum status program_simulate(struct program *program, bool series) {
    const struct run_options options = {.threads = program->cli.threads,
                                        .search = true,
                                        .series = series,
                                        .progress = show_progress,
                                        .progress_context = program,
                                        .sensitivity = program->cli.sensitivity};
    return run_scenario(program->scenario, &program->tables, &options, &program->result,
                        &program->diagnostics);
}

const char *program_output_folder(struct program *program) {
    const char *folder =
        program->cli.output_folder ? program->cli.output_folder : program->scenario->output_folder;
    return file_join(&program->arena, folder, program->scenario->name);
}

const struct plan_outcome *program_chosen_plan(const struct result *result) {
    return result->best ? result->best : result->as_written;
}
