#include "reports/chart_parts.h"

#include "reports/phrase.h"
#include "sim/base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Dots of beaten plans keep this far apart, else one stands for several. */
static const double cell_pixels = 5;

/** A plan's place in the chart. */
struct place {
    double usd, risk;
};

/**
 * Where a plan stands. With a pod that found no node it misses for certain. Else its own chance of
 * any miss is not in its outcome; that of its worst target bounds it from below, and the candidate
 * of the same price next above that is the plan itself. Targets about money are the other axis.
 */
static struct place place_of(const struct result *result, const struct plan_outcome *plan) {
    struct place place = {plan->monthly_usd.p50, 0};
    if (plan->plan.pending > 0)
        return (struct place){place.usd, 1};
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target_outcome *target = &plan->targets[i];
        if (target->kind == TARGET_COST || target->kind == TARGET_SAVINGS)
            continue;
        double chance = target->probability.value;
        double miss = target->kind == TARGET_OUT_OF_MEMORY ? chance : 1 - chance;
        place.risk = fmax(place.risk, miss);
    }
    double nearest = 0.02;
    struct place found = place;
    for (size_t i = 0; i < result->candidate_count; i++) {
        const struct candidate_point *point = &result->candidates[i];
        double above = point->miss_probability - place.risk;
        if (fabs(point->monthly_usd - place.usd) > 0.02 || above < -1e-9 || above >= nearest)
            continue;
        nearest = above;
        found = (struct place){point->monthly_usd, point->miss_probability};
    }
    return found;
}

bool chart_pareto_wanted(const struct result *result) {
    return result->candidate_count > 0;
}

/** Dollars a month that the scenario allows; infinite without a cost target. */
static double budget_of(const struct result *result) {
    const struct scenario_target *target = &result->scenario->targets.cost;
    return target->set ? target->bound : INFINITY;
}

/** The candidate within the budget that is least likely to miss, the cheapest of equals; NULL when
 *  there is none. */
static const struct candidate_point *safest(const struct result *result, double budget) {
    const struct candidate_point *best = NULL;
    for (size_t i = 0; i < result->candidate_count; i++) {
        const struct candidate_point *point = &result->candidates[i];
        if (point->monthly_usd > budget)
            continue;
        if (!best || point->miss_probability < best->miss_probability ||
            (point->miss_probability <= best->miss_probability &&
             point->monthly_usd < best->monthly_usd))
            best = point;
    }
    return best;
}

/** A risk that most would call safe: about what the default targets accept. */
static const double low_risk = 0.02;

/** The cheapest candidate beyond the budget whose risk is low; NULL when there is none. */
static const struct candidate_point *safe_beyond(const struct result *result, double budget) {
    const struct candidate_point *found = NULL;
    for (size_t i = 0; i < result->candidate_count; i++) {
        const struct candidate_point *point = &result->candidates[i];
        if (point->monthly_usd > budget && point->miss_probability <= low_risk &&
            (!found || point->monthly_usd < found->monthly_usd))
            found = point;
    }
    return found;
}

/** More than the budget would do. */
static void title_safe_beyond(double budget, const struct candidate_point *point,
                              struct chart *chart) {
    char limit[CHART_WORD_BYTES], usd[CHART_WORD_BYTES], chance[CHART_WORD_BYTES];
    snprintf(chart->title, sizeof chart->title,
             "No plan within %s a month holds every target; for %s the risk is %s",
             units_print_usd(limit, sizeof limit, budget),
             units_print_usd(usd, sizeof usd, point->monthly_usd),
             chart_share(chance, sizeof chance, point->miss_probability));
}

static void title_beyond_budget(const struct result *result, double budget, struct chart *chart) {
    char limit[CHART_WORD_BYTES], usd[CHART_WORD_BYTES];
    double cheapest = INFINITY;
    for (size_t i = 0; i < result->candidate_count; i++)
        cheapest = fmin(cheapest, result->candidates[i].monthly_usd);
    snprintf(chart->title, sizeof chart->title,
             "No plan within %s a month holds every target; the cheapest found costs %s",
             units_print_usd(limit, sizeof limit, budget),
             units_print_usd(usd, sizeof usd, cheapest));
}

