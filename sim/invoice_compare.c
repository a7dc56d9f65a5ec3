#include "sim/invoice_compare.h"

#include "sim/base/units.h"
#include "sim/invoice_reason.h"
#include "sim/invoice_select.h"

#include <stdlib.h>
#include <string.h>

struct comparing {
    const struct invoice_compare_input *input;
    struct invoice_comparison *comparison;
    struct diagnostics *diagnostics;
};

/** How the predicted bill calls what a kind of line compares; instances are told by the plan. */
static const struct {
    const char *component, *item; /**< beginnings */
    enum invoice_kind kind;
} predicted_kinds[] = {
    {"nodes", "surplus CPU credits", INVOICE_CREDITS},
    {"cluster", "EKS control plane", INVOICE_CONTROL_PLANE},
    {"network", "public IPv4", INVOICE_PUBLIC_IPV4},
    {"network", "NAT gateways", INVOICE_NAT_HOURS},
    {"network", "traffic between zones", INVOICE_CROSS_ZONE},
};

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static enum invoice_kind predicted_kind(const struct cost_item *item) {
    if (strcmp(item->component, "nodes") == 0 && strcmp(item->unit, "hour") == 0)
        return INVOICE_INSTANCE;
    if (strcmp(item->unit, "GiB-month") == 0 && strstr(item->item, "gp3"))
        return INVOICE_GP3_STORAGE;
    for (size_t i = 0; i < sizeof predicted_kinds / sizeof *predicted_kinds; i++)
        if (begins(item->component, predicted_kinds[i].component) &&
            begins(item->item, predicted_kinds[i].item))
            return predicted_kinds[i].kind;
    return INVOICE_OTHER;
}

static struct invoice_line *known_line(struct invoice_comparison *comparison,
                                       enum invoice_kind kind, const char *title) {
    for (size_t i = 0; i < comparison->line_count; i++)
        if (comparison->lines[i].kind == kind && strcmp(comparison->lines[i].title, title) == 0)
            return &comparison->lines[i];
    return NULL;
}

/** The line of a kind and title, made when it is not there; the last one when there is no room. */
static struct invoice_line *find_line(struct invoice_comparison *comparison, enum invoice_kind kind,
                                      const char *title, const char *unit) {
    struct invoice_line *line = known_line(comparison, kind, title);
    if (!line && kind == INVOICE_INSTANCE && comparison->line_count >= INVOICE_TYPES_MAX) {
        title = "instances of other types";
        line = known_line(comparison, kind, title);
    }
    if (line)
        return line;
    if (comparison->line_count == INVOICE_LINES_MAX)
        return &comparison->lines[INVOICE_LINES_MAX - 1];
    line = &comparison->lines[comparison->line_count++];
    *line = (struct invoice_line){.kind = kind, .title = title, .unit = unit};
    return line;
}

static void add_amount(struct invoice_amount *amount, double quantity, double usd) {
    amount->there = true;
    amount->quantity += quantity;
    amount->usd += usd;
}

/** The predicted bill lists its instances in the order of the plan's nodes, equal neighbours as
 *  one. */
static void add_predicted(struct comparing *comparing) {
    const struct plan_outcome *outcome = comparing->input->outcome;
    const struct plan *plan = &outcome->plan;
    size_t node = 0;
    for (size_t i = 0; i < outcome->bill.count; i++) {
        const struct cost_item *item = &outcome->bill.items[i];
        enum invoice_kind kind = predicted_kind(item);
        const char *title = kind == INVOICE_OTHER ? item->item : invoice_kind_title(kind);
        const char *unit = kind == INVOICE_OTHER ? item->unit : invoice_kind_unit(kind);
        if (kind == INVOICE_INSTANCE && node < plan->node_count) {
            const struct instance_type *type = plan->nodes[node];
            title = type->name;
            while (node < plan->node_count && plan->nodes[node] == type)
                node++;
        }
        add_amount(&find_line(comparing->comparison, kind, title, unit)->predicted, item->quantity,
                   item->usd_per_month);
    }
}

static void add_billed(struct comparing *comparing, const struct invoice_selection *selection) {
    struct invoice_comparison *comparison = comparing->comparison;
    const struct invoice *invoice = comparing->input->invoice;
    for (size_t i = 0; i < invoice->group_count; i++) {
        const struct invoice_group *group = &invoice->groups[i];
        enum invoice_exclusion exclusion = invoice_selection_of(selection, group);
        comparison->sums[exclusion].rows += group->rows;
        comparison->sums[exclusion].usd += group->usd;
        if (exclusion != INVOICE_COUNTED)
            continue;
        const char *title =
            group->kind == INVOICE_INSTANCE ? group->type : invoice_kind_title(group->kind);
        struct invoice_line *line =
            find_line(comparison, group->kind, title, invoice_kind_unit(group->kind));
        double factor =
            invoice_kind_by_month(group->kind) ? comparison->month_factor : comparison->hour_factor;
        add_amount(&line->billed, factor * group->quantity, factor * group->usd);
    }
    comparison->sums[INVOICE_OTHER_SERVICE].rows += invoice->rest.rows;
    comparison->sums[INVOICE_OTHER_SERVICE].usd += invoice->rest.usd;
}

/** Split the difference: more or less used at the predicted price, then the price of what was
 *  used. */
static void split_difference(struct invoice_line *line) {
    line->difference_usd = line->billed.usd - line->predicted.usd;
    if (line->billed.quantity <= 0 || line->predicted.quantity <= 0 || !*line->unit)
        return;
    double price = line->predicted.usd / line->predicted.quantity;
    line->quantity_usd = (line->billed.quantity - line->predicted.quantity) * price;
    line->price_usd = line->difference_usd - line->quantity_usd;
}

static int compare_lines(const void *a, const void *b) {
    const struct invoice_line *left = a, *right = b;
    if (left->kind != right->kind)
        return (int)left->kind - (int)right->kind;
    return strcmp(left->title, right->title);
}

static enum status finish(struct comparing *comparing) {
    struct invoice_comparison *comparison = comparing->comparison;
    qsort(comparison->lines, comparison->line_count, sizeof *comparison->lines, compare_lines);
    for (size_t i = 0; i < comparison->line_count; i++) {
        struct invoice_line *line = &comparison->lines[i];
        split_difference(line);
        line->reason = invoice_reason(line, comparing->input->scenario, comparing->input->arena);
        if (!line->reason)
            return diagnostics_out_of_memory(comparing->diagnostics, "the comparison");
        comparison->billed_usd += line->billed.usd;
        comparison->predicted_usd += line->predicted.usd;
        comparison->modelled_usd += line->predicted.there ? line->billed.usd : 0;
    }
    return STATUS_OK;
}

enum status invoice_compare(const struct invoice_compare_input *input,
                            struct invoice_comparison *comparison,
                            struct diagnostics *diagnostics) {
    struct comparing comparing = {input, comparison, diagnostics};
    struct invoice_selection selection;
    enum status status = invoice_selection_make(input, &selection, diagnostics);
    if (status != STATUS_OK)
        return status;
    *comparison = (struct invoice_comparison){
        .invoice = input->invoice,
        .cluster = selection.cluster,
        .cluster_by_name = selection.cluster_by_name,
        .space = input->space,
        .hour_factor = HOURS_PER_MONTH / input->invoice->hours,
        .month_factor = 1 / input->invoice->months,
    };
    add_predicted(&comparing);
    add_billed(&comparing, &selection);
    return finish(&comparing);
}
