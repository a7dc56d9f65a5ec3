#include "tests/unit/golden.h"

#include "sim/base/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN_BYTES_MAX (4 * 1024 * 1024)

static void mask(const struct text *text, const char *varying, struct text *masked) {
    const char *rest = text->data ? text->data : "";
    for (const char *found; varying && (found = strstr(rest, varying));
         rest = found + strlen(varying)) {
        text_add_bytes(masked, rest, (size_t)(found - rest));
        text_add(masked, "VARIES");
    }
    text_add(masked, rest);
}

static void compare(const char *path, const char *expected, const char *actual) {
    for (unsigned line = 1;; line++) {
        size_t expected_length = strcspn(expected, "\n"), actual_length = strcspn(actual, "\n");
        if (expected_length != actual_length || strncmp(expected, actual, actual_length) != 0) {
            print_error("%s:%u: differs (GOLDEN_REFRESH=1 writes it anew)\n- %.*s\n+ %.*s\n", path,
                        line, (int)expected_length, expected, (int)actual_length, actual);
            fail();
        }
        expected += expected_length;
        actual += actual_length;
        if (!*expected || !*actual) {
            assert_string_equal(expected, actual);
            return;
        }
        expected++;
        actual++;
    }
}

void assert_golden(const char *name, const struct text *text, const char *varying) {
    char path[256];
    snprintf(path, sizeof path, "tests/golden/%s", name);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    struct arena arena;
    arena_init(&arena);
    struct text masked;
    text_init(&masked);
    mask(text, varying, &masked);
    assert_false(text_failed(&masked));
    if (getenv("GOLDEN_REFRESH"))
        assert_int_equal(file_write_text(path, &masked, &diagnostics), STATUS_OK);
    char *expected;
    size_t length;
    if (file_read(&arena, path, GOLDEN_BYTES_MAX, &expected, &length, &diagnostics) != STATUS_OK)
        fail_msg("%s: %s", path, diagnostics.items[0].message);
    compare(path, expected, masked.data);
    text_fini(&masked);
    arena_fini(&arena);
}
