#include "reports/text_sheet.h"

#include "reports/phrase.h"

#define DEFAULT_WIDTH 100

/** No column becomes narrower than this. */
#define COLUMN_WIDTH_MIN 4

/** Between columns where words would else be broken. */
#define TIGHT_GAP 1

static const char *const style_codes[] = {
    [TEXT_STYLE_PLAIN] = "",
    [TEXT_STYLE_QUIET] = "\033[2m",
    [TEXT_STYLE_STRONG] = "\033[1m",
    [TEXT_STYLE_GOOD] = "\033[32m",
    [TEXT_STYLE_BAD] = "\033[31m",
    [TEXT_STYLE_VERDICT_HOLDS] = "\033[1;32m",
    [TEXT_STYLE_VERDICT_FIXABLE] = "\033[1;33m",
    [TEXT_STYLE_VERDICT_MISSED] = "\033[1;31m",
};

enum text_style text_tone_style(enum tone tone) {
    static const enum text_style styles[] = {
        [TONE_PLAIN] = TEXT_STYLE_PLAIN,
        [TONE_GOOD] = TEXT_STYLE_GOOD,
        [TONE_BAD] = TEXT_STYLE_BAD,
        [TONE_STRONG] = TEXT_STYLE_STRONG,
    };
    return styles[tone];
}

static bool begins_character(char byte) {
    return ((unsigned char)byte & 0xC0) != 0x80;
}

/** Bytes of `words` that go on a line of `width` characters: broken at a space where there is
 *  one, better not between a number and its unit, else behind a slash of a path. `*next` is where
 *  the following line begins. */
static size_t take_line(const char *words, size_t width, size_t *next) {
    size_t bytes = 0, characters = 0, space = 0, binding_space = 0, slash = 0;
    for (; words[bytes]; bytes++) {
        if (!begins_character(words[bytes]))
            continue;
        if (words[bytes] == ' ')
            *(phrase_binds_unit(words, bytes) ? &binding_space : &space) = bytes;
        if (characters++ == width)
            break;
        if (words[bytes] == '/')
            slash = bytes + 1;
    }
    size_t taken = bytes;
    if (words[bytes] && (space > 0 || binding_space > 0 || slash > 0))
        taken = space > 0 ? space : binding_space > 0 ? binding_space : slash;
    *next = taken;
    while (words[*next] == ' ')
        (*next)++;
    return taken;
}

/** Characters of the first `bytes` bytes. */
static size_t characters_in(const char *words, size_t bytes) {
    size_t characters = 0;
    for (size_t i = 0; i < bytes; i++)
        characters += begins_character(words[i]) ? 1 : 0;
    return characters;
}

static void add_visible(struct text *text, const char *words, size_t bytes) {
    for (size_t i = 0; i < bytes;) {
        size_t control = phrase_control_bytes(words + i);
        text_add_bytes(text, control > 0 ? "?" : &words[i], 1);
        i += control > 0 ? control : 1;
    }
}

static void add_styled(const struct text_page *page, enum text_style style, const char *words,
                       size_t bytes) {
    bool styled = page->color && bytes > 0 && style_codes[style][0];
    if (styled)
        text_add(page->text, style_codes[style]);
    add_visible(page->text, words, bytes);
    if (styled)
        text_add(page->text, "\033[0m");
}

/** How far one cell has been written. */
struct progress {
    const char *text, *detail;
};

static const char *or_empty(const char *words) {
    return words ? words : "";
}

/** Write the next line of a cell and what aligns it; `*pending_spaces` keeps spaces back so that
 *  no line ends in any. */
static void write_slice(const struct text_page *page, const struct text_cell *cell,
                        struct progress *progress, size_t *pending_spaces) {
    bool detail = !progress->text[0];
    const char **words = detail ? &progress->detail : &progress->text;
    size_t next, bytes = take_line(*words, cell->width, &next);
    size_t padding = cell->width - characters_in(*words, bytes);
    if (cell->right)
        *pending_spaces += padding;
    if (bytes > 0) {
        text_repeat(page->text, ' ', *pending_spaces);
        *pending_spaces = 0;
    }
    add_styled(page, detail ? TEXT_STYLE_QUIET : cell->style, *words, bytes);
    *pending_spaces += cell->right ? 0 : padding;
    *words += next;
}

