#include "sim/base/csv.h"
#include "sim/calibrate.h"
#include "sim/fit_loki.h"
#include "sim/fit_processes.h"
#include "sim/fit_tempo.h"

enum status calibrate_all(struct arena *arena, struct calibration *calibration,
                          struct diagnostics *diagnostics) {
    *calibration = (struct calibration){0};
    enum status status = fit_loki(arena, &calibration->loki, diagnostics);
    if (status == STATUS_OK)
        status = fit_tempo(arena, &calibration->tempo, diagnostics);
    if (status == STATUS_OK)
        status = fit_processes(arena, &calibration->collector, calibration->agent,
                               &calibration->grafana, diagnostics);
    return status;
}

void calibrate_write(const struct calibration *calibration, struct text *text) {
    text_add(text, "model,name,value,standard_error,unit,meaning\n");
    const struct coefficient_slot *slot;
    for (size_t i = 0; (slot = calibration_slot(i)) != NULL; i++) {
        text_print(text, "%s,%s,%.6g,", slot->model, slot->name,
                   calibration_get(calibration, slot->value));
        if (slot->standard_error != COEFFICIENT_NO_ERROR)
            text_print(text, "%.2g", calibration_get(calibration, slot->standard_error));
        text_add(text, ",");
        csv_write_field(text, slot->unit);
        text_add(text, ",");
        csv_write_field(text, slot->meaning);
        text_add(text, "\n");
    }
}

enum status calibrate_shipped(struct arena *arena, struct text *coefficients_csv,
                              struct diagnostics *diagnostics) {
    struct calibration calibration;
    enum status status = calibrate_all(arena, &calibration, diagnostics);
    if (status == STATUS_OK)
        calibrate_write(&calibration, coefficients_csv);
    return status;
}
