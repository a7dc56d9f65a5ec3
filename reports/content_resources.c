#include "reports/content_parts.h"
#include "reports/phrase.h"
#include "sim/base/units.h"

void content_add_changes(struct content *content) {
    if (content->plan_count < 2)
        return;
    const struct sheet_column columns[] = {
        {NULL, "Setting", false, false},
        {NULL, content->plans[0].title, true, true},
        {NULL, content->plans[1].title, true, true},
    };
    size_t count;
    const struct change *changes = content_changes(content, &content->plans[0].outcome->plan,
                                                   &content->plans[1].outcome->plan, &count);
    struct sheet *sheet =
        content_sheet(content, "changes", "What the best plan changes", columns, 3, count);
    if (!content->report->result->best)
        sheet->title = "What the least bad plan changes";
    for (size_t i = 0; i < count; i++) {
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        row[0].text = changes[i].what;
        row[1].text = changes[i].from;
        row[2].text = changes[i].to;
        row[2].tone = TONE_STRONG;
    }
    content_sheet_end(content);
}

/** Above this chance of a kill a component is shown as in trouble. */
static double kill_bound(const struct content *content) {
    const struct scenario_target *target =
        &content->report->result->scenario->targets.out_of_memory;
    return target->set ? target->bound : 0.01;
}

static const char *print_count(struct content *content, double count) {
    char phrase[PHRASE_BYTES];
    return content_print(content, "%s", phrase_count(phrase, sizeof phrase, count));
}

enum resources_column {
    RESOURCES_COMPONENT,
    RESOURCES_PLAN,
    RESOURCES_CPU_RANGE,
    RESOURCES_CPU_P95,
    RESOURCES_MEMORY_RANGE,
    RESOURCES_MEMORY_P50,
    RESOURCES_MEMORY_P95,
    RESOURCES_DISK_SIZE,
    RESOURCES_DISK_P95,
    RESOURCES_KILLED,
    RESOURCES_COLUMN_COUNT
};

static void fill_resources(struct content *content, const struct plan_outcome *outcome,
                           enum component component, struct sheet_cell *row) {
    const struct scenario_resources *resources = &outcome->plan.resources[component];
    const struct component_outcome *found = &outcome->components[component];
    char phrase[PHRASE_BYTES];
    row[RESOURCES_CPU_RANGE].text = content_print(
        content, "%s",
        phrase_cpu_range(phrase, sizeof phrase, resources->request_cores, resources->limit_cores));
    row[RESOURCES_CPU_P95].text =
        content_print(content, "%s", phrase_number(phrase, sizeof phrase, found->cpu_cores.p95));
    row[RESOURCES_MEMORY_RANGE].text =
        content_print(content, "%s",
                      phrase_memory_range(phrase, sizeof phrase, resources->request_bytes,
                                          resources->limit_bytes));
    row[RESOURCES_MEMORY_P50].text = print_count(content, found->memory_peak_mib.p50);
    row[RESOURCES_MEMORY_P95].text = print_count(content, found->memory_peak_mib.p95);
    row[RESOURCES_DISK_SIZE].text = "–";
    row[RESOURCES_DISK_P95].text = "–";
    if (resources->volume_bytes > 0) {
        row[RESOURCES_DISK_SIZE].text = content_print(
            content, "%s", units_print_quantity(phrase, sizeof phrase, resources->volume_bytes));
        /* Grafana's own is not simulated. */
        if (found->disk_gib.max > 0)
            row[RESOURCES_DISK_P95].text = content_print(
                content, "%s", phrase_number(phrase, sizeof phrase, found->disk_gib.p95));
    }
    double kill = found->out_of_memory.value;
    row[RESOURCES_KILLED].text =
        content_print(content, "%s", phrase_chance(phrase, sizeof phrase, kill));
    row[RESOURCES_KILLED].tone = kill > kill_bound(content) ? TONE_BAD : TONE_PLAIN;
}

