/** Comparing two JSON trees: the same keys and texts, and numbers that are close. */
#ifndef TESTS_GOLDEN_RUN_JSON_CLOSE_H
#define TESTS_GOLDEN_RUN_JSON_CLOSE_H

#include <jansson.h>
#include <stddef.h>

/** How far numbers may lie apart: |actual - expected| <= absolute + relative * |expected|. */
struct json_close_limits {
    double relative, absolute;
};

/** How many places differ; prints the first few with their paths. A key that only one side has, a
 *  list of another length, a text and a kind are each a difference. */
size_t json_close_differences(const json_t *actual, const json_t *expected,
                              const struct json_close_limits *limits);

#endif