static void title_without_best(const struct result *result, struct chart *chart) {
    char chance[CHART_WORD_BYTES], usd[CHART_WORD_BYTES], noun[CHART_WORD_BYTES];
    double budget = budget_of(result);
    const struct candidate_point *point = safest(result, budget);
    const struct candidate_point *dearer = safe_beyond(result, budget);
    if (dearer && (!point || point->miss_probability > low_risk)) {
        title_safe_beyond(budget, dearer, chart);
        return;
    }
    if (!point) {
        title_beyond_budget(result, budget, chart);
        return;
    }
    snprintf(chart->title, sizeof chart->title,
             "No plan holds every target: the safest%s, at %s, misses one in %s of %ss",
             isfinite(budget) ? " within the budget" : "",
             units_print_usd(usd, sizeof usd, point->monthly_usd),
             chart_share(chance, sizeof chance, point->miss_probability),
             phrase_horizon(noun, sizeof noun, result->scenario->simulation.horizon_seconds));
}

/** The stack as written holds: what more the search found. */
static void title_written_holds(const struct result *result, struct chart *chart) {
    char usd[CHART_WORD_BYTES];
    double saved =
        result->best ? result->as_written->monthly_usd.p50 - result->best->monthly_usd.p50 : 0;
    if (saved >= 0.005)
        snprintf(chart->title, sizeof chart->title, "%s less a month still holds every target",
                 units_print_usd(usd, sizeof usd, saved));
    else
        snprintf(chart->title, sizeof chart->title,
                 "No plan that holds every target is cheaper than the stack as written");
}

/** What the step from the stack as written, which misses, to the best plan brings. */
static void title_with_best(const struct result *result, struct chart *chart) {
    struct place best = place_of(result, result->best);
    struct place written = place_of(result, result->as_written);
    char usd[CHART_WORD_BYTES], before[CHART_WORD_BYTES], after[CHART_WORD_BYTES],
        price[2 * CHART_WORD_BYTES];
    double more = best.usd - written.usd;
    units_print_usd(usd, sizeof usd, fabs(more));
    if (fabs(more) < 0.005)
        snprintf(price, sizeof price, "For the same money");
    else
        snprintf(price, sizeof price, "For %s %s a month", usd, more > 0 ? "more" : "less");
    chart_share(before, sizeof before, written.risk);
    chart_share(after, sizeof after, best.risk);
    bool safer = best.risk < written.risk && strcmp(before, after) != 0;
    snprintf(chart->title, sizeof chart->title, "%s, the risk of a missed target %s%s%s%s", price,
             safer ? "falls from " : "is ", safer ? before : "", safer ? " to " : "", after);
}

static void title(const struct result *result, struct chart *chart) {
    if (result->as_written && result->as_written->holds)
        title_written_holds(result, chart);
    else if (result->as_written && result->best)
        title_with_best(result, chart);
    else
        title_without_best(result, chart);
}

void chart_pareto_describe(const struct chart_subject *subject, struct chart *chart) {
    const struct result *result = subject->result;
    char count[CHART_WORD_BYTES], usd[CHART_WORD_BYTES], chance[CHART_WORD_BYTES],
        low[CHART_WORD_BYTES], high[CHART_WORD_BYTES];
    double cheapest = INFINITY, dearest = 0;
    for (size_t i = 0; i < result->candidate_count; i++) {
        cheapest = fmin(cheapest, result->candidates[i].monthly_usd);
        dearest = fmax(dearest, result->candidates[i].monthly_usd);
    }
    title(result, chart);
    snprintf(
        chart->subtitle, sizeof chart->subtitle,
        "Chance that a target other than cost is missed, by cost. Each dot is a plan, the line "
        "the least chance for the money");
    size_t used = (size_t)snprintf(
        chart->description, sizeof chart->description,
        "%s plans between %s and %s a month, by cost and chance of a missed target.",
        phrase_count(count, sizeof count, (double)result->candidate_count),
        units_print_usd(low, sizeof low, cheapest), units_print_usd(high, sizeof high, dearest));
    if (!result->best || used >= sizeof chart->description)
        return;
    struct place best = place_of(result, result->best);
    snprintf(chart->description + used, sizeof chart->description - used,
             " The best plan costs %s and misses one in %s.",
             units_print_usd(usd, sizeof usd, best.usd),
             chart_share(chance, sizeof chance, best.risk));
}

