#include "sim/scenario_fill.h"

#include "sim/base/words.h"
#include "sim/scenario_unknown.h"
#include "sim/scenario_value.h"

#include <stdio.h>
#include <string.h>

/** Where in the scenario a mapping of the file belongs. */
struct place {
    const char *schema; /**< path of the schema: `workload.services[]` */
    const char *shown;  /**< path in messages: `workload.services.0` */
    void *base;         /**< the struct that holds the members */
};

bool scenario_fill_is_null(const struct yaml_node *node) {
    return node->kind == YAML_KIND_SCALAR && scenario_value_is_null(node->scalar, node->quoted);
}

static char *join(char buffer[SCENARIO_PATH_BYTES], const char *parent, const char *key) {
    snprintf(buffer, SCENARIO_PATH_BYTES, "%s%s%.100s", parent, parent[0] ? "." : "", key);
    return buffer;
}

char *scenario_fill_index(char buffer[SCENARIO_PATH_BYTES], const char *parent, size_t index) {
    snprintf(buffer, SCENARIO_PATH_BYTES, "%.120s.%zu", parent, index);
    return buffer;
}

const char *scenario_fill_kind(const struct yaml_node *node) {
    return node->kind == YAML_KIND_SEQUENCE ? "a list" : "a mapping";
}

/** The key that an item cannot do without. */
static const char *first_required(const char *schema) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && scenario_schema_is_child(&fields[i], schema))
            return scenario_schema_key(&fields[i]);
    return "";
}

void scenario_fill_complain_kind(struct scenario_reader *reader, const struct scenario_field *field,
                                 struct yaml_node *node, const char *shown) {
    char expected[192], text[WORDS_QUOTE_BYTES];
    scenario_value_expected(field, expected, sizeof expected);
    const char *found = scenario_fill_is_null(node) ? "nothing"
                        : node->kind == YAML_KIND_SCALAR
                            ? words_quote(text, sizeof text, node->scalar)
                            : scenario_fill_kind(node);
    char items[SCENARIO_PATH_BYTES];
    snprintf(items, sizeof items, "%s[]", field->path);
    bool list = field->type == SCENARIO_CHOICES || field->type == SCENARIO_WORDS;
    scenario_complain(reader, node, PART_VALUE, shown, "expected %s, found %s", expected, found);
    if (field->type == SCENARIO_SECTION)
        scenario_advise_keys(reader, field->path);
    if (list && node->kind == YAML_KIND_SCALAR && !scenario_fill_is_null(node))
        scenario_advise(reader, "put it in brackets: [%.60s]", node->scalar);
    else if (field->type == SCENARIO_SECTIONS && node->kind == YAML_KIND_MAPPING)
        scenario_advise(reader, "begin each item of the list with \"- %s: \"",
                        first_required(items));
}

void scenario_fill_scalar(struct scenario_reader *reader, const struct scenario_field *field,
                          struct yaml_node *node, const char *shown, void *base) {
    if (node->kind != YAML_KIND_SCALAR) {
        scenario_fill_complain_kind(reader, field, node, shown);
        return;
    }
    double value;
    bool plain = !node->quoted || !scenario_value_wants_plain(field);
    if (plain && !scenario_fill_is_null(node) && scenario_value_read(field, node->scalar, &value)) {
        if (!scenario_value_store(field, node->scalar, value, &reader->scenario->arena, base))
            scenario_out_of_memory(reader);
        return;
    }
    struct scenario_refusal refusal;
    scenario_value_refuse(field, node->scalar, node->quoted, &refusal);
    scenario_complain(reader, node, PART_VALUE, shown, "%s", refusal.message);
    scenario_advise(reader, "%s", refusal.hint);
}

static void fill_section(struct scenario_reader *reader, struct yaml_node *node,
                         struct place place);
static void fill_defaults(struct scenario_reader *reader, const char *schema, void *base);

/** A service that says nothing of logs writes none; likewise of traces. */
static void silence(const struct yaml_node *item, struct scenario_service *service) {
    if (!yaml_tree_child(item, "logs")) {
        service->lines_per_second = 0;
        service->streams_per_replica = 0;
    }
    if (!yaml_tree_child(item, "traces"))
        service->requests_per_second = 0;
}

