#include "sim/result.h"

#include <stdlib.h>

static const struct {
    const char *name, *title;
} targets[TARGET_COUNT] = {
    [TARGET_COST] = {"cost", "Cost"},
    [TARGET_LOGS_RETENTION] = {"logs_retention", "Log retention"},
    [TARGET_TRACES_RETENTION] = {"traces_retention", "Trace retention"},
    [TARGET_OUT_OF_MEMORY] = {"out_of_memory", "Memory kills"},
    [TARGET_LOG_LOSS] = {"log_loss", "Log loss"},
    [TARGET_SAVINGS] = {"savings", "Savings"},
};

const char *target_name(enum target_kind kind) {
    return targets[kind].name;
}

const char *target_title(enum target_kind kind) {
    return targets[kind].title;
}

void result_free(struct result *result) {
    if (!result)
        return;
    arena_fini(&result->arena);
    free(result);
}
