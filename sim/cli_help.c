#include "sim/cli_table.h"

#include <stdio.h>

static void write_row(struct text *text, const char *name, const char *value, const char *help) {
    char head[64];
    snprintf(head, sizeof head, "%s %s", name, value ? value : "");
    text_print(text, "  %-26s %s\n", head, help);
}

/** Options that go with every command, or those of `command` alone. */
static void write_options(struct text *text, const char *title, const enum cli_command *command) {
    bool titled = false;
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct cli_option_row *option = &cli_option_rows[i];
        bool own = option->commands != 0;
        if (own != (command != NULL) || (own && !cli_option_belongs(option, *command)))
            continue;
        if (!titled)
            text_print(text, "\n%s\n", title);
        titled = true;
        write_row(text, option->name, option->value, option->help);
    }
}

void cli_write_help(struct text *text) {
    text_add(text, "Usage: simulate [COMMAND] [OPERAND]... [OPTION]...\n\n"
                   "Capacity and cost of your own Loki, Tempo and Grafana on Kubernetes.\n\n"
                   "Commands:\n");
    for (size_t i = 0; i < cli_command_count; i++)
        write_row(text, cli_command_rows[i].name, cli_command_rows[i].operands,
                  cli_command_rows[i].help);
    text_add(text, "\nWithout a command, the operand is a scenario to run. Some commands have\n"
                   "options of their own: simulate COMMAND --help.\n");
    write_options(text, "Options:", NULL);
    text_add(text,
             "\nExit status: 0 every target holds, as written or for the best plan; 1 targets are\n"
             "missed, or diff's B misses what A meets, or what runs differs from the plan; 2\n"
             "wrong usage; 3 invalid input; 4 file or system error; 5 an external program, the\n"
             "cluster or a rank of a sweep failed; 130 interrupted.\n");
}

void cli_write_command_help(enum cli_command command, struct text *text) {
    const struct cli_command_row *row = &cli_command_rows[command];
    text_print(text, "Usage: simulate %s%s%s [OPTION]...\n\n%s: %s.\n", row->name,
               row->operands[0] ? " " : "", row->operands, row->name, row->help);
    char title[64];
    snprintf(title, sizeof title, "Options of %s:", row->name);
    write_options(text, title, &command);
    write_options(text, "Options everywhere:", NULL);
}
