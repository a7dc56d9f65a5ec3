#include "reports/chart_fan_shape.h"
#include "reports/chart_parts.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct plot_color band_90 = {0xCC, 0xE3, 0xF0}, band_50 = {0x8C, 0xC0, 0xDC},
                               band_ink = {0x0B, 0x51, 0x79};

/** Points of a picture: about a pixel each in the narrow layout, so that both show the same and two
 *  months of quarter days whole. */
static const size_t points_max = 240;

/** A limit further above the data than this is named, not drawn. */
static const double limit_reach = 3;

static const struct component_outcome *outcome_of(const struct chart_subject *subject) {
    return &subject->plan->components[subject->component];
}

/** The horizon's highest value over replicas, in the series' unit (GiB). */
static struct quantiles peak_of(const struct chart_subject *subject, const struct chart *chart) {
    if (chart->kind == CHART_DISK)
        return outcome_of(subject)->disk_gib;
    const struct quantiles *mib = &outcome_of(subject)->memory_peak_mib;
    return (struct quantiles){mib->p5 / 1024, mib->p50 / 1024, mib->p95 / 1024, mib->p99 / 1024,
                              mib->max / 1024};
}

static double horizon_days(const struct chart_subject *subject) {
    return subject->result->scenario->simulation.horizon_seconds / SECONDS_PER_DAY;
}

/** Where the time axis ends. */
static double last_day(const struct chart_subject *subject) {
    return fmax(fmax(horizon_days(subject), 1e-3),
                subject->series->day[subject->series->points - 1]);
}

static const char *component_of(const struct chart_subject *subject) {
    return component_title(subject->component, subject->plan->plan.agent_kind);
}

/** Chance that counts as a miss, so that the headline agrees with the verdict. */
static double accepted_chance(const struct result *result) {
    const struct scenario_target *target = &result->scenario->targets.out_of_memory;
    return target->set ? target->bound : 0;
}

/**
 * Whether kills this likely can come from peaks above the limit. If not, something else kills: the
 * node runs out of memory before the container reaches its limit.
 */
static bool limit_explains(const struct quantiles *peak, double limit, double kill) {
    double seen = kill >= 0.5 ? peak->p50 : kill >= 0.05 ? peak->p95 : peak->max;
    return seen >= 0.95 * limit;
}

static void title_memory(const struct chart_subject *subject, struct chart *chart) {
    char limit[CHART_WORD_BYTES], chance[CHART_WORD_BYTES], noun[CHART_WORD_BYTES],
        peak[CHART_WORD_BYTES];
    const char *name = component_of(subject);
    double kill = outcome_of(subject)->out_of_memory.value;
    struct quantiles peaks = peak_of(subject, chart);
    chart_gib(limit, sizeof limit, subject->series->limit);
    chart_gib(peak, sizeof peak, peaks.p95);
    phrase_horizon(noun, sizeof noun, SECONDS_PER_DAY * horizon_days(subject));
    if (subject->series->limit <= 0)
        snprintf(chart->title, sizeof chart->title, "%s's memory peaks at %s and has no limit",
                 name, peak);
    else if (kill <= 0)
        snprintf(chart->title, sizeof chart->title, "%s's memory stays under its %s limit", name,
                 limit);
    else if (kill <= accepted_chance(subject->result))
        snprintf(chart->title, sizeof chart->title,
                 "%s's memory stays under its %s limit in %s of %ss", name, limit,
                 chart_share(chance, sizeof chance, 1 - kill), noun);
    else if (!limit_explains(&peaks, subject->series->limit, kill))
        snprintf(chart->title, sizeof chart->title,
                 "%s is killed in %s of %ss, %sbelow its %s limit", name,
                 chart_share(chance, sizeof chance, kill), noun,
                 peaks.max < subject->series->limit ? "" : "mostly ", limit);
    else
        snprintf(chart->title, sizeof chart->title, "%s passes its %s limit in %s of %ss", name,
                 limit, chart_share(chance, sizeof chance, kill), noun);
}

