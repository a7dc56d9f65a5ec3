#include "models/grafana.h"

#include <math.h>

void grafana_predict(const struct grafana_model *model, double users, struct process_need *need) {
    double looking = fmax(0, users);
    need->memory_peak_bytes = model->memory_base_bytes + model->memory_bytes_per_user * looking;
    need->cpu_cores = model->cpu_base_cores + model->cpu_cores_per_user * looking;
}
