/* calibrate: the models against measurements, the project's own or a user's. */
#include "sim/base/files.h"
#include "sim/calibrate.h"
#include "sim/calibrate_user.h"
#include "sim/command.h"
#include "sim/measurement_csv.h"

#include <string.h>
#include <unistd.h>

static const char folder_unless_named[] = "out/calibration";

static bool show_reading(double share, void *program) {
    return program_progress(program, "reading", share);
}

/** The measurements of one file. */
static enum status read_file(struct program *program, const char *path,
                             struct measurement_set *set) {
    const struct measurement_csv_options options = {program_interrupted, show_reading, program};
    size_t rows = 0;
    return measurement_csv_read(path, &options, set, &rows, &program->diagnostics);
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
    return write_file(program, folder, "residuals.csv", &text);
}

static enum status report(struct program *program, const struct calibrate_user *user,
                          const char *folder) {
    switch (program->cli.format) {
    case CLI_FORMAT_TEXT:
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
    default:
        return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "calibrate answers in text, json or csv");
    }
    return program->cli.quiet ? STATUS_OK : program_print(program);
}

static enum status calibrate_own(struct program *program) {
    struct measurement_set set;
    struct calibrate_user user;
    const struct cli *cli = &program->cli;
    const char *folder = cli->output_folder ? cli->output_folder : folder_unless_named;
    enum status status =
        calibration_shipped(&program->arena, &program->tables.calibration, &program->diagnostics);
    if (status == STATUS_OK)
        status = measurement_set_init(&program->tables.calibration, &program->arena, &set,
                                      &program->diagnostics);
    for (size_t i = 0; i < cli->operand_count && status == STATUS_OK; i++)
        status = read_file(program, cli->operands[i], &set);
    if (status == STATUS_OK)
        status = calibrate_user_fit(&set, &program->arena, &user, &program->diagnostics);
    if (status == STATUS_OK)
        status = write_files(program, &user, folder);
    return status == STATUS_OK ? report(program, &user, folder) : status;
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
        status = calibrate_shipped(&program->arena, &program->out, &program->diagnostics);
    else if (strcmp(word, "fidelity") == 0)
        status = calibrate_fidelity(&program->arena, &program->out, &program->diagnostics);
    else if (cli->operand_count == 0 || is_mistyped(word))
        status = diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                                 "expected coefficients or fidelity, or files of measurements");
    else
        return calibrate_own(program);
    return status == STATUS_OK ? program_print(program) : status;
}
