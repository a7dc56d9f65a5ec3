/* calibrate: the models against measurements. */
#include "sim/calibrate.h"
#include "sim/command.h"

#include <string.h>

enum status command_calibrate(struct program *program, int *exit_status) {
    (void)exit_status;
    enum status status = STATUS_OK;
    if (program->cli.operand_count != 1)
        status = diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                                 "expected coefficients or fidelity");
    else if (strcmp(program->cli.operands[0], "coefficients") == 0)
        status = calibrate_shipped(&program->arena, &program->out, &program->diagnostics);
    else if (strcmp(program->cli.operands[0], "fidelity") == 0)
        status = calibrate_fidelity(&program->arena, &program->out, &program->diagnostics);
    else
        status = diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                                 "expected coefficients or fidelity, found \"%s\"",
                                 program->cli.operands[0]);
    return status == STATUS_OK ? program_print(program) : status;
}
