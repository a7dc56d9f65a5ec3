#include "reports/diff_content.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <string.h>

#define REASON_BYTES 512

static void add_fact(struct diff_content *content, const char *label, enum tone tone,
                     const char *text) {
    if (content->fact_count < DIFF_FACTS_MAX)
        content->facts[content->fact_count++] = (struct diff_fact){label, text, tone};
}

static void add_note(struct diff_content *content, const char *text) {
    if (content->note_count < DIFF_NOTES_MAX)
        content->notes[content->note_count++] = text;
}

static void add_side(struct diff_content *content, struct arena *arena, const char *label,
                     const struct diff_side *side) {
    char usd[PHRASE_BYTES], runs[PHRASE_BYTES], horizon[PHRASE_BYTES];
    const struct diff_plan *plan = &side->as_written;
    add_fact(content, label, TONE_PLAIN,
             arena_print(arena, "%s: %s as written, %s, %s a month; %s runs of %s", side->file,
                         diff_verdict(plan->holds), plan->nodes,
                         units_print_usd(usd, sizeof usd, plan->monthly_usd_p50),
                         phrase_count(runs, sizeof runs, side->replicas),
                         units_print_duration(horizon, sizeof horizon, side->horizon_seconds)));
}

/** Why the row's target is missed; longer reasons than any sentence are cut. */
static char *print_reason(char *buffer, size_t size, const struct diff_plan *plan,
                          const struct diff_row *row) {
    buffer[0] = '\0';
    for (size_t i = 0; i < plan->target_count; i++)
        if (strcmp(plan->targets[i].name, row->key + strlen("targets.")) == 0)
            return phrase_words(buffer, size, plan->targets[i].reason);
    return buffer;
}

/** Lost targets with the reason, gained ones by name. */
static void add_flips(struct diff_content *content, const struct diff *diff) {
    const char *gained = NULL;
    char reason[REASON_BYTES];
    for (size_t i = 0; i < diff->row_count; i++) {
        const struct diff_row *row = &diff->rows[i];
        if (row->flip < 0)
            add_fact(content, "Lost", TONE_BAD,
                     arena_print(diff->arena, "%s: %s", row->what,
                                 print_reason(reason, sizeof reason, &diff->b->as_written, row)));
        if (row->flip > 0)
            gained = gained ? arena_print(diff->arena, "%s, %s", gained, row->what) : row->what;
    }
    if (gained)
        add_fact(content, "Gained", TONE_GOOD, gained);
}

/** Good or bad only where it is sure to be: a target's flip, a chance that rose or fell. */
static enum tone tone_of(const struct diff_row *row) {
    if (row->flip != 0)
        return row->flip > 0 ? TONE_GOOD : TONE_BAD;
    if (row->section != DIFF_FOLLOWS || !row->chance || row->overlap)
        return TONE_PLAIN;
    return row->to_chance.value > row->from_chance.value ? TONE_BAD : TONE_GOOD;
}

static size_t shown_rows(const struct diff *diff, enum diff_section section) {
    size_t count = 0;
    for (size_t i = 0; i < diff->row_count; i++)
        count += diff->rows[i].section == section && diff->rows[i].shown ? 1 : 0;
    return count;
}

static void add_sheet(struct diff_content *content, const struct diff *diff,
                      enum diff_section section) {
    static const struct {
        const char *id, *title, *first, *note;
    } sections[DIFF_SECTIONS] = {
        [DIFF_TARGETS] = {"targets", "Targets", "Target",
                          "Chance that a target is met, with its 95 % interval in per cent; for "
                          "kills, the chance of any."},
        [DIFF_CHANGED] = {"changed", "What was changed", "Setting", NULL},
        [DIFF_FOLLOWS] = {"follows", "What follows", "Figure", NULL},
        [DIFF_BILL] = {"bill", "The bill", "Item", NULL},
    };
    const struct sheet_column columns[] = {{NULL, sections[section].first, false, true},
                                           {NULL, "A", true, true},
                                           {NULL, "B", true, true},
                                           {NULL, "Change", true, true}};
    size_t count = shown_rows(diff, section);
    if (count == 0)
        return;
    struct sheet *sheet = &content->sheets[content->sheet_count++];
    sheet_start(sheet, diff->arena, sections[section].id, sections[section].title, columns,
                sizeof columns / sizeof *columns, count);
    sheet->note = sections[section].note;
    for (size_t i = 0; i < diff->row_count; i++) {
        const struct diff_row *row = &diff->rows[i];
        struct sheet_cell *cells = row->section == section && row->shown ? sheet_row(sheet) : NULL;
        if (!cells)
            continue;
        cells[0].text = row->what;
        cells[1] = (struct sheet_cell){.text = row->from.text, .detail = row->from.detail};
        cells[2] = (struct sheet_cell){.text = row->to.text, .detail = row->to.detail};
        cells[3] = (struct sheet_cell){
            .text = row->change, .detail = row->change_detail, .tone = tone_of(row)};
    }
}

static bool any_overlap(const struct diff *diff) {
    for (size_t i = 0; i < diff->row_count; i++)
        if (diff->rows[i].overlap && diff->rows[i].shown)
            return true;
    return false;
}

static void add_notes(struct diff_content *content, const struct diff *diff) {
    size_t hidden = diff->row_count;
    for (int i = 0; i < DIFF_SECTIONS; i++)
        hidden -= shown_rows(diff, (enum diff_section)i);
    if (any_overlap(diff))
        add_note(content, "Where the 95 % intervals overlap, the difference may be chance; more "
                          "simulated runs (--replicas) narrow them.");
    if (strcmp(diff->a->seed, diff->b->seed) != 0)
        add_note(content, "The seeds differ, so every simulated figure also moves by chance; with "
                          "one --seed on both sides it would not.");
    if (diff->a->horizon_seconds != diff->b->horizon_seconds)
        add_note(content, "The horizons differ, and the longer one has more time for kills, full "
                          "volumes and losses: chances do not compare.");
    if (strcmp(diff->a->version, diff->b->version) != 0)
        add_note(content, arena_print(diff->arena,
                                      "A was made by version %s, B by %s: the models may differ.",
                                      diff->a->version, diff->b->version));
    if (hidden > 0)
        add_note(content, arena_print(diff->arena,
                                      "%zu more %s by less than the digits shown; --format json "
                                      "has them.",
                                      hidden, hidden == 1 ? "figure differs" : "figures differ"));
}

static bool is_whole(const struct diff_content *content) {
    for (size_t i = 0; i < content->fact_count; i++)
        if (!content->facts[i].text)
            return false;
    for (size_t i = 0; i < content->sheet_count; i++)
        if (content->sheets[i].failed)
            return false;
    for (size_t i = 0; i < content->note_count; i++)
        if (!content->notes[i])
            return false;
    return true;
}

enum status diff_content_make(const struct diff *diff, struct diff_content *content,
                              struct diagnostics *diagnostics) {
    *content =
        (struct diff_content){.standing = diff->worse                 ? DIFF_STANDING_WORSE
                                          : diff->b->as_written.holds ? DIFF_STANDING_HOLDS
                                                                      : DIFF_STANDING_MISSED};
    add_side(content, diff->arena, "A", diff->a);
    add_side(content, diff->arena, "B", diff->b);
    add_flips(content, diff);
    for (int i = 0; i < DIFF_SECTIONS; i++)
        add_sheet(content, diff, (enum diff_section)i);
    add_notes(content, diff);
    return is_whole(content) ? STATUS_OK : diagnostics_out_of_memory(diagnostics, "a comparison");
}
