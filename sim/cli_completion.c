#include "sim/cli_completion.h"

#include "sim/cli_table.h"
#include "sim/scenario_schema.h"

#include <string.h>

/** Keys that --set and explain take: those that hold a value. Items of lists are left out, since
 *  --set names them by number. */
static bool takes_value(const struct scenario_field *field) {
    return field->type != SCENARIO_SECTION && !strstr(field->path, "[]");
}

static void write_commands(struct text *text, const char *between) {
    for (size_t i = 0; i < cli_command_count; i++)
        text_print(text, "%s%s", i > 0 ? between : "", cli_command_rows[i].name);
}

static void write_formats(struct text *text, const char *between) {
    for (size_t i = 0; i < cli_format_count; i++)
        text_print(text, "%s%s", i > 0 ? between : "", cli_format_names[i]);
}

static void write_keys(struct text *text, const char *before, const char *after) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++)
        if (takes_value(&fields[i]))
            text_print(text, "%s%s%s", before, fields[i].path, after);
}

/** Commands whose operand is a word; NULL: a scenario key. The others take files. */
static const struct operand {
    const char *command, *words;
} operands[] = {
    {"explain", NULL},
    {"predict", "loki tempo"},
    {"prices", "import"},
    {"completion", "bash zsh fish"},
};
enum { OPERAND_COUNT = sizeof operands / sizeof *operands };

/** Do files follow the option? */
static bool takes_path(const struct cli_option_row *option) {
    return option->value &&
           (strcmp(option->value, "DIR") == 0 || strcmp(option->value, "FILE") == 0 ||
            strcmp(option->value, "PATH") == 0);
}

static void write_bash_options(struct text *text, enum cli_command command) {
    for (size_t i = 0; i < cli_option_count; i++)
        if (cli_option_rows[i].commands != 0 && cli_option_belongs(&cli_option_rows[i], command))
            text_print(text, " %s", cli_option_rows[i].name);
}

static void write_bash(struct text *text) {
    text_add(text, "# bash completion of simulate\n_simulate() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "    local command=${COMP_WORDS[1]} keys=\"");
    write_keys(text, " ", "");
    text_add(text, "\"\n    local options=\"");
    for (size_t i = 0; i < cli_option_count; i++)
        if (cli_option_rows[i].commands == 0)
            text_print(text, " %s", cli_option_rows[i].name);
    text_add(text,
             "\"\n    COMPREPLY=()\n    case $before in\n    --format) COMPREPLY=($(compgen -W \"");
    write_formats(text, " ");
    text_add(text, "\" -- \"$word\")); return ;;\n"
                   "    --set|--vary) compopt -o nospace\n"
                   "        COMPREPLY=($(compgen -S = -W \"$keys\" -- \"$word\")); return ;;\n");
    for (size_t i = 0; i < OPERAND_COUNT; i++)
        text_print(text, "    %s) COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return ;;\n",
                   operands[i].command, operands[i].words ? operands[i].words : "$keys");
    text_add(text, "    esac\n    case $command in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        text_print(text, "    %s) options+=\"", cli_command_rows[i].name);
        write_bash_options(text, (enum cli_command)i);
        text_add(text, "\" ;;\n");
    }
    text_add(text, "    esac\n    if [[ $word == -* ]]; then\n"
                   "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                   "    else\n        compopt -o filenames\n"
                   "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                   "        [[ $COMP_CWORD -gt 1 ]] || COMPREPLY+=($(compgen -W \"");
    write_commands(text, " ");
    text_add(text, "\" -- \"$word\"))\n    fi\n}\ncomplete -F _simulate simulate\n");
}

/** A help text within single quotes; `also` lists further characters that need a backslash. */
static void write_quoted(struct text *text, const char *help, const char *also) {
    for (; *help; help++) {
        if (*help == '\'')
            text_add(text, "'\\''");
        else
            text_print(text, "%s%c", strchr(also, *help) ? "\\" : "", *help);
    }
}

static void write_zsh_option(struct text *text, const struct cli_option_row *option) {
    text_print(text, " \\\n        '*%s%s[", option->name, option->value ? "=" : "");
    write_quoted(text, option->help, "[]");
    text_add(text, "]");
    if (option->kind == CLI_OPTION_FORMAT) {
        text_add(text, ":format:(");
        write_formats(text, " ");
        text_add(text, ")");
    } else if (option->kind == CLI_OPTION_SET || option->kind == CLI_OPTION_VARY) {
        text_print(text, ":%s: compadd -S = -a keys", option->value);
    } else if (option->value) {
        text_print(text, ":%s:%s", option->value, takes_path(option) ? "_files" : " ");
    }
    text_add(text, "'");
}

/** What a command's operands complete to in zsh. */
static void write_zsh_operands(struct text *text, const char *command) {
    for (size_t i = 0; i < OPERAND_COUNT; i++)
        if (strcmp(command, operands[i].command) == 0) {
            if (operands[i].words)
                text_print(text, "(%s)", operands[i].words);
            else
                text_add(text, " compadd -a keys");
            return;
        }
    text_add(text, "_files");
}

static void write_zsh(struct text *text) {
    text_add(text,
             "#compdef simulate\n_simulate() {\n    local -a commands keys\n    commands=(\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        text_print(text, "        '%s:", cli_command_rows[i].name);
        write_quoted(text, cli_command_rows[i].help, ":");
        text_add(text, "'\n");
    }
    text_add(text, "    )\n    keys=(");
    write_keys(text, "", " ");
    text_add(text, ")\n    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
                   "        _describe command commands\n        _files\n        return\n    fi\n"
                   "    case $words[2] in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        text_print(text, "    %s) _arguments '1: :' '*: :", cli_command_rows[i].name);
        write_zsh_operands(text, cli_command_rows[i].name);
        text_add(text, "'");
        for (size_t j = 0; j < cli_option_count; j++)
            if (cli_option_belongs(&cli_option_rows[j], (enum cli_command)i))
                write_zsh_option(text, &cli_option_rows[j]);
        text_add(text, " ;;\n");
    }
    text_add(text, "    *) _arguments '*: :_files'");
    for (size_t j = 0; j < cli_option_count; j++)
        if (cli_option_belongs(&cli_option_rows[j], CLI_RUN))
            write_zsh_option(text, &cli_option_rows[j]);
    text_add(text, " ;;\n    esac\n}\n_simulate \"$@\"\n");
}

