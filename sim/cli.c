#include "sim/cli.h"

#include "sim/base/units.h"
#include "sim/base/words.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *operands, *help;
} commands[] = {
#define X(id, name, operands, help) {name, operands, help},
    CLI_COMMANDS(X)
#undef X
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const char *const formats[] = {
    [CLI_FORMAT_TEXT] = "text",         [CLI_FORMAT_JSON] = "json", [CLI_FORMAT_CSV] = "csv",
    [CLI_FORMAT_MARKDOWN] = "markdown", [CLI_FORMAT_HTML] = "html", [CLI_FORMAT_GITHUB] = "github",
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

enum option {
    OPTION_FORMAT,
    OPTION_SET,
    OPTION_VARY,
    OPTION_RESUME,
    OPTION_NO_SEARCH,
    OPTION_PRICES,
    OPTION_OUTPUT,
    OPTION_SEED,
    OPTION_REPLICAS,
    OPTION_THREADS,
    OPTION_QUIET,
    OPTION_NO_COLOR,
    OPTION_STRICT,
    OPTION_PROGRESS,
    OPTION_SENSITIVITY,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

static const struct {
    const char *name, *value, *help;
} options[OPTION_COUNT] = {
    [OPTION_FORMAT] = {"--format", "FORMAT",
                       "text, json, csv, markdown, html or github, on standard output"},
    [OPTION_SET] = {"--set", "KEY=VALUE",
                    "override a key, such as stack.loki.volume=20Gi; repeatable"},
    [OPTION_VARY] = {"--vary", "KEY=A,B,C", "sweep: values that a key takes; repeatable, a grid"},
    [OPTION_RESUME] = {"--resume", NULL, "sweep: go on from the checkpoint of an unfinished one"},
    [OPTION_NO_SEARCH] = {"--no-search", NULL, "sweep: the stacks as written only, no best plans"},
    [OPTION_PRICES] = {"--prices", "DIR", "price tables that replace the shipped ones by name"},
    [OPTION_OUTPUT] = {"--output", "DIR", "write below DIR instead of the scenario's folder"},
    [OPTION_SEED] = {"--seed", "N", "seed of the random numbers"},
    [OPTION_REPLICAS] = {"--replicas", "N", "how many months are drawn"},
    [OPTION_THREADS] = {"--threads", "N", "threads to use; the result does not depend on it"},
    [OPTION_QUIET] = {"--quiet", NULL, "no report on standard output"},
    [OPTION_NO_COLOR] = {"--no-color", NULL, "no colour (also NO_COLOR)"},
    [OPTION_STRICT] = {"--strict", NULL, "exit 0 only when the stack as written holds"},
    [OPTION_PROGRESS] = {"--progress", NULL, "show progress even when not on a terminal"},
    [OPTION_SENSITIVITY] = {"--sensitivity", NULL,
                            "also: which inputs move risk and cost, and what to measure next"},
    [OPTION_HELP] = {"--help", NULL, "this page"},
    [OPTION_VERSION] = {"--version", NULL, "the version"},
};

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

static void command_names(const char *names[COMMAND_COUNT]) {
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
}

static void option_names(const char *names[OPTION_COUNT]) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        names[i] = options[i].name;
}

static enum status add_override(struct cli *cli, const char *text,
                                struct diagnostics *diagnostics) {
    if (cli->override_count == CLI_OVERRIDES_MAX)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "at most %d --set options are taken", CLI_OVERRIDES_MAX);
    cli->overrides[cli->override_count++] = (struct scenario_override){text};
    return STATUS_OK;
}

static enum status add_vary(struct cli *cli, const char *text, struct diagnostics *diagnostics) {
    if (cli->vary_count == CLI_VARY_MAX)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0,
                               "at most %d --vary options are taken", CLI_VARY_MAX);
    cli->vary[cli->vary_count++] = text;
    return STATUS_OK;
}

/** A whole number without sign, spaces or leading zeros. */
static bool whole_number(const char *text, uint64_t *number) {
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return errno == 0;
}

