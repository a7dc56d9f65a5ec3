#include "reports/content_parts.h"
#include "reports/phrase.h"

#include <string.h>

/** The number by which a source is cited, from 1; 0 when there is none. */
static size_t cite(struct content *content, const char *source) {
    if (!source || !source[0])
        return 0;
    for (size_t i = 0; i < content->source_count; i++)
        if (strcmp(content->sources[i], source) == 0)
            return i + 1;
    if (content->source_count == CONTENT_SOURCES_MAX)
        return 0;
    content->sources[content->source_count++] = source;
    return content->source_count;
}

static struct sheet_cell citation(struct content *content, const char *source) {
    size_t number = cite(content, source);
    return (struct sheet_cell){.text = number ? content_print(content, "[%zu]", number) : "",
                               .source = number};
}

/** The same meter at the same price. */
static bool same_item(const struct cost_item *a, const struct cost_item *b) {
    return strcmp(a->component, b->component) == 0 && strcmp(a->item, b->item) == 0 &&
           strcmp(a->unit, b->unit) == 0 && a->usd_per_unit == b->usd_per_unit;
}

/** The `occurrence`-th item of the bill like `item`; NULL when there are fewer. */
static const struct cost_item *find_item(const struct bill *bill, const struct cost_item *item,
                                         size_t occurrence) {
    for (size_t i = 0; i < bill->count; i++)
        if (same_item(&bill->items[i], item) && occurrence-- == 0)
            return &bill->items[i];
    return NULL;
}

/** How many items before `index` are like it. */
static size_t occurrences_before(const struct bill *bill, size_t index) {
    size_t count = 0;
    for (size_t i = 0; i < index; i++)
        count += same_item(&bill->items[i], &bill->items[index]) ? 1 : 0;
    return count;
}

static void fill_item(struct content *content, const struct cost_item *item, struct sheet_cell *row,
                      size_t price_column) {
    char price[PHRASE_BYTES];
    row[0].text = content_print(content, "%s: %s", item->component, item->item);
    row[price_column].text = content_print(
        content, "%s / %s", phrase_unit_price(price, sizeof price, item->usd_per_unit), item->unit);
    row[price_column + 1] = citation(content, item->source);
}

static void fill_amount(struct content *content, const struct cost_item *item,
                        struct sheet_cell cells[2]) {
    char quantity[PHRASE_BYTES];
    if (!item) {
        cells[0].text = cells[1].text = "–";
        return;
    }
    cells[0].text =
        content_print(content, "%s", phrase_quantity(quantity, sizeof quantity, item->quantity));
    cells[1].text = content_usd(content, item->usd_per_month);
}

/** Rows of the items of one component, in either bill; an item both have shares its row. */
static void add_component_items(struct content *content, struct sheet *sheet,
                                const char *component) {
    size_t plans = content->plan_count;
    for (size_t p = 0; p < plans; p++) {
        const struct bill *bill = &content->plans[p].outcome->bill;
        for (size_t i = 0; i < bill->count; i++) {
            const struct cost_item *item = &bill->items[i];
            size_t occurrence = occurrences_before(bill, i);
            if (strcmp(item->component, component) != 0 ||
                (p > 0 && find_item(&content->plans[0].outcome->bill, item, occurrence)))
                continue;
            struct sheet_cell *row = sheet_row(sheet);
            if (!row)
                return;
            fill_item(content, item, row, 1 + 2 * plans);
            for (size_t q = 0; q < plans; q++)
                fill_amount(content, find_item(&content->plans[q].outcome->bill, item, occurrence),
                            &row[1 + 2 * q]);
        }
    }
}

/** Does an item of the component stand before item `index` of plan `plan`? */
static bool component_seen(const struct content *content, size_t plan, size_t index) {
    const char *component = content->plans[plan].outcome->bill.items[index].component;
    for (size_t p = 0; p <= plan; p++) {
        const struct bill *bill = &content->plans[p].outcome->bill;
        for (size_t i = 0; i < (p == plan ? index : bill->count); i++)
            if (strcmp(bill->items[i].component, component) == 0)
                return true;
    }
    return false;
}

static void add_items(struct content *content, struct sheet *sheet) {
    for (size_t p = 0; p < content->plan_count; p++) {
        const struct bill *bill = &content->plans[p].outcome->bill;
        for (size_t i = 0; i < bill->count; i++)
            if (!component_seen(content, p, i))
                add_component_items(content, sheet, bill->items[i].component);
    }
}

