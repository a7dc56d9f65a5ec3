/**
 * The pinned Helm charts and the keys each of them knows.
 *
 * Helm takes any key and drops what no template reads; a key with a typo therefore renders and
 * changes nothing. So every key the program writes is first looked up in the project's own list of
 * the chart's keys, stack/charts/NAME-VERSION.keys.
 *
 * A list begins with `# fact: value` lines (chart, version, app-version, repository, alias, state,
 * config, source). Then comes one key path a line, dots inside a key escaped as `\.`:
 *   path          a scalar
 *   path{}        a mapping that the chart passes on whole: any key below it is taken
 *   path{} -> b   the same, and what is below lands in block `b` of the program's own configuration
 *                 (`.` for its top), so it is looked up in the list that `config` names
 *   path[]        a list; its items are passed on whole
 *   !path         in values.yaml, but never to be written: it has no effect, or is a secret
 * Thread safety: every function is reentrant.
 */
#ifndef STACK_CHART_KEYS_H
#define STACK_CHART_KEYS_H

#include "sim/base/status.h"
#include "sim/scenario.h"

#include <stddef.h>

enum helm_chart {
    CHART_LOKI,
    CHART_TEMPO,
    CHART_GRAFANA,
    CHART_PROMTAIL,
    CHART_ALLOY,
    CHART_COLLECTOR
};
#define CHART_COUNT 6

/** What stands at a path. `null` takes a chart's default away; an empty mapping or list does not,
 *  because Helm merges mappings. */
enum chart_value { CHART_VALUE_SCALAR, CHART_VALUE_NULL, CHART_VALUE_EMPTY };

/** A chart as a profile pins it. */
struct chart_pin {
    char name[40];
    char version[16];
    char app_version[16];
    char repository[96]; /**< as `helm repo add` takes it */
    char alias[24];      /**< what the repository is called locally */
    char state[240];     /**< where the chart is in its life */
    unsigned port;       /**< of the service, HTTP; 0 when there is none */
    char config[40];     /**< list of the program's own keys; empty when there is none */
};

/** Read the facts of `chart` in `profile`. Fails when the profile has no such chart, or when the
 *  shipped list is broken. */
enum status chart_keys_pin(enum chart_profile profile, enum helm_chart chart, struct chart_pin *pin,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** STATUS_OK when `chart` of `profile` takes a `value` at `path` (`singleBinary.extraEnv[0].name`),
 * else STATUS_INTERNAL with a diagnostic that names the key. */
enum status chart_keys_check(enum chart_profile profile, enum helm_chart chart, const char *path,
                             enum chart_value value, struct diagnostics *diagnostics) MUST_CHECK;

/** The same for a path of the program's own configuration file, such as
 *  `compactor.compaction.compaction_window`. A chart without such a list takes none. */
enum status chart_keys_check_config(enum chart_profile profile, enum helm_chart chart,
                                    const char *path, enum chart_value value,
                                    struct diagnostics *diagnostics) MUST_CHECK;

enum chart_keys_verdict { CHART_KEYS_KNOWN, CHART_KEYS_UNKNOWN, CHART_KEYS_REFUSED };

/** Longest path that is looked up; longer ones are unknown. */
#define CHART_KEYS_PATH_MAX 256

/** Look `path` up in a list of `length` bytes. When it lands in the program's configuration,
 *  `config_path` gets its path there, else an empty text. */
enum chart_keys_verdict chart_keys_find(const char *list, size_t length, const char *path,
                                        enum chart_value value,
                                        char config_path[CHART_KEYS_PATH_MAX]);

#endif
