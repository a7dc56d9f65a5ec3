#include "stack/cluster_tool.h"

#include <string.h>

bool cluster_tool_words(const struct cluster_tool *tool, const struct cluster *cluster,
                        const char *const *words, const char **all) {
    size_t count = 0;
    all[count++] = tool->name;
    if (cluster->kubeconfig) {
        all[count++] = "--kubeconfig";
        all[count++] = cluster->kubeconfig;
    }
    if (cluster->context) {
        all[count++] = tool->context_option;
        all[count++] = cluster->context;
    }
    for (; *words && count + 1 < KUBECTL_WORDS_MAX; words++)
        all[count++] = *words;
    all[count] = NULL;
    return !*words;
}

struct process_options cluster_tool_options(const struct cluster_tool *tool,
                                            const struct cluster *cluster, const char *const *all,
                                            double timeout_seconds) {
    return (struct process_options){.arguments = all,
                                    .output_bytes_max = KUBECTL_ANSWER_BYTES,
                                    .timeout_seconds = timeout_seconds > 0 ? timeout_seconds
                                                                           : tool->timeout_seconds,
                                    .interrupt_grace_seconds = tool->interrupt_grace_seconds,
                                    .interrupted = cluster->interrupted,
                                    .context = cluster->interrupted_context,
                                    .needed_hint = tool->needed};
}

static enum status too_many(const struct cluster_tool *tool, struct diagnostics *diagnostics) {
    return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                           "a command of %s has more than %d words", tool->name, KUBECTL_WORDS_MAX);
}

enum status cluster_tool_run(const struct cluster_tool *tool, const struct cluster *cluster,
                             const char *const *words, const char *input, size_t input_length,
                             double timeout_seconds, struct process_result *result,
                             struct diagnostics *diagnostics) {
    const char *all[KUBECTL_WORDS_MAX];
    *result = (struct process_result){.exit_status = -1};
    if (!cluster_tool_words(tool, cluster, words, all))
        return too_many(tool, diagnostics);
    struct process_options options = cluster_tool_options(tool, cluster, all, timeout_seconds);
    options.input = input;
    options.input_length = input_length;
    return process_run(&options, result, diagnostics);
}

enum status cluster_tool_do(const struct cluster_tool *tool, const struct cluster *cluster,
                            const char *const *words, const char *what,
                            struct process_result *result, struct diagnostics *diagnostics) {
    enum status status = cluster_tool_run(tool, cluster, words, NULL, 0, 0, result, diagnostics);
    return status != STATUS_OK || process_succeeded(result)
               ? status
               : process_complain(tool->name, result, what, diagnostics);
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == '\0';
}

static enum status parse(const struct cluster_tool *tool, const struct process_result *result,
                         const char *what, json_t **answer, struct diagnostics *diagnostics) {
    json_error_t problem;
    if (result->out_cut > 0)
        return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                               "%s: %s answered with more than %zu MiB", what, tool->name,
                               KUBECTL_ANSWER_BYTES >> 20);
    if (is_blank(result->out))
        return STATUS_OK;
    *answer = json_loadb(result->out, result->out_length, JSON_DECODE_ANY, &problem);
    return *answer ? STATUS_OK
                   : diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                                     "%s: %s answered with something that is not JSON: %s", what,
                                     tool->name, problem.text);
}

enum status cluster_tool_json(const struct cluster_tool *tool, const struct cluster *cluster,
                              const char *const *words, const char *what, json_t **answer,
                              struct diagnostics *diagnostics) {
    static const char *const format[] = {"--output", "json", NULL};
    const char *all[KUBECTL_WORDS_MAX];
    struct process_result result;
    size_t count = 0;
    *answer = NULL;
    while (words[count] && count + sizeof format / sizeof *format < KUBECTL_WORDS_MAX) {
        all[count] = words[count];
        count++;
    }
    if (words[count])
        return too_many(tool, diagnostics);
    memcpy(&all[count], format, sizeof format);
    enum status status = cluster_tool_do(tool, cluster, all, what, &result, diagnostics);
    if (status == STATUS_OK)
        status = parse(tool, &result, what, answer, diagnostics);
    process_result_fini(&result);
    return status;
}