/** What drawing needs at hand. */
struct pareto {
    const struct result *result;
    const struct chart_layout *layout;
    struct plot *plot;
    struct chart_area area;
    struct plot_scale x, y;
    struct plot_point *dots; /**< that were drawn, for labels to keep off */
    size_t dot_count;
    struct chart_area labels[3]; /**< boxes of the labels so far */
    size_t label_count;
};

static struct plot_point locate(const struct pareto *pareto, double usd, double risk) {
    return (struct plot_point){plot_scale_at(&pareto->x, usd),
                               plot_scale_at(&pareto->y, 100 * risk)};
}

/** Draw the plans that others beat, one dot for those that would lie on each other. */
static void draw_beaten(struct pareto *pareto) {
    size_t columns = (size_t)(pareto->layout->width / cell_pixels) + 1;
    size_t rows = (size_t)(pareto->layout->height / cell_pixels) + 1;
    bool *taken = calloc(columns * rows, sizeof *taken);
    if (!taken) {
        pareto->plot->failed = true;
        return;
    }
    for (size_t i = 0; i < pareto->result->candidate_count; i++) {
        const struct candidate_point *point = &pareto->result->candidates[i];
        struct plot_point at = locate(pareto, point->monthly_usd, point->miss_probability);
        if (!isfinite(at.x) || !isfinite(at.y)) {
            pareto->plot->failed = true;
            break;
        }
        size_t cell = (size_t)(at.y / cell_pixels) * columns + (size_t)(at.x / cell_pixels);
        if (point->efficient || taken[cell])
            continue;
        taken[cell] = true;
        pareto->dots[pareto->dot_count++] = at;
        plot_disc(pareto->plot, at.x, at.y, 3.5, (struct plot_color){0xC9, 0xD1, 0xD9},
                  chart_stroke(0.8, chart_axis));
    }
    free(taken);
}

static int by_x(const void *a, const void *b) {
    const struct plot_point *left = a, *right = b;
    return (left->x > right->x) - (left->x < right->x);
}

/** Draw the least risk that each amount of money buys: it falls where a plan begins that no plan
 *  beats. */
static void draw_steps(struct pareto *pareto, const struct plot_point *front, size_t count) {
    struct plot_point *steps = malloc(2 * count * sizeof *steps);
    if (!steps) {
        pareto->plot->failed = true;
        return;
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            steps[used++] = (struct plot_point){front[i].x, front[i - 1].y};
        steps[used++] = front[i];
    }
    plot_path(pareto->plot, steps, used, chart_stroke(2, chart_blue));
    free(steps);
}

/** Mark the plans that none beats and join them. */
static void draw_front(struct pareto *pareto) {
    struct plot_point *front = pareto->dots + pareto->dot_count;
    size_t count = 0;
    for (size_t i = 0; i < pareto->result->candidate_count; i++) {
        const struct candidate_point *point = &pareto->result->candidates[i];
        if (point->efficient)
            front[count++] = locate(pareto, point->monthly_usd, point->miss_probability);
    }
    if (count == 0)
        return;
    qsort(front, count, sizeof *front, by_x);
    draw_steps(pareto, front, count);
    for (size_t i = 0; i < count; i++)
        plot_disc(pareto->plot, front[i].x, front[i].y, 5, chart_blue,
                  chart_stroke(1.2, chart_white));
    pareto->dot_count += count;
}