static enum status number_override(struct cli *cli, const char *key, const char *value,
                                   char *buffer, size_t size, struct diagnostics *diagnostics) {
    uint64_t number;
    if (!whole_number(value, &number))
        return usage(diagnostics, NULL, "expected a whole number, found \"%s\"", value);
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
    int format = find_name(value, formats, FORMAT_COUNT);
    if (format < 0) {
        int near = words_nearest(value, formats, FORMAT_COUNT);
        return usage(diagnostics,
                     near < 0 ? "text, json, csv, markdown, html or github" : formats[near],
                     "no format is called \"%s\"", value);
    }
    cli->format = (enum cli_format)format;
    return STATUS_OK;
}

static enum status take_option(struct cli *cli, enum option option, const char *value,
                               struct diagnostics *diagnostics) {
    switch (option) {
    case OPTION_FORMAT:
        return take_format(cli, value, diagnostics);
    case OPTION_SET:
        return add_override(cli, value, diagnostics);
    case OPTION_VARY:
        return add_vary(cli, value, diagnostics);
    case OPTION_RESUME:
        cli->resume = true;
        break;
    case OPTION_NO_SEARCH:
        cli->no_search = true;
        break;
    case OPTION_PRICES:
        cli->price_folder = value;
        break;
    case OPTION_OUTPUT:
        cli->output_folder = value;
        break;
    case OPTION_SEED:
        return number_override(cli, "simulation.seed", value, cli->seed_override,
                               sizeof cli->seed_override, diagnostics);
    case OPTION_REPLICAS:
        return number_override(cli, "simulation.replicas", value, cli->replicas_override,
                               sizeof cli->replicas_override, diagnostics);
    case OPTION_THREADS:
        return take_threads(cli, value, diagnostics);
    case OPTION_QUIET:
        cli->quiet = true;
        break;
    case OPTION_NO_COLOR:
        cli->no_color = true;
        break;
    case OPTION_STRICT:
        cli->strict = true;
        break;
    case OPTION_SENSITIVITY:
        cli->sensitivity = true;
        break;
    case OPTION_PROGRESS:
        cli->progress = true;
        break;
    case OPTION_HELP:
        cli->help = true;
        break;
    case OPTION_VERSION:
        cli->version = true;
        break;
    case OPTION_COUNT:
        break;
    }
    return STATUS_OK;
}

/** `--name value` or `--name=value`; moves `*index` past what it took. */
static enum status parse_option(int argc, char *const argv[], int *index, struct cli *cli,
                                struct diagnostics *diagnostics) {
    const char *names[OPTION_COUNT];
    option_names(names);
    const char *word = argv[*index];
    size_t name_length = strcspn(word, "=");
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)(name_length < 31 ? name_length : 31), word);
    int option = find_name(name, names, OPTION_COUNT);
    if (option < 0) {
        int near = words_nearest(name, names, OPTION_COUNT);
        return usage(diagnostics, near < 0 ? "simulate --help" : names[near],
                     "no option is called %s", name);
    }
    const char *value = word[name_length] == '=' ? word + name_length + 1 : NULL;
    if (!options[option].value && value)
        return usage(diagnostics, NULL, "%s takes no value", name);
    if (options[option].value && !value) {
        if (*index + 1 >= argc)
            return usage(diagnostics, NULL, "%s needs a value", name);
        value = argv[++*index];
    }
    return take_option(cli, (enum option)option, value, diagnostics);
}

static bool is_command(const char *word, enum cli_command *command) {
    const char *names[COMMAND_COUNT];
    command_names(names);
    int found = find_name(word, names, COMMAND_COUNT);
    if (found < 0)
        return false;
    *command = (enum cli_command)found;
    return true;
}

/** A first word that is no command is a scenario: unless it looks like a mistyped command. */
static enum status first_word(struct cli *cli, const char *word, bool *command_given,
                              struct diagnostics *diagnostics) {
    *command_given = is_command(word, &cli->command);
    if (*command_given)
        return STATUS_OK;
    if (!strpbrk(word, "./-")) {
        const char *names[COMMAND_COUNT];
        command_names(names);
        int near = words_nearest(word, names, COMMAND_COUNT);
        return usage(diagnostics, near < 0 ? "simulate --help" : names[near],
                     "\"%s\" is neither a command nor a scenario file", word);
    }
    cli->command = CLI_RUN;
    cli->operand = word;
    return STATUS_OK;
}