static void title_disk(const struct chart_subject *subject, struct chart *chart) {
    char limit[CHART_WORD_BYTES], chance[CHART_WORD_BYTES], noun[CHART_WORD_BYTES],
        peak[CHART_WORD_BYTES];
    const char *name = component_of(subject);
    double full = outcome_of(subject)->volume_full.value;
    chart_gib(limit, sizeof limit, subject->series->limit);
    chart_gib(peak, sizeof peak, peak_of(subject, chart).max);
    phrase_horizon(noun, sizeof noun, SECONDS_PER_DAY * horizon_days(subject));
    if (subject->series->limit <= 0)
        snprintf(chart->title, sizeof chart->title, "%s's disk use reaches %s", name, peak);
    else if (full <= 0)
        snprintf(chart->title, sizeof chart->title, "%s never uses more than %s of its %s volume",
                 name, peak, limit);
    else
        snprintf(chart->title, sizeof chart->title, "%s's %s volume fills up in %s of %ss", name,
                 limit, chart_share(chance, sizeof chance, full), noun);
}

/** `GiB`, or `MiB` when the picture would only hold small fractions. */
static bool in_mib(const struct series *series, double highest) {
    return strcmp(series->unit, "GiB") == 0 && highest < 0.75;
}

/** The highest value the picture must hold, in the series' unit. */
static double highest_drawn(const struct chart_subject *subject, const struct chart *chart) {
    const struct series *series = subject->series;
    double highest = peak_of(subject, chart).p95;
    for (size_t i = 0; i < series->points; i++)
        highest = fmax(highest, series->quantile[SERIES_QUANTILES - 1][i]);
    if (series->limit > 0 && series->limit <= limit_reach * highest)
        highest = fmax(highest, series->limit);
    return highest;
}

void chart_fan_describe(const struct chart_subject *subject, struct chart *chart) {
    const struct series *series = subject->series;
    char low[CHART_WORD_BYTES], middle[CHART_WORD_BYTES], high[CHART_WORD_BYTES],
        usual[CHART_WORD_BYTES], worst[CHART_WORD_BYTES], limit[CHART_WORD_BYTES];
    size_t last = series->points - 1;
    struct quantiles peak = peak_of(subject, chart);
    const char *which = subject->plan == subject->result->best ? "Best plan" : "As written";
    if (chart->kind == CHART_MEMORY)
        title_memory(subject, chart);
    else
        title_disk(subject, chart);
    snprintf(chart->subtitle, sizeof chart->subtitle,
             "%s. %s needed, in %s; the bands hold 50 %% and 90 %% of the runs%s", which,
             chart->kind == CHART_MEMORY ? "Memory" : "Disk",
             in_mib(series, highest_drawn(subject, chart)) ? "MiB" : series->unit,
             fan_shape_by_days(series, last_day(subject), points_max) ? ", through each whole day"
                                                                      : "");
    chart_gib(limit, sizeof limit, series->limit);
    snprintf(chart->description, sizeof chart->description,
             "%s over %.4g days, %s. At the end the median run stands at %s and 90 %% of runs "
             "between %s and %s. The highest moment is %s in the median run and above %s in one "
             "run of twenty. %s%s.",
             series->title, series->day[last],
             subject->plan == subject->result->best ? "best plan" : "as written",
             chart_gib(middle, sizeof middle, series->quantile[2][last]),
             chart_gib(low, sizeof low, series->quantile[0][last]),
             chart_gib(high, sizeof high, series->quantile[4][last]),
             chart_gib(usual, sizeof usual, peak.p50), chart_gib(worst, sizeof worst, peak.p95),
             series->limit > 0 ? "The limit is " : "There is no limit",
             series->limit > 0 ? limit : "");
}

/** What drawing needs at hand. */
struct fan {
    const struct chart_subject *subject;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x, y; /**< y takes the series' unit times `factor` */
    double factor;          /**< 1024 for MiB */
    struct fan_shape shape;
};

static double fan_y(const struct fan *fan, double value) {
    return plot_scale_at(&fan->y, fan->factor * value);
}

/** A point of the series, to a tenth of a pixel: finer would only make the SVG longer. */
static struct plot_point fan_point(const struct fan *fan, size_t quantile, size_t index) {
    double x = plot_scale_at(&fan->x, fan->shape.day[index]);
    double y = fan_y(fan, fan->shape.quantile[quantile][index]);
    return (struct plot_point){round(10 * x) / 10, round(10 * y) / 10};
}

static void draw_band(const struct fan *fan, size_t low, size_t high, struct plot_color color) {
    size_t count = fan->shape.points;
    struct plot_point *outline = malloc(2 * count * sizeof *outline);
    if (!outline) {
        fan->plot->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        outline[i] = fan_point(fan, low, i);
        outline[2 * count - 1 - i] = fan_point(fan, high, i);
    }
    plot_area(fan->plot, outline, 2 * count, color);
    free(outline);
}

