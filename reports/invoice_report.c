/* A bill beside the prediction, for people. */
#include "reports/invoice_report.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>

static const char *const exclusion_words[INVOICE_EXCLUSION_COUNT] = {
    [INVOICE_OTHER_REGION] = "in other regions",
    [INVOICE_OTHER_CLUSTER] = "tagged with other clusters",
    [INVOICE_OTHER_SPACE] = "tagged with other namespaces",
    [INVOICE_UNTAGGED] = "without the cluster's tag, as root volumes often are",
    [INVOICE_OTHER_TYPE] = "of instance types the plan does not have",
    [INVOICE_OTHER_SERVICE] = "of other services",
};

static const char *const apart_words[INVOICE_CLASS_COUNT] = {
    [INVOICE_TAX] = "taxes",
    [INVOICE_CREDIT] = "credits",
    [INVOICE_REFUND] = "refunds and corrections",
    [INVOICE_DISCOUNT] = "discounts in rows of their own",
    [INVOICE_COMMITMENT] = "fees of commitments (usage has its share)",
    [INVOICE_UNUSED] = "commitments not used",
    [INVOICE_NEGATION] = "counter-entries of savings plans",
    [INVOICE_UNKNOWN] = "of kinds not known here",
};

/** `$4.20`, `-$4.20`. */
static const char *money(struct arena *arena, double usd) {
    char words[PHRASE_BYTES];
    const char *sign = usd < -0.005 ? "-" : "";
    return arena_print(arena, "%s%s", sign, units_print_usd(words, sizeof words, fabs(usd)));
}

/** `+$4.20`, `-$4.20`, `$0.00`. */
static const char *difference(struct arena *arena, double usd) {
    return arena_print(arena, "%s%s", usd > 0.005 ? "+" : "", money(arena, usd));
}

static const char *rows_words(struct arena *arena, double rows) {
    char words[PHRASE_BYTES];
    return arena_print(arena, "%s row%s", phrase_count(words, sizeof words, rows),
                       rows == 1 ? "" : "s");
}

/** What the scenario models is what can be compared; the rest is named beside it. */
static const char *headline(struct arena *arena, const struct invoice_report *report) {
    const struct invoice_comparison *comparison = report->comparison;
    double more = comparison->modelled_usd - comparison->predicted_usd;
    double others = comparison->billed_usd - comparison->modelled_usd;
    const char *words = arena_print(arena, "%s: %s a month billed for what is predicted at %s",
                                    report->scenario->name, money(arena, comparison->modelled_usd),
                                    money(arena, comparison->predicted_usd));
    if (words && fabs(more) >= 0.005 && comparison->predicted_usd > 0)
        words =
            arena_print(arena, "%s, %s (%.0f %%) %s", words, money(arena, fabs(more)),
                        100 * fabs(more) / comparison->predicted_usd, more > 0 ? "more" : "less");
    if (words && fabs(others) >= 0.005)
        words = arena_print(arena, "%s; %s for what the scenario does not have", words,
                            money(arena, others));
    return words;
}

static void add_bill(struct arena *arena, const struct invoice *invoice,
                     struct statement *statement) {
    statement_fact(statement, "Bill",
                   arena_print(arena, "%s, %s, %s invoiced in all", invoice->layout,
                               rows_words(arena, invoice->rows),
                               money(arena, invoice->billed_usd)));
}

static void add_period(struct arena *arena, const struct invoice_comparison *comparison,
                       struct statement *statement) {
    const struct invoice *invoice = comparison->invoice;
    statement_fact(
        statement, "Period",
        arena_print(arena,
                    "usage from %s to %s UTC, %.0f h: hours and gigabytes x %.4g for a month of "
                    "730 h, what is metered by the month x %.4g",
                    invoice->start, invoice->end, invoice->hours, comparison->hour_factor,
                    comparison->month_factor));
}

static void add_counted(struct arena *arena, const struct invoice_report *report,
                        struct statement *statement) {
    const struct invoice_comparison *comparison = report->comparison;
    const struct invoice_sum *counted = &comparison->sums[INVOICE_COUNTED];
    const char *cluster =
        !comparison->cluster ? ""
        : comparison->cluster_by_name
            ? arena_print(arena, ", cluster %s", comparison->cluster)
            : arena_print(arena, ", cluster %s, the only one tagged", comparison->cluster);
    statement_fact(statement, "Counted",
                   cluster
                       ? arena_print(arena, "%s, %s: region %s%s, namespace %s or none",
                                     rows_words(arena, counted->rows), money(arena, counted->usd),
                                     report->scenario->region, cluster, comparison->space)
                       : NULL);
}

static const char *sums_words(struct arena *arena, const struct invoice_sum *sums,
                              const char *const *words, size_t first, size_t count) {
    const char *all = "";
    for (size_t i = first; i < count && all; i++)
        if (sums[i].rows > 0)
            all = arena_print(arena, "%s%s%s %s (%s)", all, *all ? ", " : "",
                              money(arena, sums[i].usd), words[i], rows_words(arena, sums[i].rows));
    return all;
}

