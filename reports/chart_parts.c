#include "reports/chart_parts.h"

#include "reports/phrase.h"

#include <math.h>
#include <stdio.h>

/* Okabe and Ito, Color Universal Design, https://jfly.uni-koeln.de/color/ */
const struct plot_color chart_blue = {0x00, 0x72, 0xB2}, chart_orange = {0xE6, 0x9F, 0x00},
                        chart_green = {0x00, 0x9E, 0x73}, chart_vermillion = {0xD5, 0x5E, 0x00},
                        chart_purple = {0xCC, 0x79, 0xA7}, chart_sky = {0x56, 0xB4, 0xE9},
                        chart_yellow = {0xF0, 0xE4, 0x42};
const struct plot_color chart_vermillion_ink = {0xB3, 0x47, 0x00};
const struct plot_color chart_ink = {0x1B, 0x1F, 0x24}, chart_muted = {0x57, 0x60, 0x6A},
                        chart_axis = {0x8C, 0x95, 0x9F}, chart_grid = {0xE4, 0xE7, 0xEB},
                        chart_white = {0xFF, 0xFF, 0xFF};

struct plot_font chart_font(double size, bool bold, struct plot_color color) {
    return (struct plot_font){size, bold, color};
}

struct plot_stroke chart_stroke(double width, struct plot_color color) {
    return (struct plot_stroke){color, width, 0};
}

/** Break a text into as few lines as fit, then into lines of about the same length. */
static size_t wrap_evenly(struct plot *plot, const char *text, const struct plot_font *font,
                          double width, char lines[PLOT_LINES_MAX][PLOT_LINE_BYTES]) {
    size_t count = plot_wrap(plot, text, font->size, font->bold, width, lines);
    double fits = width, low = width / 2;
    for (int i = 0; i < 5 && count > 1; i++) {
        double middle = (low + fits) / 2;
        if (plot_wrap(plot, text, font->size, font->bold, middle, lines) == count)
            fits = middle;
        else
            low = middle;
    }
    return plot_wrap(plot, text, font->size, font->bold, fits, lines);
}

double chart_header(const struct chart *chart, const struct chart_layout *layout,
                    struct plot *plot) {
    const struct {
        const char *text;
        struct plot_font font;
    } parts[] = {
        {chart->title, chart_font(layout->title_size, true, chart_ink)},
        {chart->subtitle, chart_font(layout->text_size + 1, false, chart_muted)},
    };
    double y = layout->narrow ? 6 : 16;
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        const struct plot_font *font = &parts[part].font;
        char lines[PLOT_LINES_MAX][PLOT_LINE_BYTES];
        size_t count =
            wrap_evenly(plot, parts[part].text, font, layout->width - 2 * layout->margin, lines);
        for (size_t i = 0; i < count; i++) {
            y += 1.25 * font->size;
            plot_label(plot, layout->margin, y, PLOT_ANCHOR_START, *font, lines[i]);
        }
        y += 0.35 * font->size;
    }
    return y;
}

char *chart_number(char *buffer, size_t size, double value, int decimals) {
    if (decimals == 0 || value == 0)
        return phrase_count(buffer, size, value);
    snprintf(buffer, size, "%.*f", decimals, value);
    return buffer;
}

static void tick_label(char *buffer, size_t size, const struct plot_ticks *ticks, size_t index,
                       const char *prefix, const char *suffix) {
    char number[CHART_WORD_BYTES];
    chart_number(number, sizeof number, plot_tick(ticks, index), ticks->decimals);
    snprintf(buffer, size, "%s%s%s", prefix, number, suffix);
}

/** Whether no label of the ticks comes near its neighbour. */
static bool labels_fit(struct plot *plot, const struct chart_layout *layout,
                       const struct plot_ticks *ticks, double pixels_per_step, const char *prefix) {
    double widest = 0;
    for (size_t i = 0; i < ticks->count; i++) {
        char label[CHART_WORD_BYTES + 32];
        tick_label(label, sizeof label, ticks, i, prefix, "");
        widest = fmax(widest, plot_text_width(plot, label, layout->text_size, false));
    }
    return widest + layout->text_size < pixels_per_step;
}

