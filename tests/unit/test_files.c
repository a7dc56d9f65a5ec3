/** Files that are replaced whole, and the folders they are in. */
#include "sim/base/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    char folder[64];
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    snprintf(fixture->folder, sizeof fixture->folder, "build/test_files_XXXXXX");
    *state = fixture;
    return mkdtemp(fixture->folder) ? 0 : -1;
}

/** A folder that is empty again: what was written has been removed by its test. */
static int teardown(void **state) {
    struct fixture *fixture = *state;
    int removed = rmdir(fixture->folder);
    arena_fini(&fixture->arena);
    free(fixture);
    return removed;
}

static void write_word(struct fixture *fixture, const char *path, const char *word) {
    assert_int_equal(file_write(path, word, strlen(word), &fixture->diagnostics), STATUS_OK);
}

static void assert_holds(struct fixture *fixture, const char *path, const char *word) {
    char *bytes;
    size_t length;
    assert_int_equal(file_read(&fixture->arena, path, 100, &bytes, &length, &fixture->diagnostics),
                     STATUS_OK);
    assert_string_equal(bytes, word);
}

static void files_have_the_rights_that_the_umask_leaves(void **state) {
    struct fixture *fixture = *state;
    const char *path = file_join(&fixture->arena, fixture->folder, "a");
    struct stat facts;
    mode_t before = umask(027);
    write_word(fixture, path, "one");
    umask(before);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0640);
    write_word(fixture, path, "two");
    assert_holds(fixture, path, "two");
    assert_int_equal(unlink(path), 0);
}

/** What a process of the same number left behind is in the way, and stays. */
static void leftovers_are_not_touched(void **state) {
    struct fixture *fixture = *state;
    const char *path = file_join(&fixture->arena, fixture->folder, "a");
    const char *left = arena_print(&fixture->arena, "%s.%ld-0", path, (long)getpid());
    FILE *file = fopen(left, "w");
    assert_non_null(file);
    fputs("left", file);
    fclose(file);
    write_word(fixture, path, "new");
    assert_holds(fixture, path, "new");
    assert_holds(fixture, left, "left");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(left), 0);
}

static void a_dropped_replacement_leaves_nothing(void **state) {
    struct fixture *fixture = *state;
    const char *path = file_join(&fixture->arena, fixture->folder, "a");
    struct file_replacement replacement;
    write_word(fixture, path, "old");
    assert_int_equal(
        file_replacement_prepare(&replacement, path, "new", 3, true, &fixture->diagnostics),
        STATUS_OK);
    assert_holds(fixture, path, "old");
    assert_holds(fixture, replacement.temporary, "new");
    file_replacement_drop(&replacement);
    assert_holds(fixture, path, "old");
    assert_int_equal(unlink(path), 0);
}

static void what_cannot_be_written_is_told(void **state) {
    struct fixture *fixture = *state;
    const char *missing = file_join(&fixture->arena, fixture->folder, "no/a");
    const char *path = file_join(&fixture->arena, fixture->folder, "a");
    char *bytes;
    size_t length;
    assert_int_equal(file_write(missing, "x", 1, &fixture->diagnostics), STATUS_SYSTEM);
    assert_string_equal(fixture->diagnostics.items[0].file, missing);
    write_word(fixture, path, "three");
    assert_int_equal(file_read(&fixture->arena, path, 4, &bytes, &length, &fixture->diagnostics),
                     STATUS_INVALID);
    assert_int_equal(file_make_folder(file_join(&fixture->arena, path, "b"), &fixture->diagnostics),
                     STATUS_SYSTEM);
    assert_int_equal(unlink(path), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(files_have_the_rights_that_the_umask_leaves),
        TEST(leftovers_are_not_touched),
        TEST(a_dropped_replacement_leaves_nothing),
        TEST(what_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
