/**
 * Drawing a picture through libplot: the one file that knows libplot, and what it offers to the
 * two writers (plot_svg.c and plot_png.c) and to plot.c.
 *
 * Private to reports/plot*.c. Thread safety: every function is reentrant.
 */
#ifndef REPORTS_PLOT_CANVAS_H
#define REPORTS_PLOT_CANVAS_H

/* libplot's header needs it first. */
#include <stdio.h>

#include "reports/plot.h"

/**
 * Draw into `out` as libplot writes SVG: Latin-1, with libplot's own header; user coordinates are
 * the picture's. False when libplot refuses.
 */
bool plot_canvas_svg(const struct plot *plot, FILE *out);

/**
 * Draw the rows from `top` to `bottom` (pixels of the picture) into `out` as a binary PPM with
 * `factor` by `factor` pixels for each of the picture's. Text is in Hershey's fonts. False when
 * libplot refuses.
 */
bool plot_canvas_ppm(const struct plot *plot, double top, double bottom, unsigned factor,
                     FILE *out);

/** Widths of texts; NULL when there is no memory or libplot refuses. */
struct plot_ruler *plot_ruler_new(void);
void plot_ruler_free(struct plot_ruler *ruler);
double plot_ruler_width(struct plot_ruler *ruler, const char *utf8, double size, bool bold);

#endif
