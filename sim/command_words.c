/* What the program says of itself: keys, template, schema, completions, manual. */
#include "sim/cli_completion.h"
#include "sim/cli_manual.h"
#include "sim/command.h"

#include <string.h>

enum status command_explain(struct program *program, int *exit_status) {
    (void)exit_status;
    if (scenario_explain(program->cli.operands[0], &program->out))
        return program_print(program);
    /* The text is then the whole message, with the nearest keys. */
    size_t length = program->out.data ? strcspn(program->out.data, "\n") : 0;
    return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0, "%.*s", (int)length,
                           program->out.data ? program->out.data : "");
}

enum status command_init(struct program *program, int *exit_status) {
    (void)exit_status;
    scenario_write_template(&program->out);
    return program_print(program);
}

enum status command_schema(struct program *program, int *exit_status) {
    (void)exit_status;
    scenario_write_schema(&program->out);
    return program_print(program);
}

enum status command_reference(struct program *program, int *exit_status) {
    (void)exit_status;
    scenario_write_reference(&program->out);
    return program_print(program);
}

enum status command_completion(struct program *program, int *exit_status) {
    (void)exit_status;
    if (!cli_write_completion(program->cli.operands[0], &program->out))
        return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "expected bash, zsh or fish, found \"%s\"",
                               program->cli.operands[0]);
    return program_print(program);
}

enum status command_manual(struct program *program, int *exit_status) {
    (void)exit_status;
    cli_write_manual(program->version, &program->out);
    return program_print(program);
}
