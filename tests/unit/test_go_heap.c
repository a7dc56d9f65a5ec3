#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/go_heap.h"
#include "tests/unit/assert_close.h"

static const struct go_heap_model model = {.trimmed_overhead = 1.2, .collector_gain = 0.1};

static void without_a_goal_nothing_changes(void **state) {
    (void)state;
    assert_close(go_heap_peak_bytes(&model, 900, 400, 60, 0), 900, 0, 0);
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 0), 0, 0, 0);
}

static void a_goal_above_the_free_peak_changes_nothing(void **state) {
    (void)state;
    assert_close(go_heap_peak_bytes(&model, 900, 400, 60, 1000), 900, 0, 0);
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 1000), 0, 0, 0);
}

/** 1.2 x 400 + 60 = 540 is what cannot be trimmed: the goal of 700 holds, that of 300 does not. */
static void a_goal_trims_down_to_what_lives(void **state) {
    (void)state;
    assert_close(go_heap_peak_bytes(&model, 900, 400, 60, 700), 700, 0, 0);
    assert_close(go_heap_peak_bytes(&model, 900, 400, 60, 300), 540, 0, 1e-9);
}

/** Room is goal - fixed - live: 860 - 60 - 400 = 400, as much as lives, so the gain itself. Half
 *  that room, 660 - 460 = 200, doubles it. */
static void the_collector_works_harder_as_room_shrinks(void **state) {
    (void)state;
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 860), 0.1, 0, 1e-12);
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 660), 0.2, 0, 1e-12);
}

static void below_what_lives_the_collector_takes_two_cores_and_no_more(void **state) {
    (void)state;
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 460), 2, 0, 0);
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 460.001), 2, 0, 0);
    assert_close(go_heap_collector_cores(&model, 900, 400, 60, 1), 2, 0, 0);
}

static void a_lower_goal_never_needs_more_memory_nor_less_cpu(void **state) {
    (void)state;
    double peak = 1e9, cores = -1;
    for (double goal = 1200; goal > 0; goal -= 7) {
        double lower_peak = go_heap_peak_bytes(&model, 900, 400, 60, goal);
        double more_cores = go_heap_collector_cores(&model, 900, 400, 60, goal);
        assert_true(lower_peak <= peak);
        assert_true(more_cores >= cores);
        peak = lower_peak;
        cores = more_cores;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_goal_nothing_changes),
        cmocka_unit_test(a_goal_above_the_free_peak_changes_nothing),
        cmocka_unit_test(a_goal_trims_down_to_what_lives),
        cmocka_unit_test(the_collector_works_harder_as_room_shrinks),
        cmocka_unit_test(below_what_lives_the_collector_takes_two_cores_and_no_more),
        cmocka_unit_test(a_lower_goal_never_needs_more_memory_nor_less_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