static void add_sums(struct arena *arena, const struct invoice_comparison *comparison,
                     struct statement *statement) {
    const char *left = sums_words(arena, comparison->sums, exclusion_words, INVOICE_COUNTED + 1,
                                  INVOICE_EXCLUSION_COUNT);
    if (!left || *left)
        statement_fact(statement, "Left out", left);
    const char *apart = sums_words(arena, comparison->invoice->apart, apart_words,
                                   INVOICE_USAGE + 1, INVOICE_CLASS_COUNT);
    if (!apart || *apart)
        statement_fact(statement, "Apart", apart);
}

static void add_prediction(struct arena *arena, const struct invoice_report *report,
                           struct statement *statement) {
    const struct quantiles *usd = &report->outcome->monthly_usd;
    char nodes[256];
    plan_print_nodes(&report->outcome->plan, nodes, sizeof nodes);
    statement_fact(statement, "Predicted",
                   usd->p95 - usd->p5 < 0.005
                       ? arena_print(arena, "the stack as written on %s, %s in every month", nodes,
                                     money(arena, usd->p50))
                       : arena_print(arena,
                                     "the stack as written on %s, %s to %s in 90 %% of months",
                                     nodes, money(arena, usd->p5), money(arena, usd->p95)));
}

static void add_row(struct arena *arena, struct sheet *sheet, const char *title,
                    const struct invoice_amount *billed, const struct invoice_amount *predicted,
                    double difference_usd, const char *reason, enum tone tone) {
    struct sheet_cell *cells = sheet_row(sheet);
    if (!cells)
        return;
    const char *texts[] = {title, billed->there ? money(arena, billed->usd) : "–",
                           predicted->there ? money(arena, predicted->usd) : "–",
                           difference(arena, difference_usd), reason};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cells[i] = (struct sheet_cell){.text = texts[i], .tone = tone};
}

static void add_lines(struct arena *arena, const struct invoice_comparison *comparison,
                      struct statement *statement) {
    static const struct sheet_column columns[] = {
        {.heading = "Item"},
        {.heading = "Billed", .numeric = true},
        {.heading = "Predicted", .numeric = true},
        {.heading = "Difference", .numeric = true},
        {.heading = "Likely reason", .wraps = true},
    };
    struct sheet *sheet = statement_sheet(statement);
    if (!sheet)
        return;
    sheet_start(sheet, arena, "bill", "Line by line", columns, sizeof columns / sizeof *columns,
                comparison->line_count + 1);
    sheet->note = "US dollars for a month of 730 h.";
    for (size_t i = 0; i < comparison->line_count; i++) {
        const struct invoice_line *line = &comparison->lines[i];
        add_row(arena, sheet, line->title, &line->billed, &line->predicted, line->difference_usd,
                line->reason, TONE_PLAIN);
    }
    const struct invoice_amount billed = {.usd = comparison->billed_usd, .there = true};
    const struct invoice_amount predicted = {.usd = comparison->predicted_usd, .there = true};
    add_row(arena, sheet, "Total", &billed, &predicted, billed.usd - predicted.usd, "",
            TONE_STRONG);
}

static bool has_shared(const struct invoice_comparison *comparison) {
    for (size_t i = 0; i < comparison->line_count; i++)
        if (comparison->lines[i].billed.there &&
            comparison->lines[i].kind > INVOICE_EXTENDED_SUPPORT)
            return true;
    return false;
}

static void add_notes(struct arena *arena, const struct invoice_comparison *comparison,
                      struct statement *statement) {
    const struct invoice *invoice = comparison->invoice;
    const struct invoice_sum *negative = &invoice->apart[INVOICE_USAGE];
    if (!comparison->cluster)
        statement_note(statement,
                       invoice->has_tags
                           ? "No tag names a cluster: what else runs in the region counts too, "
                             "instances by their type. Activate the cost allocation tag "
                             "aws:eks:cluster-name to tell them apart."
                           : "The bill has no tags: what else runs in the region counts too, "
                             "instances by their type.");
    if (has_shared(comparison))
        statement_note(statement, "Gateways, addresses, traffic, CloudWatch and X-Ray serve the "
                                  "whole account: other stacks' share is in them.");
    if (negative->rows > 0)
        statement_note(statement,
                       arena_print(arena,
                                   "%s of usage have a negative amount, %s in "
                                   "all; they count like the others.",
                                   rows_words(arena, negative->rows), money(arena, negative->usd)));
    if (invoice->tags_damaged > 0)
        statement_note(statement,
                       arena_print(arena, "The tags of %s are no JSON object and were passed over.",
                                   rows_words(arena, invoice->tags_damaged)));
    if (invoice->rest.rows > 0)
        statement_note(statement,
                       arena_print(arena,
                                   "The bill has too many clusters and namespaces: %s, %s, "
                                   "are among other services.",
                                   rows_words(arena, invoice->rest.rows),
                                   money(arena, invoice->rest.usd)));
    if (invoice->months < 0.9)
        statement_note(statement, "The bill covers part of a month: what is billed once a month "
                                  "looks larger than it is.");
}

void invoice_report_make(struct arena *arena, const struct invoice_report *report,
                         struct statement *statement) {
    const struct invoice_comparison *comparison = report->comparison;
    *statement = (struct statement){.headline = headline(arena, report)};
    add_bill(arena, comparison->invoice, statement);
    add_period(arena, comparison, statement);
    add_counted(arena, report, statement);
    add_sums(arena, comparison, statement);
    add_prediction(arena, report, statement);
    add_lines(arena, comparison, statement);
    add_notes(arena, comparison, statement);
}
