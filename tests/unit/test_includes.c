/** Who may include whom: sim/base <- models <- sim <- {reports, stack} <- sim/{main,command_*}.c.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/** Rooms and what each may include; a longer prefix wins. */
static const struct {
    const char *room;
    const char *may[6];
} rules[] = {
    {"sim/base", {"sim/base"}},
    {"models", {"models", "sim/base"}},
    {"sim", {"sim", "models", "sim/base"}},
    {"reports", {"reports", "sim", "models", "sim/base"}},
    {"stack", {"stack", "sim", "models", "sim/base"}},
};
enum { ROOMS = sizeof rules / sizeof *rules };

/** The room of a path such as `sim/base/text.h`: its folder. */
static void room_of(const char *path, char *room, size_t size) {
    snprintf(room, size, "%s", path);
    char *slash = strrchr(room, '/');
    if (slash)
        *slash = '\0';
}

static bool allowed(size_t rule, const char *included) {
    char room[256];
    room_of(included, room, sizeof room);
    for (size_t i = 0; i < 6 && rules[rule].may[i]; i++)
        if (strcmp(rules[rule].may[i], room) == 0)
            return true;
    return false;
}

/** main.c and the commands know every room. */
static bool is_top(const char *path) {
    return strcmp(path, "sim/main.c") == 0 || strncmp(path, "sim/command_", 12) == 0;
}

static size_t check_file(size_t rule, const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1024], included[256];
    size_t wrong = 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, " # include \"%255[^\"]\"", included) != 1)
            continue;
        if (is_top(path) || allowed(rule, included))
            continue;
        print_error("%s includes %s, which its room may not\n", path, included);
        wrong++;
    }
    fclose(file);
    return wrong;
}

static void includes_go_one_way(void **state) {
    (void)state;
    size_t wrong = 0, files = 0;
    for (size_t rule = 0; rule < ROOMS; rule++) {
        DIR *folder = opendir(rules[rule].room);
        assert_non_null(folder);
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            const char *ending = strrchr(entry->d_name, '.');
            if (!ending || (strcmp(ending, ".c") != 0 && strcmp(ending, ".h") != 0))
                continue;
            char path[512];
            snprintf(path, sizeof path, "%s/%s", rules[rule].room, entry->d_name);
            wrong += check_file(rule, path);
            files++;
        }
        closedir(folder);
    }
    assert_true(files > 60);
    assert_int_equal(wrong, 0);
}

static void the_check_can_fail(void **state) {
    (void)state;
    assert_false(allowed(0, "models/loki.h"));
    assert_false(allowed(1, "sim/plan.h"));
    assert_false(allowed(3, "stack/emit.h"));
    assert_false(allowed(4, "reports/report.h"));
    assert_true(allowed(4, "sim/result.h"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(includes_go_one_way),
        cmocka_unit_test(the_check_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
