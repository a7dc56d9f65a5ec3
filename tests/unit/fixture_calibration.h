/** The shipped, fitted models for tests that need nothing else. */
#ifndef TESTS_UNIT_FIXTURE_CALIBRATION_H
#define TESTS_UNIT_FIXTURE_CALIBRATION_H

#include "models/calibration.h"

/** Group setup: the tests' state is the shipped `const struct calibration *`; static storage. */
int fixture_calibration(void **state);

#endif
