#include "reports/plot_canvas.h"

#include <math.h>
#include <plot.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#define CLANG_ASAN __has_feature(address_sanitizer)
#else
#define CLANG_ASAN 0
#endif
#if defined __SANITIZE_ADDRESS__ || CLANG_ASAN
/* libplot 2.6 never frees an SVG plotter's copies of its parameters: a hundred bytes each. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libplot.so";
}
#endif

enum driver { DRIVER_SVG, DRIVER_PPM };

struct canvas {
    plPlotter *plotter;
    enum driver driver;
    double top, bottom; /**< rows of the picture that are drawn */
    bool failed;
};

/** The character at `*at` of a UTF-8 text as Latin-1, `?` when Latin-1 lacks it; moves behind it.
 */
static unsigned char take_latin1(const unsigned char **at) {
    unsigned code = *(*at)++;
    if ((code == 0xC2 || code == 0xC3) && (**at & 0xC0) == 0x80)
        code = (code & 3) << 6 | (**at & 0x3F);
    else if (code >= 0x80)
        code = '?';
    while ((**at & 0xC0) == 0x80)
        ++*at;
    bool control = code < ' ' || (code > '~' && code <= 0xA0);
    return (unsigned char)(control ? ' ' : code);
}

/** A label as libplot reads it, to be freed; NULL when memory is out. Hershey's space is as wide as
 *  a letter, so there a third of an em stands for it. */
static char *libplot_label(const char *utf8, bool hershey) {
    static const char third_of_em[] = "\\r6\\r6";
    const size_t space = strlen(third_of_em);
    char *label = malloc(space * strlen(utf8) + 1);
    if (!label)
        return NULL;
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *)utf8; *at;) {
        unsigned char code = take_latin1(&at);
        if (code == ' ' && hershey) {
            memcpy(label + used, third_of_em, space);
            used += space;
            continue;
        }
        if (code == '\\')
            label[used++] = '\\';
        label[used++] = (char)code;
    }
    label[used] = '\0';
    return label;
}

/** A plotter that writes to `out`; `size` is a bitmap's. libplot reads parameters that are not
 *  set from the environment, so everything that shows is set. */
static plPlotter *open_plotter(const char *type, const char *size, FILE *out) {
    static const char *const settings[][2] = {
        {"BG_COLOR", "white"},  {"EMULATE_COLOR", "no"}, {"MAX_LINE_LENGTH", "1000000"},
        {"PNM_PORTABLE", "no"}, {"ROTATION", "0"},       {"PAGESIZE", "letter"},
    };
    plPlotterParams *parameters = pl_newplparams();
    if (!parameters)
        return NULL;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        pl_setplparam(parameters, settings[i][0], (void *)(uintptr_t)settings[i][1]);
    pl_setplparam(parameters, "BITMAPSIZE", (void *)(uintptr_t)size);
    plPlotter *plotter = pl_newpl_r(type, NULL, out, NULL, parameters);
    pl_deleteplparams(parameters);
    if (plotter && pl_openpl_r(plotter) < 0) {
        pl_deletepl_r(plotter);
        return NULL;
    }
    return plotter;
}

static void set_pen(const struct canvas *canvas, struct plot_color color) {
    pl_pencolor_r(canvas->plotter, 257 * color.red, 257 * color.green, 257 * color.blue);
}

static void set_fill(const struct canvas *canvas, struct plot_color color) {
    pl_fillcolor_r(canvas->plotter, 257 * color.red, 257 * color.green, 257 * color.blue);
}

static void set_stroke(const struct canvas *canvas, const struct plot_stroke *stroke) {
    set_pen(canvas, stroke->color);
    pl_flinewidth_r(canvas->plotter, stroke->width);
    if (stroke->dash > 0)
        pl_flinedash_r(canvas->plotter, 2, (double[]){stroke->dash, stroke->dash}, 0);
    else
        pl_linemod_r(canvas->plotter, "solid");
}

/** y as libplot gets it: its bitmaps grow upward, its SVG is turned over to grow downward. */
static double canvas_y(const struct canvas *canvas, const struct plot *plot, double y) {
    return canvas->driver == DRIVER_SVG ? y : plot->height - y;
}