static void fill_item(struct scenario_reader *reader, struct yaml_node *item, struct place place) {
    fill_defaults(reader, place.schema, place.base);
    if (item->kind == YAML_KIND_MAPPING) {
        fill_section(reader, item, place);
        return;
    }
    struct scenario_field section = {.path = place.schema, .type = SCENARIO_SECTION};
    scenario_fill_complain_kind(reader, &section, item, place.shown);
    if (item->kind == YAML_KIND_SCALAR && item->scalar[0])
        scenario_advise(reader, "did you mean {%s: %.60s}?", first_required(place.schema),
                        item->scalar);
}

static void fill_services(struct scenario_reader *reader, struct yaml_node *node,
                          const char *shown) {
    struct scenario_workload *workload = &reader->scenario->workload;
    struct scenario_service *services =
        arena_array(&reader->scenario->arena, node->children, sizeof *services);
    if (!services) {
        scenario_out_of_memory(reader);
        return;
    }
    size_t count = 0;
    for (struct yaml_node *item = node->first; item; item = item->next, count++) {
        char path[SCENARIO_PATH_BYTES];
        struct place place = {"workload.services[]", scenario_fill_index(path, shown, count),
                              &services[count]};
        if (!item->refused)
            fill_item(reader, item, place);
        silence(item, &services[count]);
    }
    workload->services = services;
    workload->service_count = count;
}

static void fill_nodes(struct scenario_reader *reader, struct yaml_node *node, const char *shown) {
    struct scenario_cluster *cluster = &reader->scenario->cluster;
    size_t count = 0;
    for (struct yaml_node *item = node->first; item; item = item->next, count++) {
        char path[SCENARIO_PATH_BYTES];
        struct place place = {"cluster.nodes[]", scenario_fill_index(path, shown, count),
                              &cluster->nodes[count]};
        if (!item->refused)
            fill_item(reader, item, place);
    }
    cluster->node_group_count = count;
}

static void fill_field(struct scenario_reader *reader, const struct scenario_field *field,
                       struct yaml_node *node, const char *shown, void *base) {
    switch (field->type) {
    case SCENARIO_SECTION:
        /* A section whose keys are all commented out is an empty one. */
        if (node->kind != YAML_KIND_MAPPING && !scenario_fill_is_null(node)) {
            scenario_fill_complain_kind(reader, field, node, shown);
            return;
        }
        scenario_value_store(field, NULL, true, NULL, base);
        fill_section(reader, node, (struct place){field->path, shown, base});
        return;
    case SCENARIO_SECTIONS:
        if (!scenario_fill_check_list(reader, field, node, shown))
            return;
        if (strcmp(field->path, "cluster.nodes") == 0)
            fill_nodes(reader, node, shown);
        else
            fill_services(reader, node, shown);
        return;
    case SCENARIO_CHOICES:
    case SCENARIO_WORDS:
        scenario_fill_words(reader, field, node, shown);
        return;
    case SCENARIO_DAILY:
        scenario_fill_daily(reader, field, node, shown);
        return;
    default:
        scenario_fill_scalar(reader, field, node, shown, base);
    }
}

/** Whether a key that was refused was meant to be `key`: then one complaint is enough. */
static bool is_misspelt(const struct yaml_node *section, const char *schema, const char *key) {
    for (const struct yaml_node *child = section->first; child; child = child->next) {
        const char *meant = child->refused ? scenario_nearest_key(schema, child->key) : NULL;
        if (meant && strcmp(meant, key) == 0)
            return true;
    }
    return false;
}

static void require_keys(struct scenario_reader *reader, struct yaml_node *node,
                         struct place place) {
    size_t count;
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        const char *key = scenario_schema_key(&fields[i]);
        char path[SCENARIO_PATH_BYTES], expected[192];
        if (!fields[i].required || !scenario_schema_is_child(&fields[i], place.schema) ||
            yaml_tree_child(node, key) ||
            (scenario_is_heard(reader) && is_misspelt(node, place.schema, key)))
            continue;
        scenario_complain(reader, node, PART_LACK, join(path, place.shown, key),
                          "is required, and missing here");
        scenario_advise(reader, "%s takes %s", key,
                        scenario_value_expected(&fields[i], expected, sizeof expected));
    }
}