static void draw_median(const struct fan *fan) {
    struct plot_point *line = malloc(fan->shape.points * sizeof *line);
    if (!line) {
        fan->plot->failed = true;
        return;
    }
    for (size_t i = 0; i < fan->shape.points; i++)
        line[i] = fan_point(fan, 2, i);
    plot_path(fan->plot, line, fan->shape.points, chart_stroke(2.4, chart_blue));
    free(line);
}

/** How much of the outer band a text in this box would hide, in points. */
static size_t hidden(const struct fan *fan, const struct chart_area *box) {
    size_t count = 0;
    for (size_t i = 0; i < fan->shape.points; i++) {
        double x = plot_scale_at(&fan->x, fan->shape.day[i]);
        count += x >= box->left && x <= box->right &&
                 fan_y(fan, fan->shape.quantile[4][i]) < box->bottom &&
                 fan_y(fan, fan->shape.quantile[0][i]) > box->top;
    }
    return count;
}

/** Write the limit's name beside its line, where it hides least; on white where it hides any. */
static void label_limit(const struct fan *fan, const char *label, double y) {
    struct plot_font font = chart_font(fan->layout->text_size, true, chart_vermillion_ink);
    double width = plot_text_width(fan->plot, label, font.size, true);
    const double starts[] = {fan->area.left + 8, fan->area.right - 8 - width,
                             (fan->area.left + fan->area.right - width) / 2};
    const double baselines[] = {y - 7, y + 7 + 0.75 * font.size};
    size_t least = SIZE_MAX;
    struct plot_point at = {starts[0], baselines[0]};
    struct chart_area on = {0};
    for (size_t b = 0; b < 2; b++)
        for (size_t s = 0; s < 3; s++) {
            const struct chart_area box = {starts[s] - 3, baselines[b] - 0.85 * font.size,
                                           starts[s] + width + 3, baselines[b] + 0.25 * font.size};
            size_t hides = hidden(fan, &box);
            if (box.bottom > fan->area.bottom || hides >= least)
                continue;
            least = hides;
            at = (struct plot_point){starts[s], baselines[b]};
            on = box;
        }
    if (least > 0)
        plot_box(fan->plot, on.left, on.top, on.right, on.bottom, chart_white);
    plot_label(fan->plot, at.x, at.y, PLOT_ANCHOR_START, font, label);
}

/** A small triangle that points out of the picture at the limit that is not in it. */
static void draw_limit_beyond(const struct fan *fan, const char *label) {
    double x = fan->area.left + 14, y = fan->area.top + 10;
    struct plot_font font = chart_font(fan->layout->text_size, true, chart_vermillion_ink);
    plot_area(fan->plot, (struct plot_point[]){{x - 5, y + 4}, {x + 5, y + 4}, {x, y - 5}}, 3,
              chart_vermillion);
    plot_label(fan->plot, x + 11, y + 0.35 * font.size, PLOT_ANCHOR_START, font, label);
}

static void draw_limit(const struct fan *fan, enum chart_kind kind) {
    double limit = fan->subject->series->limit;
    if (limit <= 0)
        return;
    char amount[CHART_WORD_BYTES], label[CHART_WORD_BYTES + 32];
    const char *name = kind == CHART_DISK ? "Volume" : "Limit";
    chart_gib(amount, sizeof amount, limit);
    if (fan->factor * limit > fan->y.high) {
        snprintf(label, sizeof label, "%s %s, off the chart", name, amount);
        draw_limit_beyond(fan, label);
        return;
    }
    double y = fan_y(fan, limit);
    plot_line(fan->plot, fan->area.left, y, fan->area.right, y,
              (struct plot_stroke){chart_vermillion, 2, 8});
    snprintf(label, sizeof label, "%s %s", name, amount);
    label_limit(fan, label, y);
}

/** Name the bands at their right ends. */
static void label_bands(const struct fan *fan) {
    static const struct {
        const char *text;
        size_t quantile;
    } labels[] = {{"95 %", 4}, {"Median", 2}, {"5 %", 0}};
    const size_t count = sizeof labels / sizeof *labels;
    size_t last = fan->shape.points - 1;
    double size = fan->layout->text_size, wanted[3], placed[3];
    for (size_t i = 0; i < count; i++)
        placed[i] = wanted[i] = fan_y(fan, fan->shape.quantile[labels[i].quantile][last]);
    bool flat = wanted[2] - wanted[0] < 2;
    plot_spread(placed, count, size + 3, fan->area.top, fan->area.bottom);
    for (size_t i = 0; i < count; i++) {
        if (flat && labels[i].quantile != 2)
            continue;
        double x = fan->area.right + 8, y = flat ? wanted[i] : placed[i];
        if (fabs(y - wanted[i]) > 3)
            plot_line(fan->plot, fan->area.right + 1, wanted[i], x - 1, y,
                      chart_stroke(1, chart_axis));
        plot_label(fan->plot, x, y + 0.35 * size, PLOT_ANCHOR_START,
                   chart_font(size, true, labels[i].quantile == 2 ? chart_blue : band_ink),
                   labels[i].text);
    }
}