/** text_row() at any indent and gap. */
static void row_at(const struct text_page *page, size_t indent, size_t gap,
                   const struct text_cell *cells, size_t count) {
    struct progress progress[SHEET_COLUMNS_MAX] = {{NULL, NULL}};
    for (size_t i = 0; i < count; i++)
        progress[i] = (struct progress){or_empty(cells[i].text), or_empty(cells[i].detail)};
    bool more = true;
    while (more) {
        more = false;
        size_t pending_spaces = indent;
        for (size_t i = 0; i < count; i++) {
            pending_spaces += i > 0 ? gap : 0;
            write_slice(page, &cells[i], &progress[i], &pending_spaces);
            more = more || progress[i].text[0] || progress[i].detail[0];
        }
        text_add(page->text, "\n");
    }
}

void text_row(const struct text_page *page, const struct text_cell *cells, size_t count) {
    row_at(page, TEXT_INDENT, TEXT_GAP, cells, count);
}

struct text_page text_page_of(struct text *text, const struct report_text_options *options) {
    struct text_page page = {.text = text,
                             .width = options->width ? options->width : DEFAULT_WIDTH,
                             .color = options->color};
    if (page.width < REPORT_TEXT_WIDTH_MIN)
        page.width = REPORT_TEXT_WIDTH_MIN;
    return page;
}

void text_headline(const struct text_page *page, enum text_style style, const char *words) {
    const struct text_cell cell = {.text = words, .width = page->width, .style = style};
    row_at(page, 0, TEXT_GAP, &cell, 1);
}

void text_labelled(const struct text_page *page, const char *label, size_t label_width,
                   enum text_style style, const char *words) {
    const size_t room = page->width - TEXT_INDENT - TEXT_GAP;
    const size_t label_room = label_width < room / 2 ? label_width : room / 2;
    const struct text_cell cells[] = {
        {.text = label, .width = label_room, .style = TEXT_STYLE_QUIET},
        {.text = words, .width = room - label_room, .style = style},
    };
    text_row(page, cells, 2);
}

void text_line(const struct text_page *page, enum text_style style, const char *words) {
    struct text_cell cell = {.text = words, .width = page->width - TEXT_INDENT, .style = style};
    text_row(page, &cell, 1);
}

/** Widths of a sheet's columns while they are made to fit. */
struct widths {
    size_t now[SHEET_COLUMNS_MAX];
    size_t least[SHEET_COLUMNS_MAX]; /**< without breaking inside a word */
    size_t gap;                      /**< between columns */
};

/** What is given up, a step at a time, until a sheet fits. */
struct attempt {
    size_t gap;
    bool bind;  /**< keep a number and its unit on one line */
    bool whole; /**< keep words whole */
};

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t longest_word(const char *words, bool bind) {
    size_t longest = 0, length = 0;
    for (size_t i = 0; words[i]; i++) {
        if (words[i] == ' ' && !(bind && phrase_binds_unit(words, i)))
            length = 0;
        else if (begins_character(words[i]))
            longest = larger(longest, ++length);
    }
    return longest;
}

static void measure(struct widths *widths, const struct sheet *sheet, size_t column,
                    const char *words, bool bind) {
    if (!words)
        return;
    widths->now[column] = larger(widths->now[column], text_width(words));
    size_t least = sheet->columns[column].wraps ? longest_word(words, bind) : text_width(words);
    widths->least[column] = larger(widths->least[column], least);
}

static size_t span_width(const struct widths *widths, size_t column, size_t span) {
    size_t width = (span - 1) * widths->gap;
    for (size_t i = 0; i < span; i++)
        width += widths->now[column + i];
    return width;
}

