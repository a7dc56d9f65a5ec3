/** Comparing numbers in tests: |actual - expected| <= absolute + relative * |expected|. */
#ifndef TESTS_UNIT_ASSERT_CLOSE_H
#define TESTS_UNIT_ASSERT_CLOSE_H

#define assert_close(actual, expected, relative, absolute)                                         \
    assert_close_at((actual), (expected), (relative), (absolute), #actual, __FILE__, __LINE__)

/** Fails the running cmocka test with both numbers when they are not close, or not finite. */
void assert_close_at(double actual, double expected, double relative, double absolute,
                     const char *expression, const char *file, int line);

#endif
