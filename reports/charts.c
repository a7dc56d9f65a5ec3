#include "reports/charts.h"

#include "reports/chart_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct chart_layout wide = {false, 960, 540, 48, 22, 14};
static const struct chart_layout narrow = {true, 400, 400, 14, 17, 13};

/** A series that makes a chart. */
static const struct {
    const char *name, *slug;
    enum chart_kind kind;
    enum component component;
} fans[] = {
    {"loki_memory", "loki-memory", CHART_MEMORY, COMPONENT_LOKI},
    {"loki_disk", "loki-disk", CHART_DISK, COMPONENT_LOKI},
    {"tempo_memory", "tempo-memory", CHART_MEMORY, COMPONENT_TEMPO},
    {"tempo_disk", "tempo-disk", CHART_DISK, COMPONENT_TEMPO},
};

struct chart_methods {
    void (*describe)(const struct chart_subject *, struct chart *);
    void (*draw)(const struct chart_subject *, const struct chart *, const struct chart_layout *,
                 struct plot *);
    double narrow_height; /**< pixels */
};

static const struct chart_methods methods[] = {
    [CHART_MEMORY] = {chart_fan_describe, chart_fan_draw, 400},
    [CHART_DISK] = {chart_fan_describe, chart_fan_draw, 400},
    [CHART_COST] = {chart_bars_describe, chart_bars_draw, 530},
    [CHART_BREAK_EVEN] = {chart_break_even_describe, chart_break_even_draw, 440},
    [CHART_RISK] = {chart_pareto_describe, chart_pareto_draw, 460},
    [CHART_TORNADO] = {chart_tornado_describe, chart_tornado_draw, 590},
};

static struct chart *add_chart(struct chart_set *set, struct chart_subject *subjects,
                               struct chart_subject subject, enum chart_kind kind) {
    subjects[set->count] = subject;
    struct chart *chart = &set->charts[set->count++];
    *chart = (struct chart){.kind = kind, .plan = subject.plan};
    text_init(&chart->svg);
    text_init(&chart->svg_narrow);
    return chart;
}

static void add_fans(const struct result *result, const struct plan_outcome *plan,
                     const char *suffix, const struct series *series, size_t series_count,
                     struct chart_set *set, struct chart_subject *subjects) {
    for (size_t f = 0; plan && f < sizeof fans / sizeof *fans; f++)
        for (size_t i = 0; i < series_count; i++) {
            if (strcmp(series[i].name, fans[f].name) != 0 || series[i].points < 2)
                continue;
            struct chart_subject subject = {result, plan, &series[i], fans[f].component};
            struct chart *chart = add_chart(set, subjects, subject, fans[f].kind);
            snprintf(chart->name, sizeof chart->name, "%s-%s", fans[f].slug, suffix);
            break;
        }
}

static void add_charts(const struct result *result, struct chart_set *set,
                       struct chart_subject *subjects) {
    struct chart_subject all = {.result = result};
    if (chart_bars_wanted(result))
        snprintf(add_chart(set, subjects, all, CHART_COST)->name, sizeof set->charts->name, "cost");
    if (chart_break_even_wanted(result))
        snprintf(add_chart(set, subjects, all, CHART_BREAK_EVEN)->name, sizeof set->charts->name,
                 "break-even");
    if (chart_pareto_wanted(result))
        snprintf(add_chart(set, subjects, all, CHART_RISK)->name, sizeof set->charts->name,
                 "cost-risk");
    if (chart_tornado_wanted(result))
        snprintf(add_chart(set, subjects, all, CHART_TORNADO)->name, sizeof set->charts->name,
                 "sensitivity");
    add_fans(result, result->as_written, "as-written", result->as_written_series,
             result->as_written_series_count, set, subjects);
    add_fans(result, result->best, "best", result->best_series, result->best_series_count, set,
             subjects);
}

/** Lay the chart out in one size and write it as SVG and, unless `png` is false, as PNG. */
static enum status write_chart(const struct chart_subject *subject,
                               const struct chart_layout *layout, struct chart *chart,
                               struct text *svg, bool png, struct diagnostics *diagnostics) {
    char id[sizeof chart->name + 16];
    snprintf(id, sizeof id, "%s%s", chart->name, layout->narrow ? "-narrow" : "");
    struct chart_layout fitted = *layout;
    if (layout->narrow)
        fitted.height = methods[chart->kind].narrow_height;
    struct plot plot;
    plot_init(&plot, fitted.width, fitted.height);
    methods[chart->kind].draw(subject, chart, &fitted, &plot);
    enum status status =
        plot_write_svg(&plot, id, chart->title, chart->description, svg, diagnostics);
    if (status == STATUS_OK && text_failed(svg))
        status = diagnostics_out_of_memory(diagnostics, "a chart");
    if (status == STATUS_OK && png)
        status = plot_write_png(&plot, &chart->png, &chart->png_length, diagnostics);
    plot_fini(&plot);
    return status;
}

static enum status make_chart(const struct chart_subject *subject, bool png, struct chart *chart,
                              struct diagnostics *diagnostics) {
    methods[chart->kind].describe(subject, chart);
    enum status status = write_chart(subject, &wide, chart, &chart->svg, png, diagnostics);
    if (status == STATUS_OK)
        status = write_chart(subject, &narrow, chart, &chart->svg_narrow, false, diagnostics);
    return status;
}

static enum status make_charts(const struct result *result, bool png, struct chart_set *set,
                               struct diagnostics *diagnostics) {
    struct chart_subject subjects[CHARTS_MAX];
    set->count = 0;
    add_charts(result, set, subjects);
    enum status status = STATUS_OK;
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < set->count; i++) {
        struct diagnostics own;
        diagnostics_init(&own);
        enum status made = make_chart(&subjects[i], png, &set->charts[i], &own);
        if (made == STATUS_OK)
            continue;
#pragma omp critical(charts_status)
        {
            status = made;
            diagnostics_add(diagnostics, made, NULL, 0, 0, "%s", own.items[0].message);
        }
    }
    if (status != STATUS_OK)
        chart_set_fini(set);
    return status;
}

enum status charts_make(const struct result *result, struct chart_set *set,
                        struct diagnostics *diagnostics) {
    return make_charts(result, true, set, diagnostics);
}

enum status charts_make_svg(const struct result *result, struct chart_set *set,
                            struct diagnostics *diagnostics) {
    return make_charts(result, false, set, diagnostics);
}

void chart_set_fini(struct chart_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        text_fini(&set->charts[i].svg);
        text_fini(&set->charts[i].svg_narrow);
        free(set->charts[i].png);
    }
    set->count = 0;
}
