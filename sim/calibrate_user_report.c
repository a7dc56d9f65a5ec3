/* What a calibration by one's own measurements found, for people. */
#include "sim/calibrate_user.h"
#include "sim/predict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Rows of residuals that are shown; all of them are in residuals.csv. */
enum { SHOWN_MAX = 24, NOTES_MAX = 5 };

/** A coefficient of which the standard error fell by less than this, and which moved by less than a
 *  tenth of it, was not shown by the data. */
static const double learnt_share = 0.97;

static bool was_learnt(const struct calibrate_user_coefficient *coefficient) {
    double moved = fabs(log(coefficient->value / coefficient->shipped));
    return coefficient->error < learnt_share * coefficient->shipped_error ||
           moved > 0.1 * coefficient->shipped_error;
}

static double logarithm_of(const struct calibrate_user_residual *residual) {
    return log(residual->measured / residual->fitted);
}

/** Does the figure lie so far off that it was held down? A bound that is kept never is. */
static bool is_held_down(const struct calibrate_user_residual *residual) {
    return residual->weight < CALIBRATE_USER_WEIGHT_LOW;
}

static char *print_place(const struct calibrate_user_residual *residual, char *buffer,
                         size_t size) {
    const char *source = residual->point->source ? residual->point->source : "";
    const char *slash = strrchr(source, '/');
    source = slash ? slash + 1 : source;
    if (residual->point->line > 0)
        snprintf(buffer, size, "%s:%u", source, residual->point->line);
    else
        snprintf(buffer, size, "%s", source);
    return buffer;
}

/** At most `columns` characters; what is cut is at the front, since the line stands at the end. */
static void write_place(const struct calibrate_user_residual *residual, int columns,
                        struct text *text) {
    char place[160];
    print_place(residual, place, sizeof place);
    size_t width = text_width(place);
    if (width <= (size_t)columns)
        text_print(text, "%s%*s", place, columns - (int)width, "");
    else
        text_print(text, "..%-*s", columns - 2, place + strlen(place) - (size_t)columns + 2);
}

/** `+12 %` of measured over predicted; of a bound that the prediction keeps, just that. */
static char *print_off(const struct calibrate_user_residual *residual, double predicted,
                       char *buffer, size_t size) {
    if (residual->at_least && residual->measured <= predicted)
        snprintf(buffer, size, "kept");
    else
        snprintf(buffer, size, "%+.0f %%", 100 * (residual->measured / predicted - 1));
    return buffer;
}

static void write_figures(const struct calibrate_user_model *model, struct text *text) {
    text_add(text, "\n  Figure                points   error as shipped   error here\n");
    for (size_t i = 0; i < model->figure_count; i++) {
        const struct calibrate_user_figure *figure = &model->figure[i];
        if (figure->points > 0)
            text_print(text, "  %-20s  %6zu   %14.1f %%   %8.1f %%\n", figure->name, figure->points,
                       100 * expm1(figure->shipped_deviation), 100 * expm1(figure->deviation));
    }
}

static void write_coefficients(const struct calibrate_user_model *model, struct text *text) {
    size_t others = 0;
    text_add(text, "\n  Coefficient                               shipped             here  "
                   "  moved\n");
    for (size_t i = 0; i < model->coefficient_count; i++) {
        const struct calibrate_user_coefficient *c = &model->coefficient[i];
        if (!was_learnt(c)) {
            others++;
            continue;
        }
        text_print(text, "  %-32s %9.3g ± %2.0f %% %9.3g ± %2.0f %% %+6.0f %%\n", c->slot->name,
                   c->shipped, 100 * c->shipped_error, c->value, 100 * c->error,
                   100 * (c->value / c->shipped - 1));
    }
    if (others > 0)
        text_print(text, "  %zu other%s stay%s as shipped: the measurements do not show %s.\n",
                   others, others == 1 ? "" : "s", others == 1 ? "s" : "",
                   others == 1 ? "it" : "them");
}

/** Where the residual stands among those worth showing: far off, or deciding alone. */
static double interest(const struct calibrate_user_residual *residual) {
    return (residual->at_least ? 0 : 1) * (1 / residual->weight + residual->leverage) +
           fabs(logarithm_of(residual));
}

static int most_interesting(const void *a, const void *b) {
    double left = interest(*(const struct calibrate_user_residual *const *)a);
    double right = interest(*(const struct calibrate_user_residual *const *)b);
    return (left < right) - (left > right);
}

static void write_residual(const struct calibrate_user_residual *residual, struct text *text) {
    char measured[32], shipped[32], fitted[32];
    predict_print_figure(measured, sizeof measured, calibrate_user_figure_name(residual),
                         residual->measured);
    text_add(text, "  ");
    write_place(residual, 16, text);
    text_print(text, " %-20s %s%9s %8s %7s", calibrate_user_figure_name(residual),
               residual->at_least ? "≥" : " ", measured,
               print_off(residual, residual->shipped, shipped, sizeof shipped),
               print_off(residual, residual->fitted, fitted, sizeof fitted));
    if (residual->at_least)
        text_add(text, "      –     –\n");
    else
        text_print(text, " %6.2f %5.2f\n", residual->weight, residual->leverage);
}