void content_add_resources(struct content *content) {
    static const struct sheet_column columns[] = {
        [RESOURCES_COMPONENT] = {NULL, "Component", false, true},
        [RESOURCES_PLAN] = {NULL, "Plan", false, false},
        [RESOURCES_CPU_RANGE] = {"CPU, cores", "request → limit", true, true},
        [RESOURCES_CPU_P95] = {"CPU, cores", "P95", true, false},
        [RESOURCES_MEMORY_RANGE] = {"Memory, peak in MiB", "request → limit", true, true},
        [RESOURCES_MEMORY_P50] = {"Memory, peak in MiB", "P50", true, false},
        [RESOURCES_MEMORY_P95] = {"Memory, peak in MiB", "P95", true, false},
        [RESOURCES_DISK_SIZE] = {"Disk, GiB", "size", true, false},
        [RESOURCES_DISK_P95] = {"Disk, GiB", "P95", true, false},
        [RESOURCES_KILLED] = {NULL, "Killed", true, false},
    };
    struct sheet *sheet =
        content_sheet(content, "resources", "Resources", columns, RESOURCES_COLUMN_COUNT,
                      COMPONENT_COUNT * content->plan_count);
    sheet->note =
        "P50 and P95 over simulated runs: mean CPU, and the most memory and disk that the "
        "load asks for in the horizon, also beyond limit and volume; killed: chance of "
        "any out-of-memory kill.";
    for (int component = 0; component < COMPONENT_COUNT; component++)
        for (size_t p = 0; p < content->plan_count; p++) {
            const struct plan_outcome *outcome = content->plans[p].outcome;
            struct sheet_cell *row = sheet_row(sheet);
            if (!row)
                break;
            row[RESOURCES_COMPONENT].text =
                phrase_component(&outcome->plan, (enum component)component);
            row[RESOURCES_PLAN].text = p == 0                          ? "written"
                                       : content->report->result->best ? "best"
                                                                       : "least bad";
            fill_resources(content, outcome, (enum component)component, row);
        }
    content_sheet_end(content);
}

/** A risk and how it reads for one plan. */
struct risk {
    const char *title;
    const char *(*print)(struct content *content, const struct plan_outcome *outcome);
};

static const char *print_chance(struct content *content, const struct probability *probability) {
    char phrase[PHRASE_BYTES];
    return content_print(content, "%s", phrase_probability(phrase, sizeof phrase, probability));
}

static const char *loki_killed(struct content *content, const struct plan_outcome *outcome) {
    return print_chance(content, &outcome->components[COMPONENT_LOKI].out_of_memory);
}

static const char *tempo_killed(struct content *content, const struct plan_outcome *outcome) {
    return print_chance(content, &outcome->components[COMPONENT_TEMPO].out_of_memory);
}

static const char *loki_full(struct content *content, const struct plan_outcome *outcome) {
    return print_chance(content, &outcome->components[COMPONENT_LOKI].volume_full);
}

static const char *tempo_full(struct content *content, const struct plan_outcome *outcome) {
    return print_chance(content, &outcome->components[COMPONENT_TEMPO].volume_full);
}

static bool burstable(const struct plan *plan) {
    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i]->burstable)
            return true;
    return false;
}

static const char *credits_out(struct content *content, const struct plan_outcome *outcome) {
    return burstable(&outcome->plan) ? print_chance(content, &outcome->credits_exhausted) : "–";
}

static const char *credits_low(struct content *content, const struct plan_outcome *outcome) {
    char median[PHRASE_BYTES], low[PHRASE_BYTES];
    if (!burstable(&outcome->plan))
        return "–";
    return content_print(content, "%s / %s",
                         phrase_count(median, sizeof median, outcome->credit_balance_low.p50),
                         phrase_count(low, sizeof low, outcome->credit_balance_low.p5));
}

static const char *logs_lost(struct content *content, const struct plan_outcome *outcome) {
    char phrase[PHRASE_BYTES];
    return content_print(content, "%s", phrase_share(phrase, sizeof phrase, outcome->log_loss.p95));
}

