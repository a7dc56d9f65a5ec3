/**
 * The charts of a result, drawn with libplot: SVG for pages and PNG for wherever SVG does not show.
 *
 * Each chart's headline says what was found, from the data; its subtitle says what is drawn and in
 * which unit. No meaning rests on colour alone. Each chart belongs beside the table of its figures.
 *
 * Thread safety: several sets may be made at once. libplot ends the process when memory is out.
 */
#ifndef REPORTS_CHARTS_H
#define REPORTS_CHARTS_H

#include "sim/base/status.h"
#include "sim/base/text.h"
#include "sim/result.h"

#include <stddef.h>

enum chart_kind {
    CHART_MEMORY,     /**< memory over time against the limit */
    CHART_DISK,       /**< disk over time against the volume */
    CHART_COST,       /**< bills of the plans and of the managed services */
    CHART_BREAK_EVEN, /**< loads at which managed services cost as much as the plan */
    CHART_RISK,       /**< cost against the chance of a missed target */
    CHART_TORNADO     /**< chance of a missed target at the ends of each uncertain input */
};

struct chart {
    enum chart_kind kind;
    const struct plan_outcome *plan; /**< whose chart it is, borrowed; NULL when it compares */
    char name[64];                   /**< file name without its end, and prefix of the SVG's ids */
    char title[200];                 /**< the finding, UTF-8 */
    char subtitle[240];              /**< what is drawn, with its unit, UTF-8 */
    char description[600];           /**< for who cannot see it, UTF-8 */
    struct text svg;        /**< UTF-8, ready to stand in HTML; 960 x 540, scales with its box */
    struct text svg_narrow; /**< the same laid out for a telephone: 400 wide */
    unsigned char *png;     /**< 960 x 540; owned */
    size_t png_length;
};

/** Two plans, two components, memory and disk; cost; break-even; risk; sensitivity. */
#define CHARTS_MAX 12

struct chart_set {
    struct chart charts[CHARTS_MAX];
    size_t count;
};

/**
 * Draw what the result has data for: memory and disk of Loki and Tempo, as written and for the
 * best plan; the bills; break-even with managed services; cost against risk. What has no data is
 * left out: an empty set is no error. On success the set is owned by the caller: chart_set_fini().
 * On failure it is empty. STATUS_SYSTEM: memory is out. STATUS_INTERNAL: a figure is not finite, or
 * libplot failed.
 */
enum status charts_make(const struct result *result, struct chart_set *set,
                        struct diagnostics *diagnostics) MUST_CHECK;

/** charts_make() without PNG (`png` stays NULL): for a page alone, in a tenth of the time. */
enum status charts_make_svg(const struct result *result, struct chart_set *set,
                            struct diagnostics *diagnostics) MUST_CHECK;

void chart_set_fini(struct chart_set *set);

#endif
