#include "reports/sweep_content.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <stdio.h>
#include <string.h>

bool sweep_cheapest(const struct sweep_row *row, double *usd_per_month) {
    if (row->written_holds)
        *usd_per_month = row->written_usd_per_month;
    if (row->found && (!row->written_holds || row->best_usd_per_month < *usd_per_month))
        *usd_per_month = row->best_usd_per_month;
    return row->written_holds || row->found;
}

const char *sweep_short_key(const char *key) {
    const char *dot = strchr(key, '.');
    return dot ? dot + 1 : key;
}

/** The point whose cheapest stack that holds is cheapest of all; the first of equals. */
static bool find_cheapest(const struct sweep *sweep, size_t *point, double *usd) {
    bool found = false;
    for (size_t i = 0; i < sweep->grid.point_count; i++) {
        double own = 0;
        if (!sweep_cheapest(&sweep->rows[i], &own) || (found && own >= *usd))
            continue;
        *point = i;
        *usd = own;
        found = true;
    }
    return found;
}

/** `loki.volume=10Gi, replicas=2`. */
static const char *print_point(struct arena *arena, const struct sweep *sweep, size_t point) {
    const struct sweep_grid *grid = &sweep->grid;
    const char *words = "";
    for (size_t i = 0; i < grid->axis_count && words; i++)
        words = arena_print(arena, "%s%s%s=%s", words, i > 0 ? ", " : "",
                            sweep_short_key(grid->axes[i].key), sweep_grid_value(grid, point, i));
    return words ? words : "";
}

static const char *headline(struct arena *arena, const struct sweep *sweep) {
    const size_t count = sweep->grid.point_count;
    size_t written = 0, either = 0, point = 0;
    double usd = 0;
    for (size_t i = 0; i < count; i++) {
        written += sweep->rows[i].written_holds;
        either += sweep->rows[i].holds;
    }
    if (!find_cheapest(sweep, &point, &usd))
        return arena_print(arena, "None of %zu points meets every target", count);
    char price[PHRASE_BYTES], best[PHRASE_BYTES] = "";
    if (sweep->input.search)
        snprintf(best, sizeof best, ", %zu with the best plan", either);
    return arena_print(
        arena,
        "%zu of %zu points meet%s every target as written%s; the cheapest costs %s a "
        "month, at %s",
        written, count, written == 1 ? "s" : "", best, units_print_usd(price, sizeof price, usd),
        print_point(arena, sweep, point));
}

/** Is the target set at any point? */
static bool target_set(const struct sweep *sweep, size_t kind) {
    for (size_t i = 0; i < sweep->grid.point_count; i++)
        if (sweep->rows[i].targets[kind].set)
            return true;
    return false;
}

/** Do all values begin like numbers? */
static bool numeric(const struct sweep_axis *axis) {
    for (size_t i = 0; i < axis->count; i++)
        if (!strchr("0123456789", axis->values[i][0]))
            return false;
    return true;
}

_Static_assert(SWEEP_AXES_MAX + TARGET_COUNT + 4 <= SHEET_COLUMNS_MAX, "a wide table has room");

static size_t make_columns(const struct sweep *sweep, enum sweep_table table,
                           struct sheet_column columns[SHEET_COLUMNS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < sweep->grid.axis_count; i++) {
        const struct sweep_axis *axis = &sweep->grid.axes[i];
        columns[count++] =
            (struct sheet_column){.heading = sweep_short_key(axis->key), .numeric = numeric(axis)};
    }
    columns[count++] = (struct sheet_column){.heading = "Verdict"};
    columns[count++] = (struct sheet_column){.heading = "As written", .numeric = true};
    if (table == SWEEP_TABLE_NARROW)
        columns[count++] = (struct sheet_column){.heading = "Missed by most", .wraps = true};
    for (size_t i = 0; i < TARGET_COUNT && table == SWEEP_TABLE_WIDE; i++)
        if (target_set(sweep, i))
            columns[count++] = (struct sheet_column){.heading = target_title((enum target_kind)i),
                                                     .numeric = true};
    if (sweep->input.search) {
        columns[count++] = (struct sheet_column){.heading = "Best plan", .wraps = true};
        columns[count++] = (struct sheet_column){.heading = "Its cost", .numeric = true};
    }
    return count;
}

static const char *print_usd(struct arena *arena, double usd) {
    char words[PHRASE_BYTES];
    return arena_print(arena, "%s", units_print_usd(words, sizeof words, usd));
}

