#include "stack/dashboard.h"

#include "stack/dashboard_pages.h"
#include "stack/names.h"
#include "stack/yaml_writer.h"

static const struct {
    const char *file;
    const struct dashboard_page *page; /**< NULL: made from the plan */
} dashboards[DASHBOARD_COUNT] = {
    {"stack.json", NULL},
    {"fastapi.json", &dashboard_fastapi},
    {"dramatiq.json", &dashboard_dramatiq},
};

const char *dashboard_file(size_t index) {
    return dashboards[index].file;
}

enum status dashboard_json(size_t index, const struct scenario *scenario,
                           const struct plan_outcome *outcome, struct text *text,
                           struct diagnostics *diagnostics) {
    struct arena arena;
    struct dashboard_page made;
    const struct dashboard_page *page = dashboards[index].page;
    enum status status = STATUS_OK;
    arena_init(&arena);
    if (!page) {
        status = dashboard_stack(scenario, outcome, &arena, &made, diagnostics);
        page = &made;
    }
    if (status == STATUS_OK)
        status = dashboard_page_json(page, text, diagnostics);
    arena_fini(&arena);
    return status;
}

static enum status add_file(struct yaml_writer *writer, size_t index,
                            const struct scenario *scenario, const struct plan_outcome *outcome,
                            struct diagnostics *diagnostics) {
    struct text json;
    text_init(&json);
    enum status status = dashboard_json(index, scenario, outcome, &json, diagnostics);
    if (status == STATUS_OK)
        yaml_writer_string(writer, dashboard_file(index), json.data);
    text_fini(&json);
    return status;
}

enum status dashboard_config_map(const struct scenario *scenario,
                                 const struct plan_outcome *outcome, struct text *text,
                                 struct diagnostics *diagnostics) {
    struct yaml_writer writer;
    enum status status = STATUS_OK;
    text_add(text, "# Grafana's dashboards, the same as in dashboards/*.json. Apply before the "
                   "chart grafana, whose pod\n# mounts it; a changed dashboard shows within some "
                   "minutes.\n\n");
    yaml_writer_open(&writer, text);
    yaml_writer_mapping(&writer, NULL);
    yaml_writer_string(&writer, "apiVersion", "v1");
    yaml_writer_string(&writer, "kind", "ConfigMap");
    yaml_writer_mapping(&writer, "metadata");
    yaml_writer_string(&writer, "name", STACK_DASHBOARDS_CONFIG_MAP);
    yaml_writer_string(&writer, "namespace", STACK_NAMESPACE);
    yaml_writer_end(&writer);
    yaml_writer_mapping(&writer, "data");
    for (size_t i = 0; i < DASHBOARD_COUNT && status == STATUS_OK; i++)
        status = add_file(&writer, i, scenario, outcome, diagnostics);
    yaml_writer_end(&writer);
    yaml_writer_end(&writer);
    enum status closed = yaml_writer_close(&writer, diagnostics);
    return status == STATUS_OK ? closed : status;
}
