/* An import of prices, for people. */
#include "reports/prices_report.h"

#include "reports/phrase.h"
#include "sim/base/units.h"


static const char *const left_words[PRICES_LEFT_COUNT] = {
    [PRICES_LEFT_TYPE] = "of instance types this program has no facts about",
    [PRICES_LEFT_ZONE] = "of local and wavelength zones",
    [PRICES_LEFT_CURRENCY] = "not in US dollars",
    [PRICES_LEFT_ZERO] = "of zero",
    [PRICES_LEFT_CONTRADICTED] = "that the file gives twice, differently",
};

static const char *plural(double count) {
    return count == 1 ? "" : "s";
}

static size_t taken(const struct prices_report *report, enum prices_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < report->tables->region_count; i++)
        count += report->tables->regions[i].taken[kind];
    return count;
}

static size_t gp3_regions(const struct prices_report *report) {
    size_t count = 0;
    for (size_t i = 0; i < report->tables->region_count; i++)
        count += report->tables->regions[i].gp3;
    return count;
}

/** Prices that go into the tables; gp3 has three. */
static size_t taken_in_all(const struct prices_report *report) {
    size_t count = 3 * gp3_regions(report);
    for (enum prices_kind kind = 0; PRICES_IS_INSTANCE(kind); kind++)
        count += taken(report, kind);
    return count;
}

static bool has_prices(const struct prices_region *region) {
    size_t count = region->gp3;
    for (enum prices_kind kind = 0; PRICES_IS_INSTANCE(kind); kind++)
        count += region->taken[kind];
    return count > 0;
}

static const char *headline(struct arena *arena, const struct prices_report *report) {
    const struct prices_import *prices = report->prices;
    const char *day = *prices->published ? prices->published : "unknown date";
    if (!report->written)
        return arena_print(arena, "%s of %s: no price taken, your tables are as they were",
                           prices->offer, day);
    size_t count = taken_in_all(report), regions = 0;
    for (size_t i = 0; i < report->tables->region_count; i++)
        regions += has_prices(&report->tables->regions[i]);
    return arena_print(arena, "%s of %s: %s price%s of %zu region%s taken", prices->offer, day,
                       phrase_count_in(arena, (double)count), plural((double)count), regions,
                       plural((double)regions));
}

static void add_read(struct arena *arena, const struct prices_import *prices,
                     struct statement *statement) {
    char bytes[PHRASE_BYTES];
    statement_fact(statement, "Read",
                   arena_print(arena, "%s row%s, %s%s%s", phrase_count_in(arena, prices->rows),
                               plural(prices->rows),
                               units_print_bytes(bytes, sizeof bytes, prices->bytes),
                               *prices->version ? ", version " : "", prices->version));
}

static void add_taken(struct arena *arena, const struct prices_report *report,
                      struct statement *statement) {
    const char *words = "";
    for (enum prices_kind kind = 0; PRICES_IS_INSTANCE(kind) && words; kind++)
        if (taken(report, kind) > 0)
            words = arena_print(arena, "%s%s%s %s", words, *words ? ", " : "",
                                phrase_count_in(arena, (double)taken(report, kind)),
                                prices_kind_name(kind));
    size_t gp3 = gp3_regions(report);
    if (gp3 > 0 && words)
        words = arena_print(arena, "%s%sgp3 in %zu region%s", words, *words ? ", " : "", gp3,
                            plural((double)gp3));
    statement_fact(statement, "Taken",
                   words && !*words
                       ? "nothing: no row is on demand, reserved (1 year, standard, no upfront) or "
                         "a savings plan (1 year, no upfront) of Linux on shared hosts, or gp3"
                       : words);
    if (gp3 > 0)
        statement_fact(statement, "Units",
                       "gp3 throughput is listed per GiB/s and month: divided by 1,024 for the "
                       "table's MiB/s");
}

static const char *change_words(struct arena *arena, const struct prices_change *change) {
    char before[PHRASE_BYTES], after[PHRASE_BYTES];
    return arena_print(arena, "%s in %s %s → %s (%+.1f %%)", change->item, change->region,
                       phrase_unit_price(before, sizeof before, change->before),
                       phrase_unit_price(after, sizeof after, change->after),
                       100 * (change->after / change->before - 1));
}

static void add_changes(struct arena *arena, const struct prices_table *table,
                        struct statement *statement) {
    if (!table->written_anew)
        return;
    const char *words = arena_print(arena, "%zu new, %zu changed, %zu as before", table->fresh,
                                    table->changed, table->unchanged);
    if (words && table->rise.item)
        words = arena_print(arena, "%s; most up: %s", words, change_words(arena, &table->rise));
    if (words && table->fall.item)
        words = arena_print(arena, "%s; most down: %s", words, change_words(arena, &table->fall));
    if (words && table->kept > 0)
        words = arena_print(arena, "%s; %zu of yours stay", words, table->kept);
    if (words && table->shipped > 0)
        words = arena_print(arena, "%s; %s shipped stay", words,
                            phrase_count_in(arena, (double)table->shipped));
    statement_fact(statement, table->name, words);
}