static const char *throttled(struct content *content, const struct plan_outcome *outcome) {
    char loki[PHRASE_BYTES], tempo[PHRASE_BYTES];
    return content_print(
        content, "%s / %s",
        phrase_share(loki, sizeof loki, outcome->components[COMPONENT_LOKI].throttled_fraction),
        phrase_share(tempo, sizeof tempo, outcome->components[COMPONENT_TEMPO].throttled_fraction));
}

static const char *pending_pods(struct content *content, const struct plan_outcome *outcome) {
    return content_print(content, "%zu", outcome->plan.pending);
}

void content_add_risks(struct content *content) {
    static const struct risk risks[] = {
        {"Loki is killed, out of memory", loki_killed},
        {"Tempo is killed, out of memory", tempo_killed},
        {"Loki's volume fills (bytes or inodes)", loki_full},
        {"Tempo's volume fills", tempo_full},
        {"A node runs out of CPU credits", credits_out},
        {"Lowest credit balance, P50 / P5", credits_low},
        {"Time at the CPU limit, Loki / Tempo", throttled},
        {"Log bytes lost, P95", logs_lost},
        {"Pods without a node", pending_pods},
    };
    struct sheet_column columns[1 + CONTENT_PLANS_MAX] = {{NULL, "Risk", false, true}};
    for (size_t p = 0; p < content->plan_count; p++)
        columns[1 + p] = (struct sheet_column){NULL, content->plans[p].title, true, true};
    size_t count = sizeof risks / sizeof *risks;
    struct sheet *sheet = content_sheet(content, "risks", "Risks over the horizon", columns,
                                        1 + content->plan_count, count);
    for (size_t i = 0; i < count; i++) {
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        row[0].text = risks[i].title;
        for (size_t p = 0; p < content->plan_count; p++)
            row[1 + p].text = risks[i].print(content, content->plans[p].outcome);
    }
    content_sheet_end(content);
}

/** What the pods on one node ask for, beside what it can give. */
static void fill_node(struct content *content, const struct plan *plan, size_t node,
                      struct sheet_cell *row) {
    double cores = 0, bytes = 0;
    unsigned pods = 0;
    const char *names = "";
    for (size_t i = 0; i < plan->pod_count; i++)
        if (plan->pods[i].node == (int)node) {
            cores += plan->pods[i].request_cores;
            bytes += plan->pods[i].request_bytes;
            pods++;
            if (!plan->pods[i].system)
                names = content_print(content, "%s%s%s", names, names[0] ? ", " : "",
                                      plan->pods[i].name);
        }
    const struct instance_type *type = plan->nodes[node];
    char used[PHRASE_BYTES], most[PHRASE_BYTES];
    row[1].text = content_print(content, "%zu: %s", node + 1, type->name);
    row[2].text = content_print(content, "%u of %u", pods, type->max_pods);
    row[3].text = content_print(content, "%s of %s", phrase_number(used, sizeof used, cores),
                                phrase_number(most, sizeof most, node_allocatable_cores(type)));
    row[4].text = content_print(content, "%s of %s", units_print_bytes(used, sizeof used, bytes),
                                units_print_bytes(most, sizeof most, node_allocatable_bytes(type)));
    row[5].text = names;
}

void content_add_nodes(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Plan", false, false},
        {NULL, "Node", false, false},
        {NULL, "Pods", true, false},
        {"Requested of allocatable", "CPU, cores", true, false},
        {"Requested of allocatable", "memory", true, false},
        {NULL, "Carries", false, true},
    };
    struct sheet *sheet =
        content_sheet(content, "nodes", "Nodes", columns, sizeof columns / sizeof *columns,
                      PLAN_NODES_MAX * CONTENT_PLANS_MAX);
    sheet->secondary = true;
    for (size_t p = 0; p < content->plan_count; p++) {
        const struct plan *plan = &content->plans[p].outcome->plan;
        for (size_t node = 0; node < plan->node_count; node++) {
            struct sheet_cell *row = sheet_row(sheet);
            if (!row)
                break;
            row[0].text = content->plans[p].title;
            fill_node(content, plan, node, row);
        }
    }
    content_sheet_end(content);
}
