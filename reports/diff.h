/**
 * `simulate diff A B`: what differs between two results, and whether B is worse.
 *
 * Compared is the stack as written, on both sides; the best plan found is one line of it. A diff
 * borrows its sides; its strings are in the arena it was made with. Writers only read it.
 */
#ifndef REPORTS_DIFF_H
#define REPORTS_DIFF_H

#include "reports/diff_side.h"
#include "reports/diff_words.h"
#include "sim/base/arena.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum diff_section {
    DIFF_TARGETS, /**< does each hold */
    DIFF_CHANGED, /**< what somebody chose: nodes, resources, settings, load, bounds */
    DIFF_FOLLOWS, /**< what the simulation makes of it: cost, risks, peaks */
    DIFF_BILL     /**< items of the bill */
};
#define DIFF_SECTIONS 4

/** The words of one side of a row. */
struct diff_cell {
    bool there;       /**< false: this side has no such thing */
    const char *text; /**< never NULL */
    const char *detail;
    double number; /**< when the row has a unit */
};

/** One thing that differs. */
struct diff_row {
    enum diff_section section;
    const char *key;  /**< stable: `components.loki.limits.memory_bytes` */
    const char *what; /**< `Loki memory limit` */
    enum diff_unit unit;
    struct diff_cell from, to;
    const char *change, *change_detail; /**< NULL for none */
    bool chance;                        /**< both sides have a probability */
    struct probability from_chance, to_chance;
    bool overlap; /**< their 95 % intervals overlap, so that the difference may be chance */
    int flip;     /**< of a target: 1 gained in B, -1 lost in B */
    bool shown;   /**< false: it reads the same in the digits shown */
};

struct diff {
    struct arena *arena;
    const struct diff_side *a, *b;
    struct diff_row *rows; /**< by section */
    size_t row_count, row_capacity;
    const char *headline; /**< one line */
    size_t gained, lost;  /**< targets */
    bool worse;           /**< a target that held in A is missed in B, or A held and B does not */
    bool failed;          /**< memory ran out */
};

/** Compare. */
enum status diff_make(const struct diff_side *a, const struct diff_side *b, struct arena *arena,
                      struct diff *diff, struct diagnostics *diagnostics) MUST_CHECK;

/** For the terminal: headline, both sides, then only what differs. No line is wider than asked;
 *  `options->folder` is not used. */
enum status diff_text(const struct diff *diff, const struct report_text_options *options,
                      struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

/** Markdown that fits a pull-request comment; begins with DIFF_MARKDOWN_MARKER so that a bot finds
 *  and replaces its own comment. */
enum status diff_markdown(const struct diff *diff, struct text *text,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** The marker's form; `%s` is B's scenario. */
#define DIFF_MARKDOWN_MARKER "<!-- simulate-diff: %s -->\n"

/** One object with every difference, also those too small to show elsewhere. */
enum status diff_json(const struct diff *diff, struct text *text,
                      struct diagnostics *diagnostics) MUST_CHECK;

#endif
