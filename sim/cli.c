#include "sim/cli.h"

#include "sim/base/units.h"
#include "sim/base/words.h"
#include "sim/cli_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 64 };

static enum status usage(struct diagnostics *diagnostics, const char *hint, const char *message,
                         const char *word) {
    enum status status = diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0, message, word);
    struct diagnostic *last = diagnostics_last(diagnostics);
    if (last && hint)
        snprintf(last->hint, sizeof last->hint, "did you mean %s?", hint);
    return status;
}

static int find_name(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return (int)i;
    return -1;
}

static size_t command_names(const char *names[NAMES_MAX]) {
    for (size_t i = 0; i < cli_command_count; i++)
        names[i] = cli_command_rows[i].name;
    return cli_command_count;
}

static size_t option_names(const char *names[NAMES_MAX]) {
    for (size_t i = 0; i < cli_option_count; i++)
        names[i] = cli_option_rows[i].name;
    return cli_option_count;
}

static enum status add_override(struct cli *cli, const char *text,
                                struct diagnostics *diagnostics) {
    if (cli->override_count == CLI_OVERRIDES_MAX)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "at most %d --set options are taken", CLI_OVERRIDES_MAX);
    cli->overrides[cli->override_count++] = (struct scenario_override){text};
    return STATUS_OK;
}

static enum status add_word(const char *option, const char *word, const char **words, size_t *count,
                            size_t most, struct diagnostics *diagnostics) {
    if (*count == most)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "at most %zu %s options are taken", most, option);
    words[(*count)++] = word;
    return STATUS_OK;
}

/** A whole number without sign or spaces. */
static bool whole_number(const char *text, uint64_t *number) {
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return errno == 0;
}

static enum status number_override(struct cli *cli, const char *option, const char *key,
                                   const char *value, char *buffer, size_t size,
                                   struct diagnostics *diagnostics) {
    uint64_t number;
    if (!whole_number(value, &number))
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "%s takes a whole number, found \"%s\"", option, value);
    snprintf(buffer, size, "%s=%llu", key, (unsigned long long)number);
    return add_override(cli, buffer, diagnostics);
}

static enum status take_threads(struct cli *cli, const char *value,
                                struct diagnostics *diagnostics) {
    uint64_t threads;
    if (!whole_number(value, &threads) || threads < 1 || threads > 1024)
        return usage(diagnostics, NULL, "--threads takes a number from 1 to 1024, found \"%s\"",
                     value);
    cli->threads = (int)threads;
    return STATUS_OK;
}

static enum status take_format(struct cli *cli, const char *value,
                               struct diagnostics *diagnostics) {
    int format = find_name(value, cli_format_names, cli_format_count);
    if (format < 0) {
        int near = words_nearest(value, cli_format_names, cli_format_count);
        return usage(diagnostics,
                     near < 0 ? "text, json, csv, markdown, html or github"
                              : cli_format_names[near],
                     "no format is called \"%s\"", value);
    }
    cli->format = (enum cli_format)format;
    return STATUS_OK;
}

static enum status take_duration(double *seconds, const char *option, const char *value,
                                 struct diagnostics *diagnostics) {
    return units_duration(value, seconds) && *seconds > 0
               ? STATUS_OK
               : diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                                 "%s takes a duration such as 90s or 10m, found \"%s\"", option,
                                 value);
}

static enum status take_option(struct cli *cli, const struct cli_option_row *option,
                               const char *value, struct diagnostics *diagnostics) {
    void *field = (char *)cli + option->offset;
    switch (option->kind) {
    case CLI_OPTION_FLAG:
        *(bool *)field = true;
        break;
    case CLI_OPTION_TEXT:
        *(const char **)field = value;
        break;
    case CLI_OPTION_DURATION:
        return take_duration(field, option->name, value, diagnostics);
    case CLI_OPTION_THREADS:
        return take_threads(cli, value, diagnostics);
    case CLI_OPTION_FORMAT:
        return take_format(cli, value, diagnostics);
    case CLI_OPTION_SET:
        return add_override(cli, value, diagnostics);
    case CLI_OPTION_SEED:
        return number_override(cli, option->name, "simulation.seed", value, cli->seed_override,
                               sizeof cli->seed_override, diagnostics);
    case CLI_OPTION_REPLICAS:
        return number_override(cli, option->name, "simulation.replicas", value,
                               cli->replicas_override, sizeof cli->replicas_override, diagnostics);
    case CLI_OPTION_VARY:
        return add_word(option->name, value, cli->vary, &cli->vary_count, CLI_VARY_MAX,
                        diagnostics);
    case CLI_OPTION_LABEL_KEY:
        return add_word(option->name, value, cli->label_keys, &cli->label_key_count,
                        CLI_LABEL_KEYS_MAX, diagnostics);
    }
    return STATUS_OK;
}

