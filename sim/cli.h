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

/** One line a command: enumerator, name, operands, one-line help. */
#define CLI_COMMANDS(X)                                                                            \
    X(CLI_RUN, "run", "SCENARIO", "simulate as written, find the best plan, write the reports")    \
    X(CLI_CHECK, "check", "SCENARIO", "validate only")                                             \
    X(CLI_PLAN, "plan", "SCENARIO", "the verdict and the search, without writing files")           \
    X(CLI_EMIT, "emit", "SCENARIO", "write Helm values and manifests only")                        \
    X(CLI_SWEEP, "sweep", "SCENARIO", "simulate a grid of scenarios (--vary KEY=A,B,C)")           \
    X(CLI_DIFF, "diff", "A B", "compare two scenarios or result.json files")                       \
    X(CLI_PREDICT, "predict", "loki|tempo", "steady state at one constant load (--set KEY=VALUE)") \
    X(CLI_CALIBRATE, "calibrate", "coefficients|fidelity",                                         \
      "refit the shipped models: print coefficients or errors")                                    \
    X(CLI_EXPLAIN, "explain", "KEY", "what a scenario key means, its unit, range and default")     \
    X(CLI_INIT, "init", "", "print a commented scenario to start from")                            \
    X(CLI_SCHEMA, "schema", "", "print the JSON Schema of scenarios, for editors")                 \
    X(CLI_REFERENCE, "reference", "", "print the scenario keys as Markdown")

enum cli_command {
#define X(id, name, operands, help) id,
    CLI_COMMANDS(X)
#undef X
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

struct cli {
    enum cli_command command;
    const char *operand;  /**< scenario file, model or key; NULL when the command takes none */
    const char *operand2; /**< of diff, which takes two; else NULL */
    struct scenario_override overrides[CLI_OVERRIDES_MAX];
    size_t override_count;
    enum cli_format format;
    const char *price_folder;  /**< NULL: shipped prices only */
    const char *output_folder; /**< NULL: the scenario's */
    int threads;               /**< 0: all */
    bool quiet, no_color, strict, progress, sensitivity;
    const char *vary[CLI_VARY_MAX]; /**< sweep: `key=A,B,C` */
    size_t vary_count;
    bool resume;    /**< sweep: go on from the checkpoint */
    bool no_search; /**< sweep: as written only */
    bool help, version;
    char seed_override[64], replicas_override[64];
};

/** Parse. On failure the diagnostics say what is wrong and what was meant; exit status 2. */
enum status cli_parse(int argc, char *const argv[], struct cli *cli,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** The help page. */
void cli_write_help(struct text *text);

#endif