/** Beside the picture: where the highest moments of the runs lie, which is what kills. */
static void draw_peaks(const struct fan *fan, const struct quantiles *peak) {
    if (peak->p95 <= 0)
        return;
    double x = fan->layout->width - fan->layout->margin - (fan->layout->narrow ? 18 : 26);
    double size = fan->layout->text_size, half = 9;
    double top = fmin(fan_y(fan, peak->p95), fan_y(fan, peak->p50) - 1);
    double bottom = fmax(fan_y(fan, peak->p5), fan_y(fan, peak->p50) + 1);
    plot_box(fan->plot, x - half, top, x + half, bottom, band_90);
    plot_line(fan->plot, x - half, fan_y(fan, peak->p50), x + half, fan_y(fan, peak->p50),
              chart_stroke(2.4, chart_blue));
    double limit = fan->subject->series->limit;
    if (limit > 0 && fan->factor * limit <= fan->y.high)
        plot_line(fan->plot, x - half - 4, fan_y(fan, limit), x + half + 4, fan_y(fan, limit),
                  chart_stroke(2, chart_vermillion));
    plot_line(fan->plot, x - half - 4, fan->area.bottom, x + half + 4, fan->area.bottom,
              chart_stroke(1.4, chart_axis));
    plot_label(fan->plot, x, fan->area.bottom + 9 + size, PLOT_ANCHOR_MIDDLE,
               chart_font(size, false, chart_muted), "Peak");
    plot_label(fan->plot, x, fan->area.bottom + 16 + 2.2 * size, PLOT_ANCHOR_MIDDLE,
               chart_font(size, false, chart_muted), "of a run");
}

/** Axes and scales from the data; fails the picture when memory is out. */
static void lay_out(struct fan *fan, const struct chart *chart, double top, struct plot_ticks *rows,
                    struct plot_ticks *days) {
    const struct chart_layout *layout = fan->layout;
    double highest = highest_drawn(fan->subject, chart);
    double end = last_day(fan->subject);
    fan->factor = in_mib(fan->subject->series, highest) ? 1024 : 1;
    *rows = plot_ticks_outside(0, fan->factor * highest, layout->narrow ? 5 : 7);
    char widest[CHART_WORD_BYTES];
    chart_number(widest, sizeof widest, plot_tick_last(rows), rows->decimals);
    double label = plot_text_width(fan->plot, widest, layout->text_size, false);
    fan->area = (struct chart_area){
        fmax(layout->narrow ? 0 : 96, layout->margin + label + 12), top + 28,
        layout->width - layout->margin - (layout->narrow ? 104 : 128), layout->height - 72};
    *days =
        chart_column_ticks(fan->plot, layout, 0, end, true, fan->area.right - fan->area.left, "");
    fan->x = (struct plot_scale){0, end, fan->area.left, fan->area.right};
    fan->y = (struct plot_scale){0, plot_tick_last(rows), fan->area.bottom, fan->area.top};
    if (!fan_shape_make(fan->subject->series, end, points_max, &fan->shape))
        fan->plot->failed = true;
}

void chart_fan_draw(const struct chart_subject *subject, const struct chart *chart,
                    const struct chart_layout *layout, struct plot *plot) {
    struct fan fan = {.subject = subject, .layout = layout, .plot = plot};
    struct plot_ticks rows, days;
    struct quantiles peak = peak_of(subject, chart);
    lay_out(&fan, chart, chart_header(chart, layout, plot), &rows, &days);
    if (!plot->failed) {
        chart_rows(plot, layout, &fan.area, &rows, &fan.y, "", "");
        draw_band(&fan, 0, 4, band_90);
        draw_band(&fan, 1, 3, band_50);
        draw_median(&fan);
        draw_limit(&fan, chart->kind);
        label_bands(&fan);
        draw_peaks(&fan, &peak);
        chart_columns(plot, layout, &fan.area, &days, &fan.x, "", "Day");
    }
    fan_shape_fini(&fan.shape);
}