/** `--name value` or `--name=value`; moves `*index` past what it took and tells the row. */
static enum status parse_option(int argc, char *const argv[], int *index, struct cli *cli,
                                size_t *row, struct diagnostics *diagnostics) {
    const char *names[NAMES_MAX];
    size_t count = option_names(names);
    const char *word = argv[*index];
    size_t name_length = strcspn(word, "=");
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)(name_length < 31 ? name_length : 31), word);
    int found = find_name(name, names, count);
    if (found < 0) {
        int near = words_nearest(name, names, count);
        return usage(diagnostics, near < 0 ? "simulate --help" : names[near],
                     "no option is called %s", name);
    }
    const struct cli_option_row *option = &cli_option_rows[found];
    const char *value = word[name_length] == '=' ? word + name_length + 1 : NULL;
    if (!option->value && value)
        return usage(diagnostics, NULL, "%s takes no value", name);
    if (option->value && !value) {
        if (*index + 1 >= argc)
            return usage(diagnostics, NULL, "%s needs a value", name);
        value = argv[++*index];
    }
    *row = (size_t)found;
    return take_option(cli, option, value, diagnostics);
}

/** A first word that is no command is a scenario: unless it looks like a mistyped command. */
static enum status first_word(struct cli *cli, const char *word, bool *command_given,
                              struct diagnostics *diagnostics) {
    const char *names[NAMES_MAX];
    size_t count = command_names(names);
    int found = find_name(word, names, count);
    *command_given = found >= 0;
    if (found >= 0) {
        cli->command = (enum cli_command)found;
        return STATUS_OK;
    }
    if (!strpbrk(word, "./-")) {
        int near = words_nearest(word, names, count);
        return usage(diagnostics, near < 0 ? "simulate --help" : names[near],
                     "\"%s\" is neither a command nor a scenario file", word);
    }
    cli->command = CLI_RUN;
    return STATUS_OK;
}

/** What is missing of `A B` when the first word is there: `B`. */
static const char *words_after(const char *operands, size_t count) {
    while (count-- > 0 && strchr(operands, ' '))
        operands = strchr(operands, ' ') + 1;
    return operands;
}

static enum status check_operands(const struct cli *cli, struct diagnostics *diagnostics) {
    const struct cli_command_row *command = &cli_command_rows[cli->command];
    size_t count = cli->operand_count;
    if (command->operands_max < UINT8_MAX && count > command->operands_max)
        return usage(diagnostics, NULL, "\"%s\" is one operand too many",
                     cli->operands[command->operands_max]);
    if (count >= command->operands_min)
        return STATUS_OK;
    return usage(diagnostics, NULL,
                 command->operands_min - count > 1 ? "%s are missing" : "%s is missing",
                 words_after(command->operands, count));
}

/** Options that belong to other commands, and the one that sweep needs. */
static enum status check_options(const struct cli *cli, uint64_t rows,
                                 struct diagnostics *diagnostics) {
    for (size_t i = 0; i < cli_option_count; i++) {
        if (!(rows >> i & 1) || cli_option_belongs(&cli_option_rows[i], cli->command))
            continue;
        size_t owner = 0;
        while (!cli_option_belongs(&cli_option_rows[i], (enum cli_command)owner))
            owner++;
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0, "%s belongs to %s",
                               cli_option_rows[i].name, cli_command_rows[owner].name);
    }
    return cli->command == CLI_SWEEP && cli->vary_count == 0
               ? usage(diagnostics, NULL, "%s is missing", "--vary KEY=A,B,C")
               : STATUS_OK;
}

/** Every word in turn; `rows` tells which options were seen. */
static enum status parse_words(int argc, char *const argv[], const char **operands, struct cli *cli,
                               uint64_t *rows, bool *seen, struct diagnostics *diagnostics) {
    for (int i = 1; i < argc; i++) {
        enum status status = STATUS_OK;
        bool is_command = false;
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            size_t row = 0;
            status = parse_option(argc, argv, &i, cli, &row, diagnostics);
            *rows |= UINT64_C(1) << row;
        } else {
            if (!*seen)
                status = first_word(cli, argv[i], &is_command, diagnostics);
            if (!is_command)
                operands[cli->operand_count++] = argv[i];
            cli->command_given = cli->command_given || is_command;
            *seen = true;
        }
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status cli_parse(int argc, char *const argv[], struct cli *cli,
                      struct diagnostics *diagnostics) {
    bool seen = false;
    uint64_t rows = 0;
    memset(cli, 0, sizeof *cli);
    const char **operands = calloc((size_t)argc + 1, sizeof *operands);
    if (!operands)
        return diagnostics_out_of_memory(diagnostics, "the command line");
    cli->operands = operands;
    enum status status = parse_words(argc, argv, operands, cli, &rows, &seen, diagnostics);
    if (status != STATUS_OK || cli->help || cli->version)
        return status;
    if (!seen)
        return usage(diagnostics, "simulate --help", "%s is missing", "a scenario file");
    status = check_operands(cli, diagnostics);
    return status == STATUS_OK ? check_options(cli, rows, diagnostics) : status;
}

void cli_fini(struct cli *cli) {
    free((void *)cli->operands);
    memset(cli, 0, sizeof *cli);
}
