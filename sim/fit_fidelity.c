#include "sim/fit_fidelity.h"

enum status fit_fidelity_read(struct arena *arena, struct fit_fidelity *fidelity,
                              struct diagnostics *diagnostics) {
    enum status status = calibration_shipped(arena, &fidelity->shipped, diagnostics);
    if (status == STATUS_OK)
        status = fit_holdout_predict(arena, &fidelity->shipped, &fidelity->holdout, diagnostics);
    if (status == STATUS_OK)
        status = fit_loki_leave_out(arena, &fidelity->loki, diagnostics);
    return status == STATUS_OK ? fit_tempo_leave_out(arena, &fidelity->tempo, diagnostics) : status;
}

void fit_fidelity_write(const struct fit_fidelity *fidelity, struct text *markdown) {
    text_add(markdown,
             "Each run is predicted by a fit that has not seen it; +5 % means predicted 5 % more "
             "than was measured.\n\n## Loki\n\n");
    fit_loki_fidelity(&fidelity->loki, markdown);
    text_add(markdown, "\n## Tempo\n\n");
    fit_tempo_fidelity(&fidelity->tempo, markdown);
    text_add(markdown, "\n## Runs held out\n\n");
    fit_holdout_fidelity(&fidelity->holdout, markdown);
}