/** How far the target is from being kept, 0 to 1. */
static double shortfall(const struct sweep_row *row, size_t kind) {
    const struct sweep_target *target = &row->targets[kind];
    if (!target->set || target->holds)
        return -1;
    return kind == TARGET_OUT_OF_MEMORY ? target->probability : 1 - target->probability;
}

/** The target missed by most, and how many others are: `Memory kills 94 %, +1`. */
static const char *missed_targets(struct arena *arena, const struct sweep_row *row) {
    size_t worst = 0, count = 0;
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        count += shortfall(row, i) >= 0;
        if (shortfall(row, i) > shortfall(row, worst))
            worst = i;
    }
    if (count == 0)
        return "-";
    char chance[PHRASE_BYTES], others[PHRASE_BYTES] = "";
    if (count > 1)
        snprintf(others, sizeof others, ", +%zu", count - 1);
    return arena_print(arena, "%s %s%s", target_title((enum target_kind)worst),
                       phrase_chance(chance, sizeof chance, row->targets[worst].probability),
                       others);
}

static struct sheet_cell verdict_cell(const struct sweep_row *row) {
    if (row->written_holds)
        return (struct sheet_cell){.text = "✓ as written", .tone = TONE_GOOD};
    if (row->holds)
        return (struct sheet_cell){.text = "✓ best plan", .tone = TONE_STRONG};
    return (struct sheet_cell){.text = "✗ missed", .tone = TONE_BAD};
}

static struct sheet_cell target_cell(struct arena *arena, const struct sweep_target *target) {
    char chance[PHRASE_BYTES];
    if (!target->set)
        return (struct sheet_cell){.text = "-"};
    phrase_chance(chance, sizeof chance, target->probability);
    return (struct sheet_cell){.text =
                                   arena_print(arena, "%s %s", target->holds ? "✓" : "✗", chance),
                               .tone = target->holds ? TONE_PLAIN : TONE_BAD};
}

static void fill_cells(const struct sweep *sweep, size_t point, enum sweep_table table,
                       struct arena *arena, struct sheet_cell *cell) {
    const struct sweep_row *row = &sweep->rows[point];
    for (size_t i = 0; i < sweep->grid.axis_count; i++)
        (cell++)->text = sweep_grid_value(&sweep->grid, point, i);
    *cell++ = verdict_cell(row);
    (cell++)->text = print_usd(arena, row->written_usd_per_month);
    if (table == SWEEP_TABLE_NARROW)
        (cell++)->text = missed_targets(arena, row);
    for (size_t i = 0; i < TARGET_COUNT && table == SWEEP_TABLE_WIDE; i++)
        if (target_set(sweep, i))
            *cell++ = target_cell(arena, &row->targets[i]);
    if (!sweep->input.search)
        return;
    (cell++)->text = row->found ? arena_print(arena, "%s", row->best_nodes) : "none holds";
    cell->text = row->found ? print_usd(arena, row->best_usd_per_month) : "-";
}

static const char *explain(struct arena *arena, const struct sweep *sweep) {
    return arena_print(arena,
                       "Cost is the median month. A target's percentage is the chance that the "
                       "stack as written keeps it; that of memory kills is the chance of a kill.%s",
                       sweep->input.search ? " The best plan is the cheapest that keeps them all."
                                           : "");
}

enum status sweep_content_make(const struct sweep *sweep, enum sweep_table table, size_t rows_max,
                               struct sweep_content *content, struct diagnostics *diagnostics) {
    const size_t count = sweep->grid.point_count;
    const size_t rows = count < rows_max ? count : rows_max;
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    *content = (struct sweep_content){.all_hold = sweep_holds(sweep, true)};
    struct arena *arena = &content->arena;
    arena_init(arena);
    const size_t column_count = make_columns(sweep, table, columns);
    sheet_start(&content->sheet, arena, "points", "Points", columns, column_count, rows);
    for (size_t i = 0; i < rows && !content->sheet.failed; i++)
        fill_cells(sweep, i, table, arena, sheet_row(&content->sheet));
    content->headline = headline(arena, sweep);
    content->how = explain(arena, sweep);
    content->sheet.note = content->how;
    if (rows < count)
        content->rest = arena_print(arena, "%zu more points are in sweep.csv", count - rows);
    if (!content->sheet.failed && content->headline && content->how)
        return STATUS_OK;
    sweep_content_fini(content);
    return diagnostics_out_of_memory(diagnostics, "the table of the sweep");
}

void sweep_content_fini(struct sweep_content *content) {
    arena_fini(&content->arena);
}
