/**
 * Golden files: what a writer should write, kept in tests/golden.
 *
 * Run a test with GOLDEN_REFRESH=1 to write them anew, then read the difference before committing.
 * Tests run from the top of the source tree.
 */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "sim/base/text.h"

/** Fail the running cmocka test at the first line where `text` differs from tests/golden/`name`.
 *  Each occurrence of `varying` (when not NULL), such as a version, counts as "VARIES". */
void assert_golden(const char *name, const struct text *text, const char *varying);

#endif
