/* sample: length, rate and compression of the user's own log lines. */
#include "reports/sample_report.h"
#include "sim/base/units.h"
#include "sim/command_statement.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** A bar on standard error, or how much was read where the end is not known. */
struct bar {
    const struct program *program;
    char shown[128];
};

static void draw(struct bar *bar, const char *words) {
    if (strcmp(words, bar->shown) == 0)
        return;
    snprintf(bar->shown, sizeof bar->shown, "%s", words);
    fprintf(stderr, "\r%s\033[K", words);
}

static bool show_progress(const char *path, double done, uint64_t bytes, void *context) {
    enum { WIDTH = 40, STEP_BYTES = 64 * 1024 * 1024 };
    static const char full[WIDTH + 1] = "########################################";
    struct bar *bar = context;
    char words[sizeof bar->shown], read[32];
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (done < 0)
        snprintf(words, sizeof words, "reading %.30s: %s", name,
                 units_print_bytes(read, sizeof read, (double)(bytes - bytes % STEP_BYTES)));
    else
        snprintf(words, sizeof words, "reading [%-*.*s] %3d %% %.20s", WIDTH, (int)(WIDTH * done),
                 full, (int)(100 * done), name);
    if (bar->program->cli.progress || isatty(STDERR_FILENO))
        draw(bar, words);
    return !program_interrupted();
}

static enum status write_report(struct program *program, const struct sample_report *report) {
    const struct report_text_options options = {.width = program_terminal_width(),
                                                .color = program_wants_color(program)};
    struct diagnostics *diagnostics = &program->diagnostics;
    switch (program->cli.format) {
    case CLI_FORMAT_JSON:
        return sample_report_json(report, &program->out, diagnostics);
    case CLI_FORMAT_CSV:
        return sample_report_csv(report, &program->out, diagnostics);
    case CLI_FORMAT_MARKDOWN:
        return sample_report_markdown(report, &program->out, diagnostics);
    default:
        return sample_report_text(report, &options, &program->out, diagnostics);
    }
}

/** Standard input can only be read once. */
static bool repeats_stdin(const struct cli *cli) {
    size_t count = 0;
    for (size_t i = 0; i < cli->operand_count; i++)
        count += strcmp(cli->operands[i], "-") == 0;
    return count > 1;
}

/** An empty name is no field's. */
static bool has_empty_label_key(const struct cli *cli) {
    for (size_t i = 0; i < cli->label_key_count; i++)
        if (!*cli->label_keys[i])
            return true;
    return false;
}

enum status command_sample(struct program *program, int *exit_status) {
    const struct cli *cli = &program->cli;
    struct bar bar = {.program = program};
    const struct sample_options options = {.paths = cli->operands,
                                           .path_count = cli->operand_count,
                                           .label_keys = cli->label_keys,
                                           .label_key_count = cli->label_key_count,
                                           .threads = cli->threads,
                                           .progress = show_progress,
                                           .progress_context = &bar,
                                           .interrupted = program_interrupted};
    struct sample_report report;
    (void)exit_status;
    enum status status = program_check_statement_format(program, "sample");
    if (status != STATUS_OK)
        return status;
    if (repeats_stdin(cli))
        return program_usage(program, "standard input can be read only once");
    if (has_empty_label_key(cli))
        return program_usage(program, "--label-key is empty: name a field of the log lines");
    status = sample_measure(&options, &program->arena, &report, &program->diagnostics);
    if (*bar.shown)
        draw(&bar, "");
    return status == STATUS_OK ? program_answer(program, write_report(program, &report)) : status;
}
