/** The charts that the README shows are those that the program draws. GOLDEN_REFRESH=1 writes them
 *  anew. */
#include "sim/base/files.h"
#include "tests/e2e/program.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef __has_feature
#define CLANG_SANITIZER __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#else
#define CLANG_SANITIZER 0
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || CLANG_SANITIZER
/** A whole run takes minutes under a sanitizer, and the charts are the same. */
#define WHOLE_RUN_IS_SLOW 1
#else
#define WHOLE_RUN_IS_SLOW 0
#endif

/** Pixels by which another compiler or library may move a point. */
static const double close_enough = 0.2;

static void refresh(const char *path, const char *drawn, size_t length) {
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(file_write(path, drawn, length, &diagnostics), STATUS_OK);
}

static bool is_coordinate(const char *text, const char *start) {
    return isdigit((unsigned char)*text) || (*text == '-' && text > start && text[-1] != '-');
}

/** The same drawing: coordinates close, everything else to the letter. */
static void assert_same_drawing(const char *path, const char *shown, const char *drawn) {
    const char *a = shown, *b = drawn;
    bool inside_tag = false;
    while (*a && *b) {
        char *a_end = NULL, *b_end = NULL;
        if (inside_tag && is_coordinate(a, shown) && is_coordinate(b, drawn) &&
            fabs(strtod(a, &a_end) - strtod(b, &b_end)) <= close_enough && a_end > a && b_end > b) {
            a = a_end;
            b = b_end;
            continue;
        }
        if (*a != *b)
            break;
        inside_tag = *a == '<' || (inside_tag && *a != '>');
        a++;
        b++;
    }
    if (*a || *b)
        fail_msg("%s is not what the program draws: \"%.60s\", not \"%.60s\"; make golden draws it "
                 "anew",
                 path, b, a);
}

static void assert_example(struct program *program, const char *drawn_path, const char *name) {
    size_t length, shown_length;
    char *path = arena_print(&program->arena, "reports/example/%s", name);
    const char *drawn = program_read(program, program_path(program, drawn_path), &length);
    assert_non_null(path);
    if (getenv("GOLDEN_REFRESH"))
        refresh(path, drawn, length);
    assert_same_drawing(path, program_read(program, path, &shown_length), drawn);
}

static void cost_against_risk(void **state) {
    struct program *program = *state;
    if (WHOLE_RUN_IS_SLOW)
        skip();
    PROGRAM_RUN(program, "run", "scenarios/prod.yaml", "--quiet", "--output", program->folder);
    assert_int_equal(program->status, 0);
    assert_example(program, "prod/plots/cost-risk.svg", "cost-risk.svg");
}

static void measured_over_predicted(void **state) {
    struct program *program = *state;
    PROGRAM_RUN(program, "calibrate", "fidelity", "--output", program->folder);
    assert_int_equal(program->status, 0);
    assert_example(program, "fidelity.svg", "fidelity.svg");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cost_against_risk, program_setup, program_teardown),
        cmocka_unit_test_setup_teardown(measured_over_predicted, program_setup, program_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
