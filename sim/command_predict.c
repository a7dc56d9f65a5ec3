/* predict: the steady state at one constant load. */
#include "sim/command.h"
#include "sim/predict.h"

enum status command_predict(struct program *program, int *exit_status) {
    (void)exit_status;
    struct predict_answer answer;
    enum status status =
        calibration_shipped(&program->arena, &program->tables.calibration, &program->diagnostics);
    if (status == STATUS_OK)
        status =
            predict(&program->tables.calibration, program->cli.operands[0], program->cli.overrides,
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
    return program_print(program);
}