static void fill_section(struct scenario_reader *reader, struct yaml_node *node,
                         struct place place) {
    for (struct yaml_node *child = node->first; child; child = child->next) {
        char schema[SCENARIO_PATH_BYTES], shown[SCENARIO_PATH_BYTES];
        if (child->refused)
            continue;
        const struct scenario_field *field =
            scenario_schema_find(join(schema, place.schema, child->key));
        join(shown, place.shown, child->key);
        if (field)
            fill_field(reader, field, child, shown, place.base);
        else
            scenario_complain_unknown(reader, child, place.schema, shown);
    }
    require_keys(reader, node, place);
}

/** A default is written in YAML too, and read the same way. */
static void fill_default(struct scenario_reader *reader, const struct scenario_field *field,
                         void *base) {
    double value;
    if (scenario_value_read(field, field->fallback, &value) && field->store != STORE_NONE) {
        if (!scenario_value_store(field, field->fallback, value, &reader->scenario->arena, base))
            scenario_out_of_memory(reader);
        return;
    }
    struct yaml_document document = {0};
    enum status status = yaml_tree_parse(reader->scratch, "default", field->fallback,
                                         strlen(field->fallback), &document, reader->diagnostics);
    if (status != STATUS_OK)
        reader->status = status;
    else
        fill_field(reader, field, document.root, field->path, base);
}

/** Whether the file gives a list: it does not begin with the items of the default's. */
static bool is_given_list(const struct scenario_reader *reader,
                          const struct scenario_field *field) {
    return field->store == STORE_NONE && scenario_node(reader, field->path) != NULL;
}

/** The defaults of `schema`'s section and of those within, but not of lists' items. A name that is
 *  required has an example instead. */
static void fill_defaults(struct scenario_reader *reader, const char *schema, void *base) {
    size_t count, length = strlen(schema);
    const struct scenario_field *fields = scenario_schema(&count);
    for (size_t i = 0; i < count; i++) {
        const struct scenario_field *field = &fields[i];
        bool inside = length == 0
                          ? strchr(field->path, '[') == NULL
                          : strncmp(field->path, schema, length) == 0 && field->path[length] == '.';
        bool name = field->required && field->store == STORE_TEXT;
        if (inside && field->fallback && !name && !is_given_list(reader, field))
            fill_default(reader, field, base);
    }
}

/** Targets that hold without being asked for, when there is no `targets` at all. */
static void set_usual_targets(struct scenario *scenario) {
    struct scenario_targets *targets = &scenario->targets;
    targets->logs_retention.set = true;
    targets->logs_retention.bound = scenario->stack.loki.retention_seconds;
    targets->traces_retention.set = true;
    targets->traces_retention.bound = scenario->stack.tempo.retention_seconds;
    targets->out_of_memory.set = true;
    targets->log_loss.set = true;
}

/** What `search` does not choose is tried as the cluster has it: how nodes are paid, and which. */
static void search_like_cluster(const struct scenario_reader *reader) {
    const struct scenario_cluster *cluster = &reader->scenario->cluster;
    struct scenario_search *search = &reader->scenario->search;
    if (!scenario_node(reader, "search.purchase"))
        search->purchase[0] = cluster->purchase;
    if (scenario_node(reader, "search.instance_types"))
        return;
    for (size_t g = 0; g < cluster->node_group_count; g++) {
        const char *type = cluster->nodes[g].type;
        bool known = !type || search->instance_type_count == SCENARIO_SEARCH_MAX;
        for (size_t i = 0; i < search->instance_type_count && !known; i++)
            known = strcmp(search->instance_types[i], type) == 0;
        if (!known)
            search->instance_types[search->instance_type_count++] = type;
    }
}

void scenario_fill(struct scenario_reader *reader) {
    fill_defaults(reader, "", reader->scenario);
    fill_section(reader, reader->root, (struct place){"", "", reader->scenario});
    if (!yaml_tree_child(reader->root, "targets"))
        set_usual_targets(reader->scenario);
    /* The profile's agent is the default; another one that is asked for is refused later. */
    if (reader->scenario->stack.chart_profile == CHART_PROFILE_SUCCESSOR &&
        !scenario_node(reader, "stack.agent.kind"))
        reader->scenario->stack.agent_kind = AGENT_KIND_ALLOY;
    search_like_cluster(reader);
}