static void trace(const struct canvas *canvas, const struct plot *plot,
                  const struct plot_mark *mark) {
    const struct plot_point *points = plot->points + mark->first;
    pl_fmove_r(canvas->plotter, points[0].x, canvas_y(canvas, plot, points[0].y));
    for (size_t i = 1; i < mark->count; i++)
        pl_fcont_r(canvas->plotter, points[i].x, canvas_y(canvas, plot, points[i].y));
}

static void draw_area(struct canvas *canvas, const struct plot *plot,
                      const struct plot_mark *mark) {
    set_fill(canvas, mark->fill);
    pl_pentype_r(canvas->plotter, 0);
    pl_filltype_r(canvas->plotter, 1);
    trace(canvas, plot, mark);
    pl_endpath_r(canvas->plotter);
}

static void draw_path(struct canvas *canvas, const struct plot *plot,
                      const struct plot_mark *mark) {
    set_stroke(canvas, &mark->stroke);
    pl_pentype_r(canvas->plotter, 1);
    pl_filltype_r(canvas->plotter, 0);
    pl_joinmod_r(canvas->plotter, "round");
    trace(canvas, plot, mark);
    pl_endpath_r(canvas->plotter);
}

static void draw_box(struct canvas *canvas, const struct plot *plot, const struct plot_mark *mark) {
    const struct plot_point *corner = plot->points + mark->first;
    set_fill(canvas, mark->fill);
    pl_pentype_r(canvas->plotter, 0);
    pl_filltype_r(canvas->plotter, 1);
    pl_fbox_r(canvas->plotter, corner[0].x, canvas_y(canvas, plot, corner[0].y), corner[1].x,
              canvas_y(canvas, plot, corner[1].y));
}

static void draw_disc(struct canvas *canvas, const struct plot *plot,
                      const struct plot_mark *mark) {
    const struct plot_point *center = plot->points + mark->first;
    set_fill(canvas, mark->fill);
    set_stroke(canvas, &mark->stroke);
    pl_pentype_r(canvas->plotter, mark->stroke.width > 0 ? 1 : 0);
    pl_filltype_r(canvas->plotter, 1);
    pl_fcircle_r(canvas->plotter, center->x, canvas_y(canvas, plot, center->y), mark->radius);
}

/** libplot strokes Hershey's glyphs with a hairline: drawn some times, shifted by a fraction of the
 *  size, they weigh as much as Helvetica's. */
static void draw_hershey(const struct canvas *canvas, const struct plot_font *font,
                         struct plot_point at, int justification, const char *label) {
    static const struct {
        double reach; /**< of the shifts, in sizes */
        size_t count;
        struct plot_point shifts[5];
    } weights[] = {
        {0.024, 3, {{0, 1}, {0.87, -0.5}, {-0.87, -0.5}}},
        {0.042, 5, {{-0.8, -0.8}, {0.8, -0.8}, {0.8, 0.8}, {-0.8, 0.8}, {0, 0}}},
    };
    double reach = weights[font->bold].reach * font->size;
    pl_fontname_r(canvas->plotter, "HersheySans");
    pl_ffontsize_r(canvas->plotter, font->size);
    for (size_t i = 0; i < weights[font->bold].count; i++) {
        const struct plot_point *shift = &weights[font->bold].shifts[i];
        pl_fmove_r(canvas->plotter, at.x + reach * shift->x, at.y + reach * shift->y);
        pl_alabel_r(canvas->plotter, justification, 'x', label);
    }
}

static void draw_label(struct canvas *canvas, const struct plot *plot,
                       const struct plot_mark *mark) {
    static const int justification[] = {'l', 'c', 'r'};
    struct plot_point at = plot->points[mark->first];
    char *label = libplot_label(plot_mark_text(plot, mark), canvas->driver == DRIVER_PPM);
    if (!label) {
        canvas->failed = true;
        return;
    }
    at.y = canvas_y(canvas, plot, at.y);
    set_pen(canvas, mark->font.color);
    pl_pentype_r(canvas->plotter, 1);
    if (canvas->driver == DRIVER_PPM)
        draw_hershey(canvas, &mark->font, at, justification[mark->anchor], label);
    else {
        pl_fmove_r(canvas->plotter, at.x, at.y);
        pl_alabel_r(canvas->plotter, 'l', 'x', label);
    }
    free(label);
}

