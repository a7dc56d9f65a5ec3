/**
 * A picture: a list of marks that is drawn through libplot, once into SVG and once into PNG.
 *
 * Coordinates are pixels of the picture, x to the right and y down, as in SVG. Marks cover those
 * drawn before. Failure is sticky, as in struct text: after memory ran out or a coordinate was not
 * finite or absurdly far away, further marks do nothing and the writers report it.
 *
 * Thread safety: a picture belongs to one thread at a time.
 */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct plot_point {
    double x, y;
};

struct plot_color {
    unsigned char red, green, blue;
};

struct plot_stroke {
    struct plot_color color;
    double width; /**< pixels */
    double dash;  /**< length of dashes and of the gaps between them; 0 for a solid line */
};

enum plot_anchor { PLOT_ANCHOR_START, PLOT_ANCHOR_MIDDLE, PLOT_ANCHOR_END };

struct plot_font {
    double size; /**< pixels */
    bool bold;
    struct plot_color color;
};

enum plot_kind { PLOT_AREA, PLOT_PATH, PLOT_BOX, PLOT_DISC, PLOT_LABEL };

/** One mark; which fields count depends on its kind. */
struct plot_mark {
    enum plot_kind kind;
    size_t first, count;       /**< its points; a box has two corners, a disc its centre */
    struct plot_color fill;    /**< areas, boxes and discs */
    struct plot_stroke stroke; /**< paths; outline of discs when the width is not 0 */
    double radius;             /**< discs */
    struct plot_font font;     /**< labels; the point is the anchor on the baseline */
    enum plot_anchor anchor;
    size_t text; /**< labels: offset into plot.strings */
};

struct plot_ruler;

struct plot {
    double width, height;
    struct plot_mark *marks;
    size_t mark_count, mark_capacity;
    struct plot_point *points;
    size_t point_count, point_capacity;
    struct text strings;      /**< labels, UTF-8, each with a final NUL */
    struct plot_ruler *ruler; /**< made when a text is first measured */
    bool failed;
};

/** Farthest coordinate that is taken: libplot ends the process on far greater ones. */
#define PLOT_COORDINATE_MAX 1e5

void plot_init(struct plot *plot, double width, double height);
void plot_fini(struct plot *plot);

/** A filled polygon without outline. */
void plot_area(struct plot *plot, const struct plot_point *points, size_t count,
               struct plot_color fill);

/** An open line with round joins. */
void plot_path(struct plot *plot, const struct plot_point *points, size_t count,
               struct plot_stroke stroke);

/** A straight line. */
void plot_line(struct plot *plot, double x0, double y0, double x1, double y1,
               struct plot_stroke stroke);

/** A filled rectangle between two corners. */
void plot_box(struct plot *plot, double x0, double y0, double x1, double y1,
              struct plot_color fill);

/** A filled circle; `outline` of width 0 draws none. */
void plot_disc(struct plot *plot, double x, double y, double radius, struct plot_color fill,
               struct plot_stroke outline);

/** A text on the baseline through (x, y). */
void plot_label(struct plot *plot, double x, double y, enum plot_anchor anchor,
                struct plot_font font, const char *utf8);

/** Width of a text in pixels: the wider of its width in PNG and in Helvetica. */
double plot_text_width(struct plot *plot, const char *utf8, double size, bool bold);

/** The text of a label mark. */
const char *plot_mark_text(const struct plot *plot, const struct plot_mark *mark);

/**
 * Add the picture as an SVG element to `svg`. `id` prefixes the ids of its title and description,
 * which are UTF-8 and get escaped here. A text that fails stays failed for the caller to see.
 */
enum status plot_write_svg(const struct plot *plot, const char *id, const char *title,
                           const char *description, struct text *svg,
                           struct diagnostics *diagnostics) MUST_CHECK;

/** Encode the picture as PNG into `*png`, to be freed by the caller. */
enum status plot_write_png(const struct plot *plot, unsigned char **png, size_t *length,
                           struct diagnostics *diagnostics) MUST_CHECK;

#endif
