#include "sim/cli_table.h"

const struct cli_command_row cli_command_rows[] = {
#define X(id, name, operands, least, most, help) {name, operands, help, least, most},
    CLI_COMMANDS(X)
#undef X
};
const size_t cli_command_count = sizeof cli_command_rows / sizeof *cli_command_rows;

const char *const cli_format_names[] = {
    [CLI_FORMAT_TEXT] = "text",         [CLI_FORMAT_JSON] = "json", [CLI_FORMAT_CSV] = "csv",
    [CLI_FORMAT_MARKDOWN] = "markdown", [CLI_FORMAT_HTML] = "html", [CLI_FORMAT_GITHUB] = "github",
};
const size_t cli_format_count = sizeof cli_format_names / sizeof *cli_format_names;

#define ONLY(command) (UINT64_C(1) << (command))
#define CLUSTER (ONLY(CLI_DEPLOY) | ONLY(CLI_VERIFY))
#define FIELD(name) offsetof(struct cli, name)

const struct cli_option_row cli_option_rows[] = {
    {"--format", "FORMAT", "text, json, csv, markdown, html or github, on standard output",
     CLI_OPTION_FORMAT, 0, 0},
    {"--set", "KEY=VALUE", "override a key, such as stack.loki.volume=20Gi; repeatable",
     CLI_OPTION_SET, 0, 0},
    {"--prices", "DIR", "folder of price tables (default: what prices import wrote)",
     CLI_OPTION_TEXT, FIELD(price_folder), 0},
    {"--output", "PATH", "write below PATH instead of the scenario's folder", CLI_OPTION_TEXT,
     FIELD(output_folder), 0},
    {"--seed", "N", "seed of the random numbers", CLI_OPTION_SEED, 0, 0},
    {"--replicas", "N", "how many months are drawn", CLI_OPTION_REPLICAS, 0, 0},
    {"--threads", "N", "threads to use; the result does not depend on it", CLI_OPTION_THREADS, 0,
     0},
    {"--quiet", NULL, "no report on standard output", CLI_OPTION_FLAG, FIELD(quiet), 0},
    {"--no-color", NULL, "no colour (also NO_COLOR)", CLI_OPTION_FLAG, FIELD(no_color), 0},
    {"--progress", NULL, "show progress even when not on a terminal", CLI_OPTION_FLAG,
     FIELD(progress), 0},
    {"--help", NULL, "this page; after a command, that command's", CLI_OPTION_FLAG, FIELD(help), 0},
    {"--version", NULL, "the version", CLI_OPTION_FLAG, FIELD(version), 0},

    {"--strict", NULL, "exit 0 only when the stack as written holds", CLI_OPTION_FLAG,
     FIELD(strict), ONLY(CLI_RUN) | ONLY(CLI_PLAN) | ONLY(CLI_SWEEP)},
    {"--sensitivity", NULL, "also: which inputs move risk and cost, and what to measure next",
     CLI_OPTION_FLAG, FIELD(sensitivity), ONLY(CLI_RUN) | ONLY(CLI_PLAN)},
    {"--vary", "KEY=A,B,C", "values that a key takes; repeatable, a grid", CLI_OPTION_VARY, 0,
     ONLY(CLI_SWEEP)},
    {"--resume", NULL, "go on from the checkpoint of an unfinished sweep", CLI_OPTION_FLAG,
     FIELD(resume), ONLY(CLI_SWEEP)},
    {"--no-search", NULL, "the stacks as written only, no best plans", CLI_OPTION_FLAG,
     FIELD(no_search), ONLY(CLI_SWEEP)},
    {"--label-key", "KEY", "a field of the lines that is a stream label; repeatable",
     CLI_OPTION_LABEL_KEY, 0, ONLY(CLI_SAMPLE)},
    {"--loki-url", "URL", "read /metrics of a running Loki", CLI_OPTION_TEXT, FIELD(loki_url),
     ONLY(CLI_CALIBRATE)},
    {"--tempo-url", "URL", "read /metrics of a running Tempo", CLI_OPTION_TEXT, FIELD(tempo_url),
     ONLY(CLI_CALIBRATE)},
    {"--prometheus-url", "URL", "read a Prometheus that scrapes them", CLI_OPTION_TEXT,
     FIELD(prometheus_url), ONLY(CLI_CALIBRATE)},
    {"--token-file", "FILE", "bearer token for those, read from a file", CLI_OPTION_TEXT,
     FIELD(token_file), ONLY(CLI_CALIBRATE)},
    {"--for", "DURATION", "how long to watch, such as 10m", CLI_OPTION_DURATION, FIELD(for_seconds),
     ONLY(CLI_CALIBRATE)},
    {"--yes", NULL, "do not ask before the cluster is changed", CLI_OPTION_FLAG, FIELD(yes),
     ONLY(CLI_DEPLOY)},
    {"--dry-run", NULL, "show every command and change, and make none", CLI_OPTION_FLAG,
     FIELD(dry_run), ONLY(CLI_DEPLOY)},
    {"--uninstall", NULL, "remove the releases; volumes stay", CLI_OPTION_FLAG, FIELD(uninstall),
     ONLY(CLI_DEPLOY)},
    {"--delete-data", NULL, "with --uninstall: the volumes too", CLI_OPTION_FLAG,
     FIELD(delete_data), ONLY(CLI_DEPLOY)},
    {"--timeout", "DURATION", "how long a release may take to be ready (10m)", CLI_OPTION_DURATION,
     FIELD(timeout_seconds), ONLY(CLI_DEPLOY)},
    {"--charts", "DIR", "charts from a folder instead of their repositories", CLI_OPTION_TEXT,
     FIELD(charts_folder), ONLY(CLI_DEPLOY)},
    {"--no-smoke", NULL, "do not push and read back a line and a trace at the end", CLI_OPTION_FLAG,
     FIELD(no_smoke), ONLY(CLI_DEPLOY)},
    {"--smoke", NULL, "push and read back a line and a trace", CLI_OPTION_FLAG, FIELD(smoke),
     ONLY(CLI_VERIFY)},
    {"--context", "NAME", "the cluster, by its name in the kubeconfig", CLI_OPTION_TEXT,
     FIELD(context), CLUSTER},
    {"--kubeconfig", "FILE", "the kubeconfig to use", CLI_OPTION_TEXT, FIELD(kubeconfig), CLUSTER},
};
const size_t cli_option_count = sizeof cli_option_rows / sizeof *cli_option_rows;

bool cli_option_belongs(const struct cli_option_row *option, enum cli_command command) {
    return option->commands == 0 || (option->commands & ONLY(command)) != 0;
}