/** Widths that nothing has been taken from. */
static struct widths natural_widths(const struct sheet *sheet, const struct attempt *attempt) {
    struct widths widths = {.gap = attempt->gap};
    for (size_t i = 0; i < sheet->column_count; i++) {
        measure(&widths, sheet, i, sheet->columns[i].heading, attempt->bind);
        for (size_t row = 0; row < sheet->row_count; row++) {
            measure(&widths, sheet, i, sheet_cells(sheet, row)[i].text, attempt->bind);
            measure(&widths, sheet, i, sheet_cells(sheet, row)[i].detail, attempt->bind);
        }
    }
    for (size_t i = 0; i < sheet->column_count; i += sheet_group_span(sheet, i)) {
        size_t span = sheet_group_span(sheet, i), width = span_width(&widths, i, span);
        size_t group = text_width(or_empty(sheet->columns[i].group));
        if (group > width)
            widths.now[i + span - 1] += group - width;
    }
    return widths;
}

/** Take one character off the widest column that may give one. */
static bool shrink_once(struct widths *widths, const struct sheet *sheet, bool whole) {
    size_t widest = SHEET_COLUMNS_MAX;
    for (size_t i = 0; i < sheet->column_count; i++) {
        size_t least = whole ? larger(widths->least[i], COLUMN_WIDTH_MIN) : COLUMN_WIDTH_MIN;
        if (widths->now[i] > least &&
            (widest == SHEET_COLUMNS_MAX || widths->now[i] > widths->now[widest]))
            widest = i;
    }
    if (widest == SHEET_COLUMNS_MAX)
        return false;
    widths->now[widest]--;
    return true;
}

static struct widths fit_widths(const struct text_page *page, const struct sheet *sheet) {
    static const struct attempt attempts[] = {
        {TEXT_GAP, true, true},
        {TIGHT_GAP, true, true},
        {TIGHT_GAP, false, true},
        {TIGHT_GAP, false, false},
    };
    const size_t most = page->width - TEXT_INDENT;
    struct widths widths = {.gap = TEXT_GAP};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        widths = natural_widths(sheet, &attempts[i]);
        while (span_width(&widths, 0, sheet->column_count) > most)
            if (!shrink_once(&widths, sheet, true) &&
                (attempts[i].whole || !shrink_once(&widths, sheet, false)))
                break;
        if (span_width(&widths, 0, sheet->column_count) <= most)
            break;
    }
    return widths;
}

static void write_groups(const struct text_page *page, const struct sheet *sheet,
                         const struct widths *widths) {
    if (!sheet_has_groups(sheet))
        return;
    struct text_cell cells[SHEET_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sheet->column_count; i += sheet_group_span(sheet, i)) {
        size_t span = sheet_group_span(sheet, i);
        cells[count++] = (struct text_cell){.text = sheet->columns[i].group,
                                            .width = span_width(widths, i, span),
                                            .right = span == 1 && sheet->columns[i].numeric,
                                            .style = TEXT_STYLE_STRONG};
    }
    row_at(page, TEXT_INDENT, widths->gap, cells, count);
}

static void write_headings(const struct text_page *page, const struct sheet *sheet,
                           const struct widths *widths) {
    write_groups(page, sheet, widths);
    struct text_cell cells[SHEET_COLUMNS_MAX];
    for (size_t i = 0; i < sheet->column_count; i++)
        cells[i] = (struct text_cell){.text = sheet->columns[i].heading,
                                      .width = widths->now[i],
                                      .right = sheet->columns[i].numeric,
                                      .style = TEXT_STYLE_QUIET};
    row_at(page, TEXT_INDENT, widths->gap, cells, sheet->column_count);
}

void text_sheet(const struct text_page *page, const struct sheet *sheet) {
    const struct widths widths = fit_widths(page, sheet);
    text_add(page->text, "\n");
    text_line(page, TEXT_STYLE_STRONG, sheet->title);
    if (sheet->note)
        text_line(page, TEXT_STYLE_QUIET, sheet->note);
    write_headings(page, sheet, &widths);
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct text_cell cells[SHEET_COLUMNS_MAX];
        for (size_t i = 0; i < sheet->column_count; i++) {
            const struct sheet_cell *cell = &sheet_cells(sheet, row)[i];
            cells[i] = (struct text_cell){.text = cell->text,
                                          .detail = cell->detail,
                                          .width = widths.now[i],
                                          .right = sheet->columns[i].numeric,
                                          .style = text_tone_style(cell->tone)};
        }
        row_at(page, TEXT_INDENT, widths.gap, cells, sheet->column_count);
    }
}