static void add_totals(struct content *content, struct sheet *sheet) {
    struct sheet_cell *total = sheet_row(sheet);
    struct sheet_cell *low = sheet_row(sheet);
    struct sheet_cell *high = sheet_row(sheet);
    if (!total || !low || !high)
        return;
    total[0] = (struct sheet_cell){.text = "Total a month", .tone = TONE_STRONG};
    low[0].text = "5th percentile of simulated runs";
    high[0].text = "95th percentile of simulated runs";
    for (size_t p = 0; p < content->plan_count; p++) {
        const struct plan_outcome *outcome = content->plans[p].outcome;
        total[2 + 2 * p] = (struct sheet_cell){
            .text = content_usd(content, bill_total(&outcome->bill)), .tone = TONE_STRONG};
        low[2 + 2 * p].text = content_usd(content, outcome->monthly_usd.p5);
        high[2 + 2 * p].text = content_usd(content, outcome->monthly_usd.p95);
    }
}

void content_add_cost(struct content *content) {
    struct sheet_column columns[3 + 2 * CONTENT_PLANS_MAX] = {{NULL, "Item", false, true}};
    size_t plans = content->plan_count;
    for (size_t p = 0; p < plans; p++) {
        const char *group = content->plans[p].title;
        columns[1 + 2 * p] = (struct sheet_column){group, "quantity", true, false};
        columns[2 + 2 * p] = (struct sheet_column){group, "a month", true, false};
    }
    columns[1 + 2 * plans] = (struct sheet_column){NULL, "Price", true, true};
    columns[2 + 2 * plans] = (struct sheet_column){NULL, "Source", false, false};
    struct sheet *sheet = content_sheet(content, "cost", "Cost, line by line", columns,
                                        3 + 2 * plans, 2 * BILL_ITEMS_MAX + 3);
    add_items(content, sheet);
    add_totals(content, sheet);
    content_sheet_end(content);
}

/** `$131.57 (80 %)`, or `costs $5.10 more`. */
static const char *print_saving(struct content *content, double managed_usd, double own_usd) {
    char share[PHRASE_BYTES];
    if (own_usd > managed_usd)
        return content_print(content, "costs %s more", content_usd(content, own_usd - managed_usd));
    if (managed_usd <= 0)
        return "–";
    phrase_share(share, sizeof share, (managed_usd - own_usd) / managed_usd);
    return content_print(content, "%s (%s)", content_usd(content, managed_usd - own_usd), share);
}

void content_add_managed(struct content *content) {
    struct sheet_column columns[2 + CONTENT_PLANS_MAX] = {{NULL, "The same load at", false, true},
                                                          {NULL, "A month", true, false}};
    for (size_t p = 0; p < content->plan_count; p++)
        columns[2 + p] = (struct sheet_column){"Saved by", content->plans[p].title, true, true};
    const struct result *result = content->report->result;
    struct sheet *sheet = content_sheet(content, "managed", "Managed services", columns,
                                        2 + content->plan_count, MANAGED_COUNT);
    for (size_t i = 0; i < MANAGED_COUNT; i++) {
        const struct managed_outcome *managed = &result->managed[i];
        if (managed->bill.count == 0)
            continue;
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        bool baseline = managed->service == result->scenario->managed.baseline;
        row[0] = (struct sheet_cell){.text = managed_title(managed->service),
                                     .detail = baseline ? "the baseline of the target" : NULL,
                                     .tone = baseline ? TONE_STRONG : TONE_PLAIN};
        row[1].text = content_usd(content, managed->monthly_usd);
        for (size_t p = 0; p < content->plan_count; p++)
            row[2 + p].text = print_saving(content, managed->monthly_usd,
                                           bill_total(&content->plans[p].outcome->bill));
    }
    content_sheet_end(content);
}

void content_add_baseline(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Item", false, true},    {NULL, "Quantity", true, false},
        {NULL, "A month", true, false}, {NULL, "Price", true, true},
        {NULL, "Source", false, false},
    };
    const struct result *result = content->report->result;
    enum managed_service service = result->scenario->managed.baseline;
    const struct bill *bill = &result->managed[service].bill;
    struct sheet *sheet =
        content_sheet(content, "baseline", "The managed baseline, line by line", columns,
                      sizeof columns / sizeof *columns, BILL_ITEMS_MAX + 1);
    sheet->secondary = true;
    sheet->note = managed_title(service);
    for (size_t i = 0; i < bill->count; i++) {
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        fill_item(content, &bill->items[i], row, 3);
        fill_amount(content, &bill->items[i], &row[1]);
    }
    struct sheet_cell *total = bill->count > 0 ? sheet_row(sheet) : NULL;
    if (total) {
        total[0] = (struct sheet_cell){.text = "Total a month", .tone = TONE_STRONG};
        total[2] = (struct sheet_cell){.text = content_usd(content, bill_total(bill)),
                                       .tone = TONE_STRONG};
    }
    content_sheet_end(content);
}

