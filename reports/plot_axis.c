#include "reports/plot_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** A step is refused only when it is clearly too small: sums of steps carry rounding errors. */
static const double slack = 1e-9;

/** Make a usable range of any two numbers. */
static void mend_range(double *low, double *high) {
    if (!isfinite(*low))
        *low = 0;
    if (!isfinite(*high) || *high < *low)
        *high = *low;
    double least = fmax(1e-9, 1e-9 * fmax(fabs(*low), fabs(*high)));
    if (*high - *low >= least)
        return;
    double half = *low == 0 ? 0.5 : 0.1 * fabs(*low);
    *low = *low == 0 ? 0 : *low - half;
    *high += half;
}

static double floor_multiple(double value, double step) {
    return floor(value / step + slack) * step;
}

static double ceil_multiple(double value, double step) {
    return ceil(value / step - slack) * step;
}

static int decimals_of(double step) {
    int decimals = -(int)floor(log10(step) + slack);
    return decimals > 0 ? decimals : 0;
}

struct plot_ticks plot_ticks_outside(double low, double high, size_t intervals) {
    static const double factors[] = {1, 2, 5, 10, 20, 50, 100};
    mend_range(&low, &high);
    double power = pow(10, floor(log10((high - low) / (double)intervals)));
    double step = power;
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        step = factors[i] * power;
        double span = ceil_multiple(high, step) - floor_multiple(low, step);
        if (span <= ((double)intervals + slack) * step)
            break;
    }
    struct plot_ticks ticks = {.first = floor_multiple(low, step), .step = step};
    ticks.count = (size_t)lround((ceil_multiple(high, step) - ticks.first) / step) + 1;
    ticks.decimals = decimals_of(step);
    return ticks;
}

struct plot_ticks plot_ticks_inside(double low, double high, size_t intervals) {
    mend_range(&low, &high);
    struct plot_ticks ticks = plot_ticks_outside(low, high, intervals);
    double margin = slack * ticks.step;
    while (ticks.count > 1 && plot_tick_last(&ticks) > high + margin)
        ticks.count--;
    while (ticks.count > 1 && ticks.first < low - margin) {
        ticks.first += ticks.step;
        ticks.count--;
    }
    return ticks;
}

double plot_tick(const struct plot_ticks *ticks, size_t index) {
    double value = ticks->first + (double)index * ticks->step;
    return fabs(value) < slack * ticks->step ? 0 : value;
}

double plot_tick_last(const struct plot_ticks *ticks) {
    return plot_tick(ticks, ticks->count - 1);
}

double plot_scale_at(const struct plot_scale *scale, double value) {
    double share = (value - scale->low) / (scale->high - scale->low);
    /* Not by fmin(): what is not a number must stay so and be refused by the picture. */
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return scale->from + share * (scale->to - scale->from);
}

/** Labels that touch: they stand `gap` apart around their mean wish. */
struct cluster {
    size_t count;
    double sum; /**< of each wish less its place in the whole row */
};

void plot_spread(double *positions, size_t count, double gap, double low, double high) {
    enum { CLUSTERS_MAX = 32 };
    struct cluster clusters[CLUSTERS_MAX];
    size_t used = 0;
    if (count > CLUSTERS_MAX)
        return;
    /* Less its place in the row, each position must only not fall: an isotonic regression, which
       pooling neighbours that violate the order solves. */
    for (size_t i = 0; i < count; i++) {
        clusters[used++] = (struct cluster){1, positions[i] - gap * (double)i};
        while (used > 1 && clusters[used - 2].sum * (double)clusters[used - 1].count >
                               clusters[used - 1].sum * (double)clusters[used - 2].count) {
            clusters[used - 2].count += clusters[used - 1].count;
            clusters[used - 2].sum += clusters[used - 1].sum;
            used--;
        }
    }
    double highest = high - gap * ((double)count - 1);
    size_t next = 0;
    for (size_t c = 0; c < used; c++) {
        double base = clusters[c].sum / (double)clusters[c].count;
        base = fmax(fmin(base, highest), low);
        for (size_t i = 0; i < clusters[c].count; i++, next++)
            positions[next] = base + gap * (double)next;
    }
}

/** End of the word that begins at `at`, with a `%` that follows it. */
static size_t word_end(const char *at) {
    size_t end = strcspn(at, " ");
    if (at[end] == ' ' && at[end + 1] == '%')
        end += 1 + strcspn(at + end + 1, " ");
    return end;
}

size_t plot_wrap(struct plot *plot, const char *utf8, double size, bool bold, double width,
                 char lines[PLOT_LINES_MAX][PLOT_LINE_BYTES]) {
    size_t count = 0, used = 0;
    for (const char *at = utf8; *at && count < PLOT_LINES_MAX;) {
        size_t length = word_end(at);
        char longer[PLOT_LINE_BYTES];
        snprintf(longer, sizeof longer, "%.*s%s%.*s", (int)used, lines[count], used > 0 ? " " : "",
                 (int)length, at);
        if (used > 0 && plot_text_width(plot, longer, size, bold) > width) {
            count++;
            used = 0;
            continue;
        }
        memcpy(lines[count], longer, sizeof longer);
        used = strlen(longer);
        at += length;
        at += strspn(at, " ");
    }
    return count < PLOT_LINES_MAX && used > 0 ? count + 1 : count;
}
