/** Whether a query of Loki or Tempo is well formed as far as brackets and quotes go. */
#ifndef TESTS_UNIT_QUERY_CHECK_H
#define TESTS_UNIT_QUERY_CHECK_H

#include <stdbool.h>

/** Brackets pair and nest, quotes and backticks end; what is quoted does not count. */
bool query_is_balanced(const char *query);

#endif
