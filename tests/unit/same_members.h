/** Comparing parts of two scenarios key by key. */
#ifndef TESTS_UNIT_SAME_MEMBERS_H
#define TESTS_UNIT_SAME_MEMBERS_H

/**
 * Fails the running cmocka test unless all that the keys below `section` ("stack.") fill is the
 * same, but for texts. `left` and `right` are where the offsets of the schema's rows begin: two
 * scenarios, or two services. Bytes between the members may differ: no compiler has to copy them.
 */
void assert_same_members(const char *section, const void *left, const void *right);

#endif
