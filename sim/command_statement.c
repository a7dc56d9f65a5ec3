#include "sim/command_statement.h"

enum status program_state(struct program *program, const struct statement *statement) {
    const struct report_text_options options = {.width = program_terminal_width(),
                                                .color = program_wants_color(program)};
    return program->cli.format == CLI_FORMAT_MARKDOWN
               ? statement_markdown(statement, &program->out, &program->diagnostics)
               : statement_text(statement, &options, &program->out, &program->diagnostics);
}

enum status program_answer(struct program *program, enum status written) {
    return written == STATUS_OK && !program->cli.quiet ? program_print(program) : written;
}

bool program_reading(double share, double bytes, void *context) {
    const struct program *program = context;
    (void)bytes;
    return share < 0 ? !program_interrupted() : program_progress(program, "reading", share);
}

enum status program_check_statement_format(struct program *program, const char *command) {
    if (program->cli.format != CLI_FORMAT_HTML && program->cli.format != CLI_FORMAT_GITHUB)
        return STATUS_OK;
    return diagnostics_add(&program->diagnostics, STATUS_USAGE, NULL, 0, 0,
                           "%s prints text, json, csv or markdown", command);
}
