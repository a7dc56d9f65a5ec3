#include "reports/content_parts.h"
#include "reports/phrase.h"

static const struct target_outcome *find_target(const struct plan_outcome *outcome,
                                                enum target_kind kind) {
    for (size_t i = 0; i < outcome->target_count; i++)
        if (outcome->targets[i].kind == kind)
            return &outcome->targets[i];
    return NULL;
}

static const char *print_interval(struct content *content, const struct probability *probability) {
    char interval[PHRASE_BYTES];
    return content_print(content, "%s", phrase_interval(interval, sizeof interval, probability));
}

/** Verdict, value and chance of one target in one plan. */
static void fill_outcome(struct content *content, const struct target_outcome *target,
                         struct sheet_cell cells[3]) {
    char chance[PHRASE_BYTES];
    enum tone tone = target->holds ? TONE_GOOD : TONE_BAD;
    cells[0] = (struct sheet_cell){.text = phrase_verdict_marked(target->holds), .tone = tone};
    cells[1].text = content_words(content, target->value_text);
    if (target->kind == TARGET_OUT_OF_MEMORY) {
        /* Its probability is that of a kill, so it belongs to the value. */
        cells[1].text = content_print(
            content, "%s", phrase_chance(chance, sizeof chance, target->probability.value));
        cells[1].detail = print_interval(content, &target->probability);
        cells[2].text = "–";
        return;
    }
    cells[2].text = content_print(content, "%s",
                                  phrase_chance(chance, sizeof chance, target->probability.value));
    cells[2].detail = print_interval(content, &target->probability);
}

static void add_verdicts(struct content *content) {
    struct sheet_column columns[1 + 3 * CONTENT_PLANS_MAX] = {{NULL, "Target", false, true}};
    for (size_t p = 0; p < content->plan_count; p++) {
        const char *group = content->plans[p].title;
        columns[1 + 3 * p] = (struct sheet_column){group, "verdict", false, false};
        columns[2 + 3 * p] = (struct sheet_column){group, "found", true, false};
        columns[3 + 3 * p] = (struct sheet_column){group, "chance", true, false};
    }
    struct sheet *sheet = content_sheet(content, "targets", "Targets", columns,
                                        1 + 3 * content->plan_count, TARGET_COUNT);
    sheet->note = "Chance that a target is met, with its 95 % interval; for kills, the chance "
                  "of any.";
    const struct plan_outcome *written = content->plans[0].outcome;
    for (size_t i = 0; i < written->target_count; i++) {
        const struct target_outcome *target = &written->targets[i];
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        row[0].text = target_title(target->kind);
        row[0].detail = content_words(content, target->bound_text);
        for (size_t p = 0; p < content->plan_count; p++) {
            const struct target_outcome *own = find_target(content->plans[p].outcome, target->kind);
            if (own)
                fill_outcome(content, own, &row[1 + 3 * p]);
        }
    }
    content_sheet_end(content);
}

static void add_reasons(struct content *content) {
    struct sheet_column columns[1 + CONTENT_PLANS_MAX] = {{NULL, "Target", false, false}};
    for (size_t p = 0; p < content->plan_count; p++)
        columns[1 + p] = (struct sheet_column){NULL, content->plans[p].title, false, true};
    struct sheet *sheet = content_sheet(content, "reasons", "What decides each target", columns,
                                        1 + content->plan_count, TARGET_COUNT);
    sheet->secondary = true;
    const struct plan_outcome *written = content->plans[0].outcome;
    for (size_t i = 0; i < written->target_count; i++) {
        enum target_kind kind = written->targets[i].kind;
        struct sheet_cell *row = sheet_row(sheet);
        if (!row)
            break;
        row[0].text = target_title(kind);
        for (size_t p = 0; p < content->plan_count; p++) {
            const struct target_outcome *own = find_target(content->plans[p].outcome, kind);
            if (own) {
                row[1 + p].text = content_words(content, own->reason);
                row[1 + p].tone = own->holds ? TONE_PLAIN : TONE_BAD;
            }
        }
    }
    content_sheet_end(content);
}

void content_add_targets(struct content *content) {
    add_verdicts(content);
    add_reasons(content);
}
