#include "tests/unit/fixture_calibration.h"

int fixture_calibration(void **state) {
    static struct calibration calibration;
    struct arena arena;
    struct diagnostics diagnostics;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    enum status status = calibration_shipped(&arena, &calibration, &diagnostics);
    arena_fini(&arena);
    *state = &calibration;
    return status == STATUS_OK ? 0 : -1;
}