static void write_fish_option(struct text *text, const struct cli_option_row *option) {
    text_add(text, "complete -c simulate");
    if (option->commands != 0) {
        text_add(text, " -n '__fish_seen_subcommand_from");
        for (size_t i = 0; i < cli_command_count; i++)
            if (cli_option_belongs(option, (enum cli_command)i))
                text_print(text, " %s", cli_command_rows[i].name);
        text_add(text, "'");
    }
    text_print(text, " -l %s -d '", option->name + 2);
    write_quoted(text, option->help, "");
    text_add(text, "'");
    if (option->kind == CLI_OPTION_FORMAT) {
        text_add(text, " -x -a '");
        write_formats(text, " ");
        text_add(text, "'");
    } else if (option->kind == CLI_OPTION_SET || option->kind == CLI_OPTION_VARY) {
        text_add(text, " -x -a '(__simulate_keys)='");
    } else if (option->value) {
        text_add(text, takes_path(option) ? " -r" : " -x");
    }
    text_add(text, "\n");
}

static void write_fish(struct text *text) {
    text_add(text, "# fish completion of simulate\nfunction __simulate_keys\n    printf '%s\\n'");
    write_keys(text, " ", "");
    text_add(text, "\nend\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        text_print(text, "complete -c simulate -n __fish_use_subcommand -a %s -d '",
                   cli_command_rows[i].name);
        write_quoted(text, cli_command_rows[i].help, "");
        text_add(text, "'\n");
    }
    for (size_t i = 0; i < cli_option_count; i++)
        write_fish_option(text, &cli_option_rows[i]);
    for (size_t i = 0; i < OPERAND_COUNT; i++)
        text_print(text, "complete -c simulate -n '__fish_seen_subcommand_from %s' -f -a '%s'\n",
                   operands[i].command,
                   operands[i].words ? operands[i].words : "(__simulate_keys)");
}

bool cli_write_completion(const char *shell, struct text *text) {
    static const struct {
        const char *name;
        void (*write)(struct text *text);
    } shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].write(text);
            return true;
        }
    return false;
}
