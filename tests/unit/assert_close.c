#include "tests/unit/assert_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void assert_close_at(double actual, double expected, double relative, double absolute,
                     const char *expression, const char *file, int line) {
    double distance = fabs(actual - expected);
    if (isfinite(actual) && distance <= absolute + relative * fabs(expected))
        return;
    print_error("%s:%d: %s is %.10g, expected %.10g (off by %.3g)\n", file, line, expression,
                actual, expected, distance);
    _fail(file, line);
}