/** Whether any of the mark may fall into the rows that are drawn. */
static bool shows(const struct canvas *canvas, const struct plot *plot,
                  const struct plot_mark *mark) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = mark->first; i < mark->first + mark->count; i++) {
        low = fmin(low, plot->points[i].y);
        high = fmax(high, plot->points[i].y);
    }
    double margin = mark->radius + mark->stroke.width + 1.5 * mark->font.size + 1;
    return high + margin >= canvas->top && low - margin <= canvas->bottom;
}

static void draw(struct canvas *canvas, const struct plot *plot) {
    static void (*const draw_kind[])(struct canvas *, const struct plot *,
                                     const struct plot_mark *) = {
        [PLOT_AREA] = draw_area, [PLOT_PATH] = draw_path,   [PLOT_BOX] = draw_box,
        [PLOT_DISC] = draw_disc, [PLOT_LABEL] = draw_label,
    };
    for (size_t i = 0; i < plot->mark_count; i++)
        if (shows(canvas, plot, &plot->marks[i]))
            draw_kind[plot->marks[i].kind](canvas, plot, &plot->marks[i]);
}

static bool draw_and_close(struct canvas *canvas, const struct plot *plot) {
    draw(canvas, plot);
    bool closed = pl_closepl_r(canvas->plotter) >= 0;
    bool deleted = pl_deletepl_r(canvas->plotter) >= 0;
    return closed && deleted && !canvas->failed;
}

bool plot_canvas_svg(const struct plot *plot, FILE *out) {
    struct canvas canvas = {open_plotter("svg", "1x1", out), DRIVER_SVG, 0, plot->height, false};
    if (!canvas.plotter)
        return false;
    pl_fspace_r(canvas.plotter, 0, plot->height, plot->width, 0);
    return draw_and_close(&canvas, plot);
}

bool plot_canvas_ppm(const struct plot *plot, double top, double bottom, unsigned factor,
                     FILE *out) {
    char size[64];
    snprintf(size, sizeof size, "%.0fx%.0f", plot->width * factor, (bottom - top) * factor);
    struct canvas canvas = {open_plotter("pnm", size, out), DRIVER_PPM, top, bottom, false};
    if (!canvas.plotter)
        return false;
    pl_fspace_r(canvas.plotter, 0, plot->height - bottom, plot->width, plot->height - top);
    return draw_and_close(&canvas, plot);
}

/** An open plotter whose output nobody reads. */
struct plot_ruler {
    plPlotter *plotter;
    FILE *out;
    char *bytes;
    size_t length;
};

struct plot_ruler *plot_ruler_new(void) {
    struct plot_ruler *ruler = calloc(1, sizeof *ruler);
    if (!ruler)
        return NULL;
    ruler->out = open_memstream(&ruler->bytes, &ruler->length);
    ruler->plotter = ruler->out ? open_plotter("svg", "1x1", ruler->out) : NULL;
    if (!ruler->plotter) {
        plot_ruler_free(ruler);
        return NULL;
    }
    pl_fspace_r(ruler->plotter, 0, 0, 1000, 1000);
    return ruler;
}

void plot_ruler_free(struct plot_ruler *ruler) {
    if (!ruler)
        return;
    if (ruler->plotter) {
        pl_closepl_r(ruler->plotter);
        pl_deletepl_r(ruler->plotter);
    }
    if (ruler->out)
        fclose(ruler->out);
    free(ruler->bytes);
    free(ruler);
}

double plot_ruler_width(struct plot_ruler *ruler, const char *utf8, double size, bool bold) {
    static const char *const fonts[2][2] = {{"Helvetica", "HersheySans"},
                                            {"Helvetica-Bold", "HersheySans-Bold"}};
    double widest = 0;
    for (int hershey = 0; hershey < 2; hershey++) {
        char *label = libplot_label(utf8, hershey);
        if (!label)
            return NAN;
        pl_fontname_r(ruler->plotter, fonts[bold][hershey]);
        pl_ffontsize_r(ruler->plotter, size);
        widest = fmax(widest, pl_flabelwidth_r(ruler->plotter, label));
        free(label);
    }
    return widest;
}
