/**
 * The command line: what was asked for, checked, before any work.
 */
#ifndef SIM_CLI_H
#define SIM_CLI_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One line a command: enumerator, name, operands, their least and most number, one-line help. */
#define CLI_COMMANDS(X)                                                                            \
    X(CLI_RUN, "run", "SCENARIO", 1, 1,                                                            \
      "simulate as written, find the best plan, write the reports")                                \
    X(CLI_CHECK, "check", "SCENARIO", 1, 1, "validate only")                                       \
    X(CLI_PLAN, "plan", "SCENARIO", 1, 1, "the verdict and the search, without writing files")     \
    X(CLI_EMIT, "emit", "SCENARIO", 1, 1, "write Helm values, dashboards and manifests only")      \
    X(CLI_DEPLOY, "deploy", "SCENARIO", 1, 1, "install the plan with helm, or remove it")          \
    X(CLI_VERIFY, "verify", "SCENARIO", 1, 1, "what runs now against what the plan says")          \
    X(CLI_SWEEP, "sweep", "SCENARIO", 1, 1, "simulate a grid of scenarios (--vary KEY=A,B,C)")     \
    X(CLI_DIFF, "diff", "A B", 2, 2, "compare two scenarios or result.json files")                 \
    X(CLI_PREDICT, "predict", "loki|tempo", 1, 1,                                                  \
      "steady state at one constant load (--set KEY=VALUE)")                                       \
    X(CLI_SAMPLE, "sample", "FILE...", 1, UINT8_MAX,                                               \
      "length, rate and compression of your own log lines")                                        \
    X(CLI_CALIBRATE, "calibrate", "[FILE...]", 0, UINT8_MAX,                                       \
      "fit the models to your own measurements")                                                   \
    X(CLI_PRICES, "prices", "import FILE", 2, 2, "take prices from an AWS offer file")             \
    X(CLI_BILL, "bill", "BILL.csv SCENARIO", 2, 2, "an AWS bill against the predicted cost")       \
    X(CLI_EXPLAIN, "explain", "KEY", 1, 1,                                                         \
      "what a scenario key means, its unit, range and default")                                    \
    X(CLI_INIT, "init", "", 0, 0, "print a commented scenario to start from")                      \
    X(CLI_SCHEMA, "schema", "", 0, 0, "print the JSON Schema of scenarios, for editors")           \
    X(CLI_REFERENCE, "reference", "", 0, 0, "print the scenario keys as Markdown")                 \
    X(CLI_COMPLETION, "completion", "SHELL", 1, 1, "print completions for bash, zsh or fish")      \
    X(CLI_MANUAL, "manual", "", 0, 0, "print the manual page")

enum cli_command {
#define X(id, name, operands, least, most, help) id,
    CLI_COMMANDS(X)
#undef X
        CLI_COMMAND_COUNT
};

enum cli_format {
    CLI_FORMAT_TEXT,
    CLI_FORMAT_JSON,
    CLI_FORMAT_CSV,
    CLI_FORMAT_MARKDOWN,
    CLI_FORMAT_HTML,
    CLI_FORMAT_GITHUB
};

#define CLI_OVERRIDES_MAX 256
#define CLI_VARY_MAX 16

#define CLI_LABEL_KEYS_MAX 16

struct cli {
    enum cli_command command;
    bool command_given;          /**< with --help: of which command */
    const char *const *operands; /**< scenario, files, model or key; cli_fini() frees the array */
    size_t operand_count;
    struct scenario_override overrides[CLI_OVERRIDES_MAX];
    size_t override_count;
    enum cli_format format;
    const char *price_folder;  /**< NULL: the user's folder if there is one, and shipped prices */
    const char *output_folder; /**< NULL: the scenario's */
    int threads;               /**< 0: all */
    bool quiet, no_color, strict, progress, sensitivity;
    bool help, version;
    char seed_override[64], replicas_override[64];

    /* sweep */
    const char *vary[CLI_VARY_MAX]; /**< `key=A,B,C` */
    size_t vary_count;
    bool resume;    /**< go on from the checkpoint */
    bool no_search; /**< as written only */

    /* sample */
    const char *label_keys[CLI_LABEL_KEYS_MAX];
    size_t label_key_count;

    /* calibrate */
    const char *loki_url, *tempo_url, *prometheus_url;
    const char *token_file;
    double for_seconds; /**< 0: one look */

    /* deploy and verify; NULL: what kubectl itself would take */
    const char *context, *kubeconfig;
    const char *charts_folder; /**< NULL: the charts' repositories */
    bool yes, dry_run, uninstall, delete_data, smoke, no_smoke;
    double timeout_seconds; /**< 0: the command's own */
};

/** Parse. On failure the diagnostics say what is wrong and what was meant; exit status 2.
 *  cli_fini() afterwards, also then. */
enum status cli_parse(int argc, char *const argv[], struct cli *cli,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** Free what cli_parse() took; the words themselves are argv's. */
void cli_fini(struct cli *cli);

/** The help page. */
void cli_write_help(struct text *text);

/** The help page of one command. */
void cli_write_command_help(enum cli_command command, struct text *text);

#endif