void content_add_brief(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Item", false, true},
        {NULL, "In the brief", true, false},
        {NULL, "List price", true, false},
        {NULL, "How the list price comes about", false, true},
    };
    const struct result *result = content->report->result;
    struct sheet *sheet = content_sheet(content, "brief", "The brief's table beside true prices",
                                        columns, sizeof columns / sizeof *columns, BRIEF_LINES_MAX);
    for (size_t i = 0; i < result->brief_count; i++) {
        const struct brief_line *line = &result->brief[i];
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        enum tone tone = strncmp(line->item, "Total", 5) == 0 ? TONE_STRONG : TONE_PLAIN;
        row[0] = (struct sheet_cell){.text = line->item, .tone = tone};
        row[1] = (struct sheet_cell){.text = content_usd(content, line->brief_usd), .tone = tone};
        row[2] = (struct sheet_cell){.text = content_usd(content, line->list_usd), .tone = tone};
        row[3].text = content_words(content, line->note);
    }
    content_sheet_end(content);
}

static const char *print_missed(struct content *content, const struct plan_outcome *outcome) {
    const char *missed = "";
    for (size_t i = 0; i < outcome->target_count; i++)
        if (!outcome->targets[i].holds)
            missed = content_print(content, "%s%s%s", missed, missed[0] ? ", " : "misses ",
                                   target_title(outcome->targets[i].kind));
    return missed[0] ? missed : NULL;
}

/** One plan: nodes and settings, cost, chance of kills, verdict. */
static void fill_plan(struct content *content, const struct plan_outcome *plan,
                      struct sheet_cell row[5]) {
    char nodes[256], chance[PHRASE_BYTES];
    row[0].text = content_print(content, "%s", plan_print_nodes(&plan->plan, nodes, sizeof nodes));
    /* The label says the nodes first, which have a column of their own. */
    const size_t named = strlen(row[0].text);
    const bool repeats =
        strncmp(plan->label, row[0].text, named) == 0 && strncmp(plan->label + named, ", ", 2) == 0;
    row[1].text = content_words(content, plan->label + (repeats ? named + 2 : 0));
    row[2].text = content_usd(content, plan->monthly_usd.p50);
    row[3].text = "–";
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct probability *kills = &plan->targets[i].probability;
        if (plan->targets[i].kind != TARGET_OUT_OF_MEMORY)
            continue;
        row[3].text =
            content_print(content, "%s", phrase_chance(chance, sizeof chance, kills->value));
        row[3].detail = content_print(content, "%s", phrase_interval(chance, sizeof chance, kills));
    }
    row[4] = (struct sheet_cell){.text = phrase_verdict_marked(plan->holds),
                                 .detail = print_missed(content, plan),
                                 .tone = plan->holds ? TONE_GOOD : TONE_BAD};
}

void content_add_alternatives(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Nodes", false, true},    {NULL, "Loki, and both volumes", false, true},
        {NULL, "A month", true, false},  {NULL, "Kills", true, false},
        {NULL, "Verdict", false, false},
    };
    const struct result *result = content->report->result;
    struct sheet *sheet =
        content_sheet(content, "alternatives", result->best ? "The best plans" : "Alternatives",
                      columns, sizeof columns / sizeof *columns, RESULT_ALTERNATIVES_MAX + 1);
    char screened[PHRASE_BYTES];
    phrase_count(screened, sizeof screened, (double)result->candidates_screened);
    sheet->secondary = !result->best;
    sheet->note = content_print(
        content,
        "%s plans were looked up, %zu of them simulated, these too. Kills: chance of any, with its "
        "95 %% interval.",
        screened, result->candidates_verified);
    struct sheet_cell *row = result->best ? sheet_row(sheet) : NULL;
    if (row)
        fill_plan(content, result->best, row);
    for (size_t i = 0; i < result->alternative_count; i++) {
        row = sheet_row(sheet);
        if (!row)
            break;
        fill_plan(content, result->alternatives[i], row);
    }
    content_sheet_end(content);
}
