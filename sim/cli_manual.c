#include "sim/cli_manual.h"

#include "sim/cli_table.h"

/** Plain text as roff wants it: hyphens that are typed, backslashes, and lines that begin with a
 *  control character. */
static void write_plain(struct text *text, const char *words) {
    if (*words == '.' || *words == '\'')
        text_add(text, "\\&");
    for (; *words; words++) {
        if (*words == '-')
            text_add(text, "\\-");
        else if (*words == '\\')
            text_add(text, "\\e");
        else
            text_print(text, "%c", *words);
    }
}

/** A tagged paragraph: `name` bold, `operands` italic, then what it does. */
static void write_item(struct text *text, const char *name, const char *operands,
                       const char *help) {
    text_add(text, ".TP\n.B ");
    write_plain(text, name);
    if (operands && operands[0]) {
        text_add(text, " \\fI");
        write_plain(text, operands);
        text_add(text, "\\fR");
    }
    text_add(text, "\n");
    write_plain(text, help);
    text_add(text, ".\n");
}

static void write_commands(struct text *text) {
    text_add(text, ".SH COMMANDS\nWithout one, the operand is a scenario to run.\n");
    for (size_t i = 0; i < cli_command_count; i++)
        write_item(text, cli_command_rows[i].name, cli_command_rows[i].operands,
                   cli_command_rows[i].help);
}

/** Options of every command first, then each command's own. */
static void write_options(struct text *text) {
    text_add(text, ".SH OPTIONS\n");
    for (size_t i = 0; i < cli_option_count; i++)
        if (cli_option_rows[i].commands == 0)
            write_item(text, cli_option_rows[i].name, cli_option_rows[i].value,
                       cli_option_rows[i].help);
    for (size_t command = 0; command < cli_command_count; command++) {
        bool titled = false;
        for (size_t i = 0; i < cli_option_count; i++) {
            const struct cli_option_row *option = &cli_option_rows[i];
            if (option->commands == 0 || !cli_option_belongs(option, (enum cli_command)command))
                continue;
            if (!titled)
                text_print(text, ".SS Of %s\n", cli_command_rows[command].name);
            titled = true;
            write_item(text, option->name, option->value, option->help);
        }
    }
}

static const struct {
    const char *name, *meaning;
} exits[] =
    {
        {"0",
         "every target holds, for the stack as written or for the best plan found (--strict: as "
         "written)"},
        {"1",
         "done, but targets are missed; diff: B misses what A meets; verify: what runs differs "
         "from the plan"},
        {"2", "wrong usage"},
        {"3", "invalid input; the message names file, line and column"},
        {"4", "a file or the system failed"},
        {"5", "an external program (helm, kubectl), the cluster or a rank of a sweep failed"},
        {"130", "interrupted"},
},
  examples[] =
      {
          {"simulate init >mine.yaml", "a commented scenario to start from"},
          {"simulate mine.yaml", "verdict, best plan, reports and Helm values below out/"},
          {"simulate plan mine.yaml --set workload.services.0.replicas=8",
           "what if there were eight"},
          {"simulate explain targets.out_of_memory", "what a key means"},
          {"simulate deploy mine.yaml --dry-run", "what would be installed, and how"},
},
  files[] =
      {
          {"out/NAME/",
           "report.html, report.md, result.json, cost.csv, series.csv, plots/, values/, "
           "dashboards/ and manifests/ of a scenario"},
},
  environment[] = {
      {"NO_COLOR", "no colour when set to anything; nor where TERM is dumb"},
      {"COLUMNS", "columns to write for, 100 at most; else the terminal's, or 100"},
      {"KUBECONFIG", "as for kubectl, where --kubeconfig is not given"},
};

#define WRITE_TABLE(text, title, table)                                                            \
    do {                                                                                           \
        text_add(text, ".SH " title "\n");                                                         \
        for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++)                               \
            write_item(text, (table)[i].name, NULL, (table)[i].meaning);                           \
    } while (0)

void cli_write_manual(const char *version, struct text *text) {
    text_print(text, ".TH SIMULATE 1 \"\" \"simulate %s\" \"User Commands\"\n", version);
    text_add(
        text,
        ".SH NAME\nsimulate \\- capacity and cost of your own Loki, Tempo and Grafana\n"
        ".SH SYNOPSIS\n.B simulate\n.RI [ COMMAND \"] [\" OPERAND \"]... [\" OPTION ]...\n"
        ".SH DESCRIPTION\nSimulates thousands of months of log and trace ingest against the\n"
        "requests, limits, volumes and nodes of a self\\-run Grafana stack on EKS, with models\n"
        "fitted to the real Loki and Tempo. Says whether retention, memory and money hold and\n"
        "with which probability, finds the cheapest plan that holds, and writes Helm values\n"
        "for it. The same seed gives the same bytes for any number of threads.\n");
    write_commands(text);
    write_options(text);
    WRITE_TABLE(text, "EXIT STATUS", exits);
    WRITE_TABLE(text, "ENVIRONMENT", environment);
    WRITE_TABLE(text, "FILES", files);
    WRITE_TABLE(text, "EXAMPLES", examples);
    text_add(text, ".SH SEE ALSO\n.BR helm (1),\n.BR kubectl (1)\n");
}