struct plot_ticks chart_column_ticks(struct plot *plot, const struct chart_layout *layout,
                                     double low, double high, bool inside, double width,
                                     const char *prefix) {
    struct plot_ticks ticks = {0};
    for (size_t intervals = layout->narrow ? 6 : 8; intervals > 0; intervals--) {
        ticks = inside ? plot_ticks_inside(low, high, intervals)
                       : plot_ticks_outside(low, high, intervals);
        double span = inside ? high - low : plot_tick_last(&ticks) - ticks.first;
        if (labels_fit(plot, layout, &ticks, width * ticks.step / span, prefix))
            break;
    }
    return ticks;
}

void chart_rows(struct plot *plot, const struct chart_layout *layout, const struct chart_area *area,
                const struct plot_ticks *ticks, const struct plot_scale *scale, const char *prefix,
                const char *suffix) {
    struct plot_font font = chart_font(layout->text_size, false, chart_muted);
    for (size_t i = 0; i < ticks->count; i++) {
        double y = plot_scale_at(scale, plot_tick(ticks, i));
        char label[CHART_WORD_BYTES + 32];
        tick_label(label, sizeof label, ticks, i, prefix, suffix);
        plot_line(plot, area->left, y, area->right, y, chart_stroke(1, chart_grid));
        plot_label(plot, area->left - 10, y + 0.35 * font.size, PLOT_ANCHOR_END, font, label);
    }
}

void chart_column_labels(struct plot *plot, const struct chart_layout *layout, double baseline,
                         const struct plot_ticks *ticks, const struct plot_scale *scale,
                         const char *prefix) {
    struct plot_font font = chart_font(layout->text_size, false, chart_muted);
    for (size_t i = 0; i < ticks->count; i++) {
        char label[CHART_WORD_BYTES + 32];
        tick_label(label, sizeof label, ticks, i, prefix, "");
        double half = plot_text_width(plot, label, font.size, false) / 2 + 2;
        double x = plot_scale_at(scale, plot_tick(ticks, i));
        plot_label(plot, fmin(fmax(x, half), layout->width - half), baseline, PLOT_ANCHOR_MIDDLE,
                   font, label);
    }
}

void chart_columns(struct plot *plot, const struct chart_layout *layout,
                   const struct chart_area *area, const struct plot_ticks *ticks,
                   const struct plot_scale *scale, const char *prefix, const char *title) {
    struct plot_font font = chart_font(layout->text_size, false, chart_muted);
    plot_line(plot, area->left, area->bottom, area->right, area->bottom,
              chart_stroke(1.4, chart_axis));
    for (size_t i = 0; i < ticks->count; i++) {
        double x = plot_scale_at(scale, plot_tick(ticks, i));
        plot_line(plot, x, area->bottom, x, area->bottom + 5, chart_stroke(1, chart_axis));
    }
    chart_column_labels(plot, layout, area->bottom + 9 + font.size, ticks, scale, prefix);
    plot_label(plot, (area->left + area->right) / 2, area->bottom + 16 + 2.2 * font.size,
               PLOT_ANCHOR_MIDDLE, font, title);
}

char *chart_short_usd(char *buffer, size_t size, double usd) {
    char number[CHART_WORD_BYTES];
    if (usd < 9.995)
        snprintf(buffer, size, "$%.2f", usd);
    else
        snprintf(buffer, size, "$%s", phrase_count(number, sizeof number, usd));
    return buffer;
}

char *chart_share(char *buffer, size_t size, double chance) {
    static const struct {
        char sign;
        const char *words;
    } signs[] = {{'<', "less than "}, {'>', "more than "}};
    char phrase[CHART_WORD_BYTES];
    phrase_chance(phrase, sizeof phrase, chance);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (phrase[0] == signs[i].sign) {
            snprintf(buffer, size, "%s%s", signs[i].words, phrase + 1);
            return buffer;
        }
    snprintf(buffer, size, "%s", phrase);
    return buffer;
}

char *chart_gib(char *buffer, size_t size, double gib) {
    double mib = 1024 * gib;
    if (mib < 1023.5) {
        char number[CHART_WORD_BYTES];
        if (mib >= 100)
            phrase_count(number, sizeof number, mib);
        else
            phrase_number(number, sizeof number, mib);
        snprintf(buffer, size, "%s MiB", number);
        return buffer;
    }
    char number[CHART_WORD_BYTES];
    phrase_quantity(number, sizeof number, gib < 100 ? gib : round(gib));
    snprintf(buffer, size, "%s GiB", number);
    return buffer;
}