static bool boxes_touch(const struct chart_area *a, const struct chart_area *b) {
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/** How much a label in this box would hide: dots count one each, the line of the cost target two,
 *  other labels and the picture's edge far more. */
static double hidden(const struct pareto *pareto, const struct chart_area *box) {
    double budget = plot_scale_at(&pareto->x, budget_of(pareto->result));
    double cost = budget > box->left && budget < box->right ? 2 : 0;
    for (size_t i = 0; i < pareto->dot_count; i++) {
        const struct plot_point *dot = &pareto->dots[i];
        struct chart_area around = {dot->x - 5, dot->y - 5, dot->x + 5, dot->y + 5};
        cost += boxes_touch(box, &around) ? 1 : 0;
    }
    for (size_t i = 0; i < pareto->label_count; i++)
        cost += boxes_touch(box, &pareto->labels[i]) ? 1000 : 0;
    if (box->left < pareto->area.left || box->top < pareto->area.top - 12 ||
        box->bottom > pareto->area.bottom || box->right > pareto->layout->width - 4)
        cost += 1000;
    return cost;
}

/** The box of a label near its mark, on the side where it hides least. */
static struct chart_area place_label(const struct pareto *pareto, struct plot_point at,
                                     double width, double *hides) {
    static const struct {
        double x, y; /**< -1, 0 or 1: left or above, centred, right or below */
        double far;  /**< distance from the mark */
    } sides[] = {{1, -1, 9},  {1, 0, 12},  {1, 1, 9},   {-1, 0, 12}, {-1, -1, 9}, {-1, 1, 9},
                 {0, -1, 11}, {0, 1, 11},  {1, -1, 26}, {1, 1, 26},  {0, -1, 26}, {-1, -1, 26},
                 {0, -1, 44}, {1, -1, 44}, {0, 1, 26},  {-1, -1, 44}};
    double size = pareto->layout->text_size;
    struct chart_area chosen = {0};
    *hides = INFINITY;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        double left = at.x + sides[i].x * sides[i].far - width * (1 - sides[i].x) / 2;
        double middle = at.y + sides[i].y * (sides[i].far + size / 2 - 4);
        struct chart_area box = {left - 2, middle - 0.55 * size, left + width + 2,
                                 middle + 0.55 * size};
        double cost = hidden(pareto, &box);
        if (cost >= *hides)
            continue;
        *hides = cost;
        chosen = box;
    }
    return chosen;
}

/** Write a label near its mark, joined to it when it had to move away. */
static void label_near(struct pareto *pareto, struct plot_point at, const char *label,
                       struct plot_color color) {
    double size = pareto->layout->text_size, hides = 0;
    double width = plot_text_width(pareto->plot, label, size, true);
    struct chart_area box = place_label(pareto, at, width, &hides);
    struct plot_point end = {fmin(fmax(at.x, box.left), box.right),
                             fmin(fmax(at.y, box.top), box.bottom)};
    if (hypot(end.x - at.x, end.y - at.y) > 16)
        plot_line(pareto->plot, at.x, at.y, end.x, end.y, chart_stroke(1, color));
    if (hides >= 1)
        plot_box(pareto->plot, box.left, box.top, box.right, box.bottom, chart_white);
    plot_label(pareto->plot, box.left + 2, box.top + 0.9 * size, PLOT_ANCHOR_START,
               chart_font(size, true, color), label);
    pareto->labels[pareto->label_count++] = box;
}

/** The cost target as a line that plans should stand left of. */
static void draw_budget(struct pareto *pareto) {
    double budget = budget_of(pareto->result);
    if (!(budget >= pareto->x.low && budget <= pareto->x.high))
        return;
    char usd[CHART_WORD_BYTES], label[CHART_WORD_BYTES + 16];
    double size = pareto->layout->text_size, x = plot_scale_at(&pareto->x, budget);
    plot_line(pareto->plot, x, pareto->area.top, x, pareto->area.bottom,
              (struct plot_stroke){chart_vermillion, 2, 8});
    snprintf(label, sizeof label, "Target: at most %s", chart_short_usd(usd, sizeof usd, budget));
    double width = plot_text_width(pareto->plot, label, size, true);
    double left = fmin(x - 4, pareto->layout->width - pareto->layout->margin - width);
    plot_label(pareto->plot, left, pareto->area.top - 8, PLOT_ANCHOR_START,
               chart_font(size, true, chart_vermillion_ink), label);
    pareto->labels[pareto->label_count++] =
        (struct chart_area){left, pareto->area.top - 8 - size, left + width, pareto->area.top - 4};
}

/** Write `name` and the price beside a plan's mark. */
static void label_plan(struct pareto *pareto, struct plot_point at, const char *name, double price,
                       struct plot_color color) {
    char usd[CHART_WORD_BYTES], label[CHART_WORD_BYTES + 32];
    snprintf(label, sizeof label, "%s, %s", name, units_print_usd(usd, sizeof usd, price));
    label_near(pareto, at, label, color);
}