static void write_residuals(const struct calibrate_user_model *model, struct text *text) {
    const struct calibrate_user_residual **order = calloc(model->residual_count, sizeof *order);
    if (!order) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < model->residual_count; i++)
        order[i] = &model->residual[i];
    size_t shown = model->residual_count;
    if (shown > SHOWN_MAX) {
        qsort(order, shown, sizeof *order, most_interesting);
        shown = SHOWN_MAX;
    }
    text_add(text, "\n                                                  measured over predicted\n"
                   "  Point            Figure                 measured  shipped    here weight "
                   "share\n");
    for (size_t i = 0; i < shown; i++)
        write_residual(order[i], text);
    if (shown < model->residual_count)
        text_print(text, "  The %zu that stand out most; all %zu are in residuals.csv.\n", shown,
                   model->residual_count);
    text_add(text, "  Weight falls below 1 for what lies far off; share is how much of its own "
                   "fit a\n  figure decides.\n");
    free(order);
}

static void note_held_down(const struct calibrate_user_model *model, struct text *text) {
    size_t count = 0;
    for (size_t i = 0; i < model->residual_count; i++) {
        const struct calibrate_user_residual *residual = &model->residual[i];
        char place[160], off[32];
        if (!is_held_down(residual) || ++count > NOTES_MAX)
            continue;
        text_print(text,
                   "  Hardly counts: %s of %s,\n    %s off; a wrong figure, or something "
                   "that the model does not know.\n",
                   calibrate_user_figure_name(residual), print_place(residual, place, sizeof place),
                   print_off(residual, residual->fitted, off, sizeof off));
    }
    if (count > NOTES_MAX)
        text_print(text, "  %zu figures more hardly count.\n", count - NOTES_MAX);
}

static void note_decides(const struct calibrate_user_model *model, struct text *text) {
    size_t count = 0;
    for (size_t i = 0; i < model->residual_count; i++) {
        const struct calibrate_user_residual *residual = &model->residual[i];
        char place[160];
        if (residual->leverage < CALIBRATE_USER_LEVERAGE_HIGH || ++count > NOTES_MAX)
            continue;
        text_print(text,
                   "  One point decides: %s rests on %s\n    for %.0f %%; another "
                   "measurement at like load would show whether it can.\n",
                   calibrate_user_figure_name(residual), print_place(residual, place, sizeof place),
                   100 * residual->leverage);
    }
    if (count > NOTES_MAX)
        text_print(text, "  %zu figures more rest on one point each.\n", count - NOTES_MAX);
}

/** Loki's memory depends on whether chunks opened together, which a table seldom says. */
static void note_synchrony(const struct calibrate_user_model *model,
                           const struct calibration_ranges *ranges, struct text *text) {
    int key = predict_key_find(PREDICT_LOKI, "synchrony");
    if (key >= 0 && ranges->model[PREDICT_LOKI].least[key] >= 1 && model->figure[0].points > 0)
        text_add(text, "  Chunks were taken to have opened together (synchrony 1), as after a "
                       "restart;\n    peaks of a Loki that has run for days need synchrony 0.\n");
}

static void write_range(const struct calibration_ranges *ranges, enum predict_model model,
                        struct text *text) {
    size_t count;
    const struct predict_key *keys = predict_keys(model, &count);
    struct predict_input usual;
    predict_input_init(model, &usual);
    text_add(text, "\n  Range of the data; beyond it predictions say so and widen.\n");
    for (size_t i = 0; i < count; i++) {
        double least = ranges->model[model].least[i], most = ranges->model[model].most[i];
        bool as_usual = least >= most && fabs(most - predict_input_get(&usual, i)) < 1e-9 * most;
        if (keys[i].kind == PREDICT_ENCODING || (most <= 0 && least <= 0) || as_usual)
            continue;
        text_print(text, "  %-22s ", keys[i].name);
        char low[32], high[32];
        text_add(text, predict_key_print(&keys[i], least, low, sizeof low));
        if (most > least)
            text_print(text, " to %s", predict_key_print(&keys[i], most, high, sizeof high));
        text_add(text, "\n");
    }
    text_add(text, "  Every other input: predict's default.\n");
}

static size_t rows_of(const struct calibrate_user_model *model) {
    size_t rows = 0;
    for (size_t i = 0; i < model->residual_count; i++)
        if (i == 0 || model->residual[i].point != model->residual[i - 1].point)
            rows += model->residual[i].rows;
    return rows;
}

/** What to know about the points, a blank line before it. */
static void write_notes(const struct calibrate_user *user, enum predict_model model,
                        struct text *text) {
    struct text notes;
    text_init(&notes);
    note_held_down(&user->model[model], &notes);
    note_decides(&user->model[model], &notes);
    if (model == PREDICT_LOKI)
        note_synchrony(&user->model[model], &user->ranges, &notes);
    if (notes.length > 0)
        text_print(text, "\n%s", notes.data);
    text->failed = text->failed || text_failed(&notes);
    text_fini(&notes);
}

void calibrate_user_write_text(const struct calibrate_user *user, struct text *text) {
    bool told = false;
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        const struct calibrate_user_model *model = &user->model[m];
        if (!model->measured)
            continue;
        size_t rows = rows_of(model);
        text_print(text, "%s%s: %zu point%s of %zu measurement%s\n", told ? "\n" : "",
                   m == PREDICT_LOKI ? "Loki" : "Tempo", model->points,
                   model->points == 1 ? "" : "s", rows, rows == 1 ? "" : "s");
        told = true;
        write_figures(model, text);
        write_coefficients(model, text);
        write_residuals(model, text);
        write_range(&user->ranges, (enum predict_model)m, text);
        write_notes(user, (enum predict_model)m, text);
    }
}
