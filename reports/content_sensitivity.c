#include "reports/content_parts.h"
#include "reports/phrase.h"

#include <string.h>

void content_add_sensitivity_fact(struct content *content) {
    const struct sensitivity_summary *summary = &content->report->result->sensitivity_summary;
    if (summary->known)
        content_fact(content, "Next", TONE_PLAIN, content_words(content, summary->measure_next));
}

/** The chance of a miss and, when a target is missed for it, that in words. */
static struct sheet_cell risk_cell(struct content *content, const struct sensitivity_end *end) {
    char risk[PHRASE_BYTES];
    return (struct sheet_cell){
        .text = content_print(content, "%s", phrase_chance(risk, sizeof risk, end->risk)),
        .detail = end->holds ? NULL : "missed",
        .tone = end->holds ? TONE_PLAIN : TONE_BAD};
}

static struct sheet_cell cost_cell(struct content *content, const struct sensitivity_end *base,
                                   const struct sensitivity_end *end) {
    if (!end->found)
        return (struct sheet_cell){.text = "none passes", .tone = TONE_BAD};
    return (struct sheet_cell){.text = content_usd(content, end->monthly_usd),
                               .detail = strcmp(end->nodes, base->nodes) == 0 ? NULL : end->nodes};
}

/** First order; below it the total, so that neither needs words in a narrow column. */
static struct sheet_cell index_cell(struct content *content,
                                    const struct sensitivity_index *index) {
    char first[PHRASE_BYTES], total[PHRASE_BYTES];
    /* Estimates scatter around their value, also below nothing. */
    phrase_share(first, sizeof first, index->first < 0 ? 0 : index->first);
    phrase_share(total, sizeof total, index->total);
    return (struct sheet_cell){.text = content_print(content, "%s", first),
                               .detail = content_print(content, "(%s)", total)};
}

static void fill_input(struct content *content, const struct sensitivity *row,
                       struct sheet_cell cells[8]) {
    const struct sensitivity_end *base = &content->report->result->sensitivity_summary.base;
    cells[0].text = row->title;
    cells[1].text = content_print(content, "%.2f–%.2f", row->low.at, row->high.at);
    cells[2] = risk_cell(content, &row->low);
    cells[3] = risk_cell(content, &row->high);
    cells[4] = cost_cell(content, base, &row->low);
    cells[5] = cost_cell(content, base, &row->high);
    cells[6] = index_cell(content, &row->memory);
    cells[7] = index_cell(content, &row->disk);
}

/** The random paths, which explain what the inputs do not. */
static void fill_chance(struct content *content, const struct sensitivity_summary *summary,
                        struct sheet_cell cells[8]) {
    cells[0].text = "Chance";
    cells[0].detail = "when incidents and bursts come";
    for (int i = 1; i < 6; i++)
        cells[i].text = "–";
    cells[6] = index_cell(content, &summary->chance_memory);
    cells[7] = index_cell(content, &summary->chance_disk);
}

void content_add_sensitivity(struct content *content) {
    static const struct sheet_column columns[] = {
        {NULL, "Input", false, true},
        {NULL, "10th to 90th", true, true},
        {"Chance of a miss", "at 10th", true, false},
        {"Chance of a miss", "at 90th", true, false},
        {"Cheapest plan", "at 10th", true, true},
        {"Cheapest plan", "at 90th", true, true},
        {"Explains of the headroom", "of memory", true, true},
        {"Explains of the headroom", "of disk", true, true},
    };
    const struct result *result = content->report->result;
    const struct sensitivity_summary *summary = &result->sensitivity_summary;
    char risk[PHRASE_BYTES], replicas[PHRASE_BYTES];
    struct sheet *sheet =
        content_sheet(content, "sensitivity", "What moves risk and cost", columns,
                      sizeof columns / sizeof *columns, RESULT_SENSITIVITY_MAX + 1);
    sheet->note = content_print(
        content,
        "Each input at its 10th and 90th percentile (times what the scenario says or the models "
        "predict), the others as they are: then a miss has a chance of %s, by %s runs. "
        "Explained: share of the variance that the input has by itself and (in all, with others): "
        "Sobol indices. That the scenario's figures are known to x 0.8–1.25 and incidents to "
        "x 0.5–2 is an assumption.",
        phrase_chance(risk, sizeof risk, summary->base.risk),
        phrase_count(replicas, sizeof replicas, (double)summary->replicas));
    for (size_t i = 0; i < result->sensitivity_count; i++) {
        struct sheet_cell *cells = sheet_row(sheet);
        if (cells)
            fill_input(content, &result->sensitivity[i], cells);
    }
    if (summary->known) {
        struct sheet_cell *cells = sheet_row(sheet);
        if (cells)
            fill_chance(content, summary, cells);
    }
    content_sheet_end(content);
}
