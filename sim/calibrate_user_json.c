/* What a calibration by one's own measurements found, for programs. */
#include "sim/base/csv.h"
#include "sim/calibrate_user.h"

#include <jansson.h>
#include <stdlib.h>

static const char *source_of(const struct calibrate_user_residual *residual) {
    return residual->point->source ? residual->point->source : "";
}

void calibrate_user_write_residuals(const struct calibrate_user *user, struct text *csv) {
    text_add(csv, "model,source,line,measurements,figure,measured,shipped,fitted,weight,leverage,"
                  "at_least\n");
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++)
        for (size_t i = 0; i < user->model[m].residual_count; i++) {
            const struct calibrate_user_residual *residual = &user->model[m].residual[i];
            text_print(csv, "%s,", predict_model_name((enum predict_model)m));
            csv_write_field(csv, source_of(residual));
            text_print(csv, ",%u,%zu,%s,%.8g,%.8g,%.8g,%.4f,%.4f,%s\n", residual->point->line,
                       residual->rows, calibrate_user_figure_name(residual), residual->measured,
                       residual->shipped, residual->fitted, residual->weight, residual->leverage,
                       residual->at_least ? "true" : "false");
        }
}

/** Every jansson call below takes what it is given, NULL too: one check at the end is enough. */
static json_t *figures_of(const struct calibrate_user_model *model) {
    json_t *array = json_array();
    for (size_t i = 0; i < model->figure_count; i++)
        if (model->figure[i].points > 0)
            json_array_append_new(array,
                                  json_pack("{s:s, s:I, s:f, s:f}", "name", model->figure[i].name,
                                            "points", (json_int_t)model->figure[i].points,
                                            "shipped_deviation", model->figure[i].shipped_deviation,
                                            "deviation", model->figure[i].deviation));
    return array;
}

static json_t *coefficients_of(const struct calibrate_user_model *model) {
    json_t *array = json_array();
    for (size_t i = 0; i < model->coefficient_count; i++) {
        const struct calibrate_user_coefficient *c = &model->coefficient[i];
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "name", c->slot->name,
                                        "unit", c->slot->unit, "shipped", c->shipped,
                                        "shipped_standard_error", c->shipped * c->shipped_error,
                                        "value", c->value, "standard_error", c->value * c->error));
    }
    return array;
}

static json_t *residuals_of(const struct calibrate_user_model *model) {
    json_t *array = json_array();
    for (size_t i = 0; i < model->residual_count; i++) {
        const struct calibrate_user_residual *residual = &model->residual[i];
        json_array_append_new(
            array, json_pack("{s:s, s:I, s:I, s:s, s:f, s:f, s:f, s:f, s:f, s:b}", "source",
                             source_of(residual), "line", (json_int_t)residual->point->line,
                             "measurements", (json_int_t)residual->rows, "figure",
                             calibrate_user_figure_name(residual), "measured", residual->measured,
                             "shipped", residual->shipped, "fitted", residual->fitted, "weight",
                             residual->weight, "leverage", residual->leverage, "at_least",
                             residual->at_least));
    }
    return array;
}

static json_t *ranges_of(const struct calibration_ranges *ranges, enum predict_model model) {
    size_t count;
    const struct predict_key *keys = predict_keys(model, &count);
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        if (keys[i].kind != PREDICT_ENCODING)
            json_object_set_new(
                object, keys[i].name,
                json_pack("[f, f]", ranges->model[model].least[i], ranges->model[model].most[i]));
    return object;
}

void calibrate_user_write_json(const struct calibrate_user *user, struct text *json) {
    json_t *root = json_object();
    for (int m = 0; m < PREDICT_MODEL_COUNT; m++) {
        const struct calibrate_user_model *model = &user->model[m];
        if (model->measured)
            json_object_set_new(root, predict_model_name((enum predict_model)m),
                                json_pack("{s:I, s:o, s:o, s:o, s:o}", "points",
                                          (json_int_t)model->points, "figures", figures_of(model),
                                          "coefficients", coefficients_of(model), "ranges",
                                          ranges_of(&user->ranges, (enum predict_model)m),
                                          "residuals", residuals_of(model)));
    }
    char *printed = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(root);
    if (!printed) {
        json->failed = true;
        return;
    }
    text_add(json, printed);
    text_add(json, "\n");
    free(printed);
}