static void add_left(struct arena *arena, const struct prices_report *report,
                     struct statement *statement) {
    const char *words = "";
    for (size_t i = 0; i < PRICES_LEFT_COUNT && words; i++)
        if (report->prices->left[i] > 0)
            words = arena_print(arena, "%s%s%s %s", words, *words ? ", " : "",
                                phrase_count_in(arena, report->prices->left[i]), left_words[i]);
    size_t part = report->tables->gp3_incomplete;
    if (part > 0 && words)
        words =
            arena_print(arena, "%s%sgp3 of %zu region%s without all of storage, IOPS, throughput",
                        words, *words ? ", " : "", part, plural((double)part));
    if (!words || *words)
        statement_fact(statement, "Left out", words);
}

/** An EC2 file without a single price of a kind that such files have. */
static void add_missing_kinds(struct arena *arena, const struct prices_report *report,
                              struct statement *statement) {
    if (!report->written || taken(report, PRICES_SAVINGS_PLAN) > 0 ||
        taken(report, PRICES_INSTANCE_SAVINGS_PLAN) > 0)
        return;
    const char *words = "";
    for (enum prices_kind kind = PRICES_ON_DEMAND; kind <= PRICES_RESERVED && words; kind++)
        if (taken(report, kind) == 0)
            words = arena_print(arena, "%s%sany %s price", words, *words ? ", " : "",
                                prices_kind_name(kind));
    if (gp3_regions(report) == 0 && words)
        words = arena_print(arena, "%s%sany whole gp3 price", words, *words ? ", " : "");
    if (!words || *words)
        statement_fact(statement, "Missing", words);
}

static void add_missing(struct arena *arena, const struct prices_tables *tables,
                        struct statement *statement) {
    if (tables->missing_region_count > 0 && tables->region_count > 0)
        statement_fact(
            statement, "Missing",
            arena_print(arena, "%zu region%s of the shipped table, whose prices stay: %s",
                        tables->missing_region_count, plural((double)tables->missing_region_count),
                        tables->missing_regions));
}

static void add_written(struct arena *arena, const struct prices_report *report,
                        struct statement *statement) {
    const char *words = "";
    for (size_t i = 0; i < PRICES_FILE_COUNT && words; i++)
        if (report->written && report->tables->files[i].written_anew)
            words = arena_print(arena, "%s%s%s/%s", words, *words ? ", " : "", report->folder,
                                report->tables->files[i].name);
    if (!words || *words)
        statement_fact(statement, "Written", words);
}

/** `6 of 40`: taken, of those with a shipped price. */
static const char *share_words(struct arena *arena, const struct prices_region *region,
                               enum prices_kind kind) {
    if (region->taken[kind] == 0 && region->shipped[kind] == 0)
        return "–";
    return arena_print(arena, "%zu of %zu", region->taken[kind], region->shipped[kind]);
}

static void add_regions(struct arena *arena, const struct prices_report *report,
                        struct statement *statement) {
    struct sheet_column columns[PRICES_KIND_COUNT + 3] = {{.heading = "Region"}};
    enum prices_kind kinds[PRICES_KIND_COUNT];
    size_t kind_count = 0, count = report->tables->region_count;
    static const char *const headings[] = {"On demand", "Reserved", "Savings", "Type's savings"};
    for (enum prices_kind kind = 0; PRICES_IS_INSTANCE(kind); kind++)
        if (taken(report, kind) > 0) {
            columns[kind_count + 1] =
                (struct sheet_column){.heading = headings[kind], .numeric = true};
            kinds[kind_count++] = kind;
        }
    columns[kind_count + 1] = (struct sheet_column){.heading = "gp3"};
    columns[kind_count + 2] = (struct sheet_column){.heading = "Lacks", .wraps = true};
    struct sheet *sheet = count > 0 ? statement_sheet(statement) : NULL;
    if (!sheet)
        return;
    sheet_start(sheet, arena, "regions", "By region", columns, kind_count + 3, count);
    sheet->note = "Prices taken, of the shipped table's; what this file lacks keeps its old price.";
    for (size_t i = 0; i < count; i++) {
        const struct prices_region *region = &report->tables->regions[i];
        struct sheet_cell *cells = sheet_row(sheet);
        if (!cells)
            return;
        cells[0].text = region->name;
        for (size_t k = 0; k < kind_count; k++)
            cells[k + 1].text = share_words(arena, region, kinds[k]);
        cells[kind_count + 1].text = region->gp3 ? "yes" : "–";
        cells[kind_count + 2].text = region->missing;
    }
}

void prices_report_make(struct arena *arena, const struct prices_report *report,
                        struct statement *statement) {
    *statement = (struct statement){.headline = headline(arena, report),
                                    .tone = report->written ? TONE_PLAIN : TONE_STRONG};
    add_read(arena, report->prices, statement);
    add_taken(arena, report, statement);
    for (size_t i = 0; i < PRICES_FILE_COUNT; i++)
        add_changes(arena, &report->tables->files[i], statement);
    add_left(arena, report, statement);
    add_missing_kinds(arena, report, statement);
    add_missing(arena, report->tables, statement);
    add_written(arena, report, statement);
    add_regions(arena, report, statement);
}
