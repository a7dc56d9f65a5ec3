/* predict: the steady state at one constant load. */
#include "sim/calibrate_user_range.h"
#include "sim/command_statement.h"
#include "sim/predict.h"

#include <string.h>

/** Take `calibration=FILE` out of the settings: the last file named, NULL for the shipped one. */
static const char *take_calibration(struct cli *cli) {
    static const char key[] = "calibration=";
    const char *file = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < cli->override_count; i++)
        if (strncmp(cli->overrides[i].text, key, sizeof key - 1) == 0)
            file = cli->overrides[i].text + sizeof key - 1;
        else
            cli->overrides[kept++] = cli->overrides[i];
    cli->override_count = kept;
    return file && strcmp(file, CALIBRATION_SHIPPED) != 0 ? file : NULL;
}

enum status command_predict(struct program *program, int *exit_status) {
    (void)exit_status;
    struct predict_answer answer;
    struct calibration *calibration = &program->tables.calibration;
    const enum cli_format format = program->cli.format;
    if (format != CLI_FORMAT_TEXT && format != CLI_FORMAT_JSON && format != CLI_FORMAT_CSV)
        return program_usage(program, "predict prints text, json or csv");
    const char *file = take_calibration(&program->cli);
    enum status status =
        file ? calibrate_user_read(&program->arena, file, calibration, &program->diagnostics)
             : calibration_shipped(&program->arena, calibration, &program->diagnostics);
    if (status == STATUS_OK)
        status = predict(calibration, program->cli.operands[0], program->cli.overrides,
                         program->cli.override_count, &answer, &program->diagnostics);
    if (status != STATUS_OK)
        return status;
    if (format == CLI_FORMAT_JSON)
        predict_write_json(&answer, &program->out);
    else if (format == CLI_FORMAT_CSV)
        predict_write_csv(&answer, &program->out);
    else
        predict_write_text(&answer, &program->out);
    return program_answer(program, STATUS_OK);
}
