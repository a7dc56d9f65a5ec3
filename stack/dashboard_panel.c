#include "stack/dashboard_panel.h"

#include "stack/names.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/** Of the schema that is published with Grafana 11.4; newer ones read it too. */
#define SCHEMA_VERSION 39
#define GRID_WIDTH 24

/* Okabe and Ito's colours, which people with any colour vision tell apart. */
#define COLOR_GOOD "#009E73"
#define COLOR_WARN "#E69F00"
#define COLOR_BAD "#D55E00"
#define COLOR_PALE "#8E9AAF"
#define COLOR_PLAN "#56B4E9"
#define COLOR_MEASURED "#0072B2"

/** How a constant is drawn, by its legend. */
static const struct {
    const char *legend, *color, *fill;
    int width;
} plan_lines[] = {
    {PANEL_PLAN_P5, COLOR_PALE, "dot", 1},     {PANEL_PLAN_P50, COLOR_PLAN, "solid", 1},
    {PANEL_PLAN_P95, COLOR_WARN, "dash", 1},   {PANEL_PLAN_P99, COLOR_WARN, "dot", 1},
    {PANEL_PLAN_MEAN, COLOR_PLAN, "solid", 1}, {PANEL_PLAN_PEAK, COLOR_WARN, "dash", 1},
    {PANEL_LIMIT, COLOR_BAD, "solid", 2},
};