/** Mark the best plan or, where none holds, name the safest that the budget allows. */
static void draw_best(struct pareto *pareto) {
    const struct result *result = pareto->result;
    if (result->best) {
        struct place place = place_of(result, result->best);
        struct plot_point at = locate(pareto, place.usd, place.risk);
        plot_disc(pareto->plot, at.x, at.y, 7.5, chart_vermillion, chart_stroke(1.8, chart_white));
        pareto->dots[pareto->dot_count++] = at;
        label_plan(pareto, at, "Best plan", place.usd, chart_vermillion_ink);
        return;
    }
    const struct candidate_point *point = safest(result, budget_of(result));
    if (point)
        label_plan(pareto, locate(pareto, point->monthly_usd, point->miss_probability),
                   isfinite(budget_of(result)) ? "Safest in budget" : "Safest", point->monthly_usd,
                   chart_blue);
}

/** The two plans the report is about, by shape as well as by colour. */
static void draw_plans(struct pareto *pareto) {
    const struct result *result = pareto->result;
    if (!result->as_written) {
        draw_best(pareto);
        return;
    }
    struct place place = place_of(result, result->as_written);
    struct plot_point at = locate(pareto, place.usd, place.risk);
    plot_box(pareto->plot, at.x - 7.5, at.y - 7.5, at.x + 7.5, at.y + 7.5, chart_white);
    plot_box(pareto->plot, at.x - 6, at.y - 6, at.x + 6, at.y + 6, chart_ink);
    pareto->dots[pareto->dot_count++] = at;
    draw_best(pareto);
    label_plan(pareto, at, "As written", place.usd, chart_ink);
}

/** Axes from the candidates and the two plans. */
static void lay_out(struct pareto *pareto, double top, struct plot_ticks *dollars,
                    struct plot_ticks *risks) {
    const struct chart_layout *layout = pareto->layout;
    const struct result *result = pareto->result;
    double cheapest = INFINITY, dearest = 0, worst = 0;
    for (size_t i = 0; i < result->candidate_count; i++) {
        cheapest = fmin(cheapest, result->candidates[i].monthly_usd);
        dearest = fmax(dearest, result->candidates[i].monthly_usd);
        worst = fmax(worst, result->candidates[i].miss_probability);
    }
    const struct plan_outcome *const plans[] = {result->as_written, result->best};
    for (size_t i = 0; i < 2; i++) {
        if (!plans[i])
            continue;
        struct place place = place_of(result, plans[i]);
        cheapest = fmin(cheapest, place.usd);
        dearest = fmax(dearest, place.usd);
        worst = fmax(worst, place.risk);
    }
    *risks = plot_ticks_outside(0, fmin(100, fmax(100 * worst, 0.1)), layout->narrow ? 5 : 6);
    pareto->area = (struct chart_area){layout->narrow ? 62 : 108, top + 22 + layout->text_size,
                                       layout->width - layout->margin - 16, layout->height - 72};
    *dollars = chart_column_ticks(pareto->plot, layout, cheapest, dearest, false,
                                  pareto->area.right - pareto->area.left, "$");
    pareto->x = (struct plot_scale){dollars->first, plot_tick_last(dollars), pareto->area.left,
                                    pareto->area.right};
    pareto->y =
        (struct plot_scale){0, plot_tick_last(risks), pareto->area.bottom, pareto->area.top};
}

void chart_pareto_draw(const struct chart_subject *subject, const struct chart *chart,
                       const struct chart_layout *layout, struct plot *plot) {
    struct pareto pareto = {.result = subject->result, .layout = layout, .plot = plot};
    pareto.dots = malloc((subject->result->candidate_count + 2) * sizeof *pareto.dots);
    if (!pareto.dots) {
        plot->failed = true;
        return;
    }
    struct plot_ticks dollars, risks;
    lay_out(&pareto, chart_header(chart, layout, plot), &dollars, &risks);
    chart_rows(plot, layout, &pareto.area, &risks, &pareto.y, "", " %");
    chart_columns(plot, layout, &pareto.area, &dollars, &pareto.x, "$", "Monthly cost");
    draw_budget(&pareto);
    draw_beaten(&pareto);
    draw_front(&pareto);
    draw_plans(&pareto);
    free(pareto.dots);
}
