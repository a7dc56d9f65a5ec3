#include "reports/plot.h"

#include "reports/plot_canvas.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void plot_init(struct plot *plot, double width, double height) {
    *plot = (struct plot){.width = width, .height = height};
    text_init(&plot->strings);
}

void plot_fini(struct plot *plot) {
    free(plot->marks);
    free(plot->points);
    text_fini(&plot->strings);
    plot_ruler_free(plot->ruler);
    plot_init(plot, 0, 0);
}

/** Grow `*array` so that `count` + `more` elements fit. */
static bool reserve(struct plot *plot, void **array, size_t *capacity, size_t count, size_t more,
                    size_t element_size) {
    if (count + more <= *capacity)
        return true;
    size_t wanted = 2 * (count + more) + 32;
    void *grown = wanted <= SIZE_MAX / element_size ? realloc(*array, wanted * element_size) : NULL;
    if (!grown) {
        plot->failed = true;
        return false;
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

static bool acceptable(double coordinate) {
    return isfinite(coordinate) && fabs(coordinate) <= PLOT_COORDINATE_MAX;
}

/** A new mark with its points; NULL after any failure. */
static struct plot_mark *add_mark(struct plot *plot, enum plot_kind kind,
                                  const struct plot_point *points, size_t count) {
    void *marks = plot->marks, *stored = plot->points;
    for (size_t i = 0; i < count; i++)
        if (!acceptable(points[i].x) || !acceptable(points[i].y))
            plot->failed = true;
    bool fits =
        !plot->failed &&
        reserve(plot, &marks, &plot->mark_capacity, plot->mark_count, 1, sizeof *plot->marks) &&
        reserve(plot, &stored, &plot->point_capacity, plot->point_count, count,
                sizeof *plot->points);
    plot->marks = marks;
    plot->points = stored;
    if (!fits)
        return NULL;
    memcpy(plot->points + plot->point_count, points, count * sizeof *points);
    struct plot_mark *mark = &plot->marks[plot->mark_count++];
    *mark = (struct plot_mark){.kind = kind, .first = plot->point_count, .count = count};
    plot->point_count += count;
    return mark;
}

void plot_area(struct plot *plot, const struct plot_point *points, size_t count,
               struct plot_color fill) {
    struct plot_mark *mark = count >= 3 ? add_mark(plot, PLOT_AREA, points, count) : NULL;
    if (mark)
        mark->fill = fill;
}

void plot_path(struct plot *plot, const struct plot_point *points, size_t count,
               struct plot_stroke stroke) {
    struct plot_mark *mark = count >= 2 ? add_mark(plot, PLOT_PATH, points, count) : NULL;
    if (mark)
        mark->stroke = stroke;
}

void plot_line(struct plot *plot, double x0, double y0, double x1, double y1,
               struct plot_stroke stroke) {
    plot_path(plot, (struct plot_point[]){{x0, y0}, {x1, y1}}, 2, stroke);
}

void plot_box(struct plot *plot, double x0, double y0, double x1, double y1,
              struct plot_color fill) {
    struct plot_mark *mark = add_mark(plot, PLOT_BOX, (struct plot_point[]){{x0, y0}, {x1, y1}}, 2);
    if (mark)
        mark->fill = fill;
}

void plot_disc(struct plot *plot, double x, double y, double radius, struct plot_color fill,
               struct plot_stroke outline) {
    if (!acceptable(radius))
        plot->failed = true;
    struct plot_mark *mark = add_mark(plot, PLOT_DISC, &(struct plot_point){x, y}, 1);
    if (!mark)
        return;
    mark->radius = radius;
    mark->fill = fill;
    mark->stroke = outline;
}

void plot_label(struct plot *plot, double x, double y, enum plot_anchor anchor,
                struct plot_font font, const char *utf8) {
    if (*utf8 == '\0')
        return;
    struct plot_mark *mark = add_mark(plot, PLOT_LABEL, &(struct plot_point){x, y}, 1);
    if (!mark)
        return;
    mark->font = font;
    mark->anchor = anchor;
    mark->text = plot->strings.length;
    text_add_bytes(&plot->strings, utf8, strlen(utf8) + 1);
    if (text_failed(&plot->strings))
        plot->failed = true;
}

double plot_text_width(struct plot *plot, const char *utf8, double size, bool bold) {
    if (!plot->ruler)
        plot->ruler = plot_ruler_new();
    double width = plot->ruler ? plot_ruler_width(plot->ruler, utf8, size, bold) : NAN;
    if (isfinite(width))
        return width;
    plot->failed = true;
    return 0;
}

const char *plot_mark_text(const struct plot *plot, const struct plot_mark *mark) {
    return plot->strings.data + mark->text;
}