/** Add to a list; without memory the list becomes NULL, and so does what it would go into. */
static void append(json_t **list, json_t *value) {
    if (json_array_append_new(*list, value) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

/** The same for a member. */
static void set(json_t **object, const char *key, json_t *value) {
    if (json_object_set_new(*object, key, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

static json_t *data_source(const struct panel *panel) {
    bool traces = panel->kind == PANEL_TRACES;
    return json_pack("{s:s, s:s}", "type", traces ? "tempo" : "loki", "uid",
                     traces ? STACK_TEMPO_UID : STACK_LOKI_UID);
}

static json_t *target(const struct panel *panel, size_t index) {
    const struct panel_query *query = &panel->queries[index];
    const char ref[] = {(char)('A' + index), '\0'};
    bool once = panel->kind == PANEL_STAT || panel->kind == PANEL_TABLE;
    if (panel->kind == PANEL_TRACES)
        return json_pack("{s:s, s:o, s:s, s:s, s:i, s:i, s:s}", "refId", ref, "datasource",
                         data_source(panel), "queryType", "traceql", "query", query->text, "limit",
                         20, "spss", 3, "tableType", "traces");
    json_t *made = json_pack("{s:s, s:o, s:s, s:s, s:s}", "refId", ref, "datasource",
                             data_source(panel), "editorMode", "code", "expr", query->text,
                             "queryType", once ? "instant" : "range");
    if (query->legend)
        set(&made, "legendFormat", json_string(query->legend));
    if (panel->kind == PANEL_LOGS)
        set(&made, "maxLines", json_integer(100));
    return made;
}

static json_t *targets(const struct panel *panel) {
    json_t *list = json_array();
    for (size_t i = 0; i < PANEL_QUERIES_MAX && panel->queries[i].text; i++)
        append(&list, target(panel, i));
    return list;
}

static json_t *thresholds(const struct panel *panel) {
    json_t *steps = json_array();
    append(&steps, json_pack("{s:s, s:n}", "color", COLOR_GOOD, "value"));
    if (panel->warn > 0)
        append(&steps, json_pack("{s:s, s:f}", "color", COLOR_WARN, "value", panel->warn));
    if (panel->bad > 0)
        append(&steps, json_pack("{s:s, s:f}", "color", COLOR_BAD, "value", panel->bad));
    return json_pack("{s:s, s:o}", "mode", "absolute", "steps", steps);
}

static json_t *override_of(size_t line) {
    return json_pack(
        "{s:{s:s, s:s}, s:[{s:s, s:{s:s, s:s}}, {s:s, s:i}, {s:s, s:i}, {s:s, s:{s:s}}]}",
        "matcher", "id", "byName", "options", plan_lines[line].legend, "properties", "id", "color",
        "value", "mode", "fixed", "fixedColor", plan_lines[line].color, "id", "custom.fillOpacity",
        "value", 0, "id", "custom.lineWidth", "value", plan_lines[line].width, "id",
        "custom.lineStyle", "value", "fill", plan_lines[line].fill);
}

/** Constants are lines of their own style; what was measured keeps one colour when it is alone. */
static json_t *overrides(const struct panel *panel) {
    json_t *list = json_array();
    for (size_t i = 0; i < PANEL_QUERIES_MAX && panel->queries[i].text; i++)
        for (size_t line = 0; line < sizeof plan_lines / sizeof *plan_lines; line++)
            if (panel->queries[i].legend &&
                strcmp(panel->queries[i].legend, plan_lines[line].legend) == 0)
                append(&list, override_of(line));
    return list;
}

/** Whether a panel measures one series; what else it shows are constants. */
static bool is_single(const struct panel *panel) {
    const struct panel_query *first = &panel->queries[0], *second = &panel->queries[1];
    return first->legend && !strchr(first->legend, '{') &&
           (!second->text || strncmp(second->text, "vector(", strlen("vector(")) == 0);
}

static json_t *series_style(const struct panel *panel) {
    return json_pack("{s:s, s:i, s:i, s:s, s:b, s:{s:s, s:s}, s:{s:s}}", "drawStyle", "line",
                     "lineWidth", 2, "fillOpacity", panel->stacked ? 25 : 10, "showPoints", "auto",
                     "spanNulls", 0, "stacking", "mode", panel->stacked ? "normal" : "none",
                     "group", "A", "thresholdsStyle", "mode", panel->warn > 0 ? "dashed" : "off");
}

static json_t *field_config(const struct panel *panel) {
    json_t *defaults = json_pack("{s:s, s:s, s:o}", "unit", panel->unit, "noValue", panel->no_data,
                                 "thresholds", thresholds(panel));
    const char *color = "thresholds";
    if (panel->kind == PANEL_SERIES) {
        set(&defaults, "min", json_integer(0));
        set(&defaults, "custom", series_style(panel));
        color = is_single(panel) ? "fixed" : "palette-classic-by-name";
    } else if (panel->kind == PANEL_TABLE && panel->warn > 0) {
        set(&defaults, "custom", json_pack("{s:{s:s}}", "cellOptions", "type", "color-text"));
    }
    set(&defaults, "color", json_pack("{s:s, s:s}", "mode", color, "fixedColor", COLOR_MEASURED));
    return json_pack("{s:o, s:o}", "defaults", defaults, "overrides", overrides(panel));
}

static json_t *options(const struct panel *panel) {
    switch (panel->kind) {
    case PANEL_SERIES:
        return json_pack("{s:{s:s, s:s, s:b, s:[s, s]}, s:{s:s, s:s}}", "legend", "displayMode",
                         "list", "placement", "bottom", "showLegend", 1, "calcs", "lastNotNull",
                         "max", "tooltip", "mode", "multi", "sort", "desc");
    case PANEL_STAT:
        return json_pack("{s:{s:[s], s:s, s:b}, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
                         "reduceOptions", "calcs", "lastNotNull", "fields", "", "values", 0,
                         "colorMode", "value", "graphMode", "none", "textMode", "auto",
                         "orientation", "auto", "justifyMode", "auto", "percentChangeColorMode",
                         "standard", "showPercentChange", 0, "wideLayout", 1);
    case PANEL_LOGS:
        return json_pack("{s:b, s:b, s:b, s:b, s:s, s:s}", "showTime", 1, "wrapLogMessage", 1,
                         "enableLogDetails", 1, "showLabels", 0, "sortOrder", "Descending",
                         "dedupStrategy", "none");
    default:
        return json_pack("{s:b, s:s}", "showHeader", 1, "cellHeight", "sm");
    }
}

static const char *type_of(enum panel_kind kind) {
    static const char *const types[] = {
        [PANEL_ROW] = "row",     [PANEL_SERIES] = "timeseries", [PANEL_STAT] = "stat",
        [PANEL_TABLE] = "table", [PANEL_LOGS] = "logs",         [PANEL_TRACES] = "table",
    };
    return types[kind];
}

/** A table of LogQL shows labels and the number, not the moment it was asked at. */
static json_t *table_columns(void) {
    return json_pack("[{s:s, s:{s:{s:b}, s:{s:s}}}]", "id", "organize", "options", "excludeByName",
                     "Time", 1, "renameByName", "Value #A", "Value");
}

/** Where the next panel goes. */
struct grid {
    int x, y, line_height;
    int id;
};

static json_t *place(struct grid *grid, int width, int height) {
    if (grid->x + width > GRID_WIDTH) {
        grid->x = 0;
        grid->y += grid->line_height;
        grid->line_height = 0;
    }
    json_t *at =
        json_pack("{s:i, s:i, s:i, s:i}", "x", grid->x, "y", grid->y, "w", width, "h", height);
    grid->x += width;
    grid->line_height = height > grid->line_height ? height : grid->line_height;
    return at;
}

static json_t *row_json(const struct panel *panel, struct grid *grid) {
    grid->x = GRID_WIDTH;
    json_t *at = place(grid, GRID_WIDTH, 1);
    return json_pack("{s:i, s:s, s:s, s:b, s:o, s:[]}", "id", ++grid->id, "type", "row", "title",
                     panel->title, "collapsed", 0, "gridPos", at, "panels");
}

static json_t *panel_json(const struct panel *panel, struct grid *grid) {
    if (panel->kind == PANEL_ROW)
        return row_json(panel, grid);
    json_t *made = json_pack(
        "{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", ++grid->id, "type",
        type_of(panel->kind), "title", panel->title, "description", panel->description,
        "datasource", data_source(panel), "gridPos", place(grid, panel->width, panel->height),
        "fieldConfig", field_config(panel), "options", options(panel), "targets", targets(panel));
    if (panel->kind == PANEL_TABLE)
        set(&made, "transformations", table_columns());
    if (panel->time_from)
        set(&made, "timeFrom", json_string(panel->time_from));
    if (panel->time_shift)
        set(&made, "timeShift", json_string(panel->time_shift));
    return made;
}

static json_t *panels_json(const struct dashboard_page *page) {
    struct grid grid = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < page->panel_count; i++)
        append(&list, panel_json(&page->panels[i], &grid));
    return list;
}

static json_t *text_box(const struct dashboard_variable *variable) {
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:{s:s, s:s}, s:[]}", "type", "textbox",
                     "name", variable->name, "label", variable->label, "description",
                     variable->description, "hide", 0, "query", variable->all, "current", "text",
                     variable->all, "value", variable->all, "options");
}

static json_t *variable_json(const struct dashboard_variable *variable) {
    if (!variable->loki_label)
        return text_box(variable);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:{s:s, s:s}, s:{s:s, s:i, s:s, s:s}, s:i, s:i, s:b, s:b, "
        "s:s, s:s, s:{s:b, s:[s], s:[s]}, s:[]}",
        "type", "query", "name", variable->name, "label", variable->label, "description",
        variable->description, "hide", 0, "datasource", "type", "loki", "uid", STACK_LOKI_UID,
        "query", "label", variable->loki_label, "type", 1, "stream", "", "refId",
        "LokiVariableQueryEditor-VariableQuery", "refresh", 2, "sort", 1, "multi", 1, "includeAll",
        1, "allValue", variable->all, "regex", "", "current", "selected", 1, "text", "All", "value",
        "$__all", "options");
}

static json_t *variables_json(const struct dashboard_page *page) {
    json_t *list = json_array();
    for (size_t i = 0; i < DASHBOARD_VARIABLES_MAX && page->variables[i].name; i++)
        append(&list, variable_json(&page->variables[i]));
    return json_pack("{s:o}", "list", list);
}

static json_t *page_json(const struct dashboard_page *page) {
    return json_pack("{s:s, s:s, s:s, s:[s], s:i, s:i, s:b, s:i, s:s, s:s, s:{s:s, s:s}, "
                     "s:{s:[]}, s:[], s:o, s:o}",
                     "uid", page->uid, "title", page->title, "description", page->description,
                     "tags", "simulate", "schemaVersion", SCHEMA_VERSION, "version", 1, "editable",
                     1, "graphTooltip", 1, "timezone", "browser", "refresh", page->refresh, "time",
                     "from", page->from, "to", "now", "annotations", "list", "links", "templating",
                     variables_json(page), "panels", panels_json(page));
}

enum status dashboard_page_json(const struct dashboard_page *page, struct text *text,
                                struct diagnostics *diagnostics) {
    json_t *json = page_json(page);
    char *bytes = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
    json_decref(json);
    if (!bytes)
        return diagnostics_out_of_memory(diagnostics, "writing a dashboard");
    text_add(text, bytes);
    text_add(text, "\n");
    free(bytes);
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "writing a dashboard")
                             : STATUS_OK;
}