/** How many operands the command takes. */
static int operands_wanted(enum cli_command command) {
    const char *operands = commands[command].operands;
    return operands[0] == '\0' ? 0 : strchr(operands, ' ') ? 2 : 1;
}

static enum status take_operand(struct cli *cli, const char *word,
                                struct diagnostics *diagnostics) {
    int wanted = operands_wanted(cli->command);
    if (wanted > 0 && !cli->operand)
        cli->operand = word;
    else if (wanted > 1 && !cli->operand2)
        cli->operand2 = word;
    else
        return usage(diagnostics, NULL, "\"%s\" is one operand too many", word);
    return STATUS_OK;
}

/** Options that belong to sweep alone, and the one it needs. */
static enum status check_sweep(const struct cli *cli, struct diagnostics *diagnostics) {
    if (cli->command == CLI_SWEEP)
        return cli->vary_count > 0 ? STATUS_OK
                                   : usage(diagnostics, NULL, "%s is missing", "--vary KEY=A,B,C");
    const char *option = cli->vary_count > 0 ? options[OPTION_VARY].name
                         : cli->resume       ? options[OPTION_RESUME].name
                         : cli->no_search    ? options[OPTION_NO_SEARCH].name
                                             : NULL;
    return option ? usage(diagnostics, "simulate sweep", "%s belongs to sweep", option) : STATUS_OK;
}

static enum status check_operands(const struct cli *cli, struct diagnostics *diagnostics) {
    const char *operands = commands[cli->command].operands;
    int wanted = operands_wanted(cli->command);
    if (wanted > 0 && !cli->operand)
        return usage(diagnostics, NULL, wanted > 1 ? "%s are missing" : "%s is missing", operands);
    if (wanted > 1 && !cli->operand2)
        return usage(diagnostics, NULL, "%s is missing", strchr(operands, ' ') + 1);
    return STATUS_OK;
}

enum status cli_parse(int argc, char *const argv[], struct cli *cli,
                      struct diagnostics *diagnostics) {
    memset(cli, 0, sizeof *cli);
    bool seen = false, command_given = false;
    for (int i = 1; i < argc; i++) {
        enum status status = STATUS_OK;
        if (argv[i][0] == '-' && argv[i][1] != '\0')
            status = parse_option(argc, argv, &i, cli, diagnostics);
        else if (!seen)
            status = first_word(cli, argv[i], &command_given, diagnostics);
        else
            status = take_operand(cli, argv[i], diagnostics);
        if (status != STATUS_OK)
            return status;
        seen = seen || cli->operand || command_given;
    }
    if (cli->help || cli->version)
        return STATUS_OK;
    if (!seen)
        return usage(diagnostics, "simulate --help", "%s is missing", "a scenario file");
    enum status status = check_operands(cli, diagnostics);
    return status == STATUS_OK ? check_sweep(cli, diagnostics) : status;
}

void cli_write_help(struct text *text) {
    text_add(text, "Usage: simulate [COMMAND] [OPERAND] [OPTION]...\n\n"
                   "Capacity and cost of your own Loki, Tempo and Grafana on Kubernetes.\n\n"
                   "Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char head[64];
        snprintf(head, sizeof head, "%s %s", commands[i].name, commands[i].operands);
        text_print(text, "  %-34s %s\n", head, commands[i].help);
    }
    text_add(text, "\nWithout a command, the operand is a scenario to run.\n\nOptions:\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char head[64];
        snprintf(head, sizeof head, "%s %s", options[i].name,
                 options[i].value ? options[i].value : "");
        text_print(text, "  %-34s %s\n", head, options[i].help);
    }
    text_add(text,
             "\nExit status: 0 every target holds, as written or for the best plan; 1 targets are\n"
             "missed, or diff's B misses what A meets; 2 wrong usage; 3 invalid input; 4 file or\n"
             "system error; 5 a rank of a sweep died; 130 interrupted.\n");
}
