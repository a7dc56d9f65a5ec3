/** `simulate diff`: what is taken from a result.json and what is said of two. */
#include "reports/diff.h"

#include "reports/phrase.h"
#include "sim/base/units.h"
#include "sim/cli.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/** Two made-up results: the stack as written, and the best plan as if somebody had written it. */
struct pair {
    struct result *results[2];
    struct arena arena;
    struct diagnostics diagnostics;
    struct diff_side a, b;
    struct diff diff;
};

static int pair_new(void **state) {
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    for (size_t i = 0; i < 2; i++) {
        pair->results[i] = fixture_result();
        assert_non_null(pair->results[i]);
    }
    pair->results[1]->as_written = pair->results[1]->best;
    arena_init(&pair->arena);
    diagnostics_init(&pair->diagnostics);
    *state = pair;
    return 0;
}

static int pair_free(void **state) {
    struct pair *pair = *state;
    for (size_t i = 0; i < 2; i++)
        fixture_result_free(pair->results[i]);
    arena_fini(&pair->arena);
    free(pair);
    return 0;
}

static void read_side(struct pair *pair, size_t which, const char *file, struct diff_side *side) {
    const struct report report = {.result = pair->results[which]};
    assert_int_equal(diff_side_of_report(file, &report, &pair->arena, side, &pair->diagnostics),
                     STATUS_OK);
}

/** Compare results `a` and `b` of the pair. */
static const struct diff *compare(struct pair *pair, size_t a, size_t b) {
    read_side(pair, a, "old/result.json", &pair->a);
    read_side(pair, b, "scenarios/new.yaml", &pair->b);
    assert_int_equal(diff_make(&pair->a, &pair->b, &pair->arena, &pair->diff, &pair->diagnostics),
                     STATUS_OK);
    return &pair->diff;
}

static const struct diff_row *find(const struct diff *diff, const char *key) {
    for (size_t i = 0; i < diff->row_count; i++)
        if (strcmp(diff->rows[i].key, key) == 0)
            return &diff->rows[i];
    return NULL;
}

static const struct diff_row *row(const struct diff *diff, const char *key) {
    const struct diff_row *found = find(diff, key);
    if (!found)
        fail_msg("nothing differs in %s", key);
    return found;
}

static void a_side_holds_the_figures_of_its_result(void **state) {
    struct pair *pair = *state;
    const struct result *result = pair->results[0];
    const struct plan_outcome *written = result->as_written;
    read_side(pair, 0, "x.json", &pair->a);
    const struct diff_side *side = &pair->a;
    const struct diff_component *loki = &side->as_written.components[COMPONENT_LOKI];
    const struct component_outcome *found = &written->components[COMPONENT_LOKI];
    assert_string_equal(side->scenario, result->scenario->name);
    assert_string_equal(side->as_written.nodes, "1 x t3.medium");
    assert_string_equal(side->seed, "1");
    assert_false(side->as_written.holds);
    assert_true(side->has_best && side->best.holds);
    assert_close(side->as_written.monthly_usd_p50, written->monthly_usd.p50, 1e-5, 0);
    assert_close(side->as_written.monthly_usd_p95, written->monthly_usd.p95, 1e-5, 0);
    assert_close(loki->request_bytes, 512 * MIB, 0, 0);
    assert_close(loki->limit_bytes, 2 * GIB, 0, 0);
    assert_close(loki->request_cores, 0.5, 0, 0);
    assert_close(loki->volume_bytes, 10 * GIB, 0, 0);
    assert_close(loki->memory_peak_p95_mib, found->memory_peak_mib.p95, 1e-5, 0);
    assert_close(loki->disk_p95_gib, found->disk_gib.p95, 1e-5, 0);
    assert_close(loki->cpu_p95_cores, found->cpu_cores.p95, 1e-5, 0);
    assert_close(loki->out_of_memory.high, found->out_of_memory.high, 1e-5, 0);
    assert_int_equal(side->as_written.target_count, written->target_count);
    assert_int_equal(side->as_written.item_count, written->bill.count);
    for (size_t i = 0; i < written->target_count; i++) {
        const struct diff_target *target = &side->as_written.targets[i];
        assert_string_equal(target->title, target_title(written->targets[i].kind));
        assert_int_equal(target->holds, written->targets[i].holds);
        assert_close(target->probability.low, written->targets[i].probability.low, 1e-5, 0);
    }
}

static void a_seed_beyond_json_integers_is_read(void **state) {
    struct pair *pair = *state;
    struct scenario *scenario = (struct scenario *)pair->results[0]->scenario;
    scenario->simulation.seed = UINT64_MAX;
    read_side(pair, 0, "x.json", &pair->a);
    assert_string_equal(pair->a.seed, "18446744073709551615");
}

static void write_all(struct pair *pair, const struct diff *diff, struct text texts[3]) {
    const struct report_text_options options = {.width = 100};
    for (size_t i = 0; i < 3; i++)
        text_init(&texts[i]);
    assert_int_equal(diff_text(diff, &options, &texts[0], &pair->diagnostics), STATUS_OK);
    assert_int_equal(diff_markdown(diff, &texts[1], &pair->diagnostics), STATUS_OK);
    assert_int_equal(diff_json(diff, &texts[2], &pair->diagnostics), STATUS_OK);
}

static void equal_results_have_no_difference(void **state) {
    struct pair *pair = *state;
    const struct diff *diff = compare(pair, 0, 0);
    struct text texts[3];
    assert_int_equal(diff->row_count, 0);
    assert_false(diff->worse);
    assert_string_equal(diff->headline, "prod: no difference");
    write_all(pair, diff, texts);
    assert_non_null(strstr(texts[0].data, "prod: no difference\n"));
    assert_non_null(strstr(texts[1].data, "prod: no difference\n"));
    assert_non_null(strstr(texts[2].data, "\"different\": false"));
    for (size_t i = 0; i < 3; i++) {
        assert_null(strstr(texts[i].data, "What"));
        text_fini(&texts[i]);
    }
}

static void an_improvement_reads_as_the_golden_files_say(void **state) {
    struct pair *pair = *state;
    const struct diff *diff = compare(pair, 0, 1);
    struct text texts[3];
    assert_false(diff->worse);
    assert_int_equal(diff->gained, 1);
    assert_int_equal(diff->lost, 0);
    write_all(pair, diff, texts);
    assert_golden("diff.txt", &texts[0], NULL);
    assert_golden("diff.md", &texts[1], NULL);
    assert_golden("diff.json", &texts[2], phrase_version());
    for (size_t i = 0; i < 3; i++)
        text_fini(&texts[i]);
}

/** Swapped, every figure changes sides and every difference its sign. */
static void swapped_sides_mirror_each_other(void **state) {
    struct pair *pair = *state;
    const struct diff forward = *compare(pair, 0, 1);
    struct diff backward;
    assert_int_equal(diff_make(&pair->b, &pair->a, &pair->arena, &backward, &pair->diagnostics),
                     STATUS_OK);
    assert_true(backward.worse);
    assert_int_equal(backward.lost, forward.gained);
    assert_int_equal(backward.gained, forward.lost);
    assert_int_equal(backward.row_count, forward.row_count);
    for (size_t i = 0; i < forward.row_count; i++) {
        const struct diff_row *there = &forward.rows[i], *back = row(&backward, there->key);
        assert_string_equal(there->from.text, back->to.text);
        assert_string_equal(there->to.text, back->from.text);
        assert_int_equal(there->flip, -back->flip);
        assert_int_equal(there->overlap, back->overlap);
        assert_int_equal(there->shown, back->shown);
    }
    assert_non_null(strstr(backward.headline, ": from holds to missed"));
    assert_non_null(strstr(forward.headline, ": from missed to holds"));
}

/** Loki is killed in 0.21 % (0.13 to 0.32) of months on the other side. */
static void overlapping_intervals_are_told(void **state) {
    struct pair *pair = *state;
    struct probability *kills =
        &pair->results[1]->as_written->components[COMPONENT_LOKI].out_of_memory;
    static const struct {
        double low;
        bool overlap;
    } cases[] = {{0.0020, true}, {0.0032, true}, {0.0033, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        *kills = (struct probability){0.0040, cases[i].low, 0.0060};
        const struct diff *diff = compare(pair, 0, 1);
        const struct diff_row *found = row(diff, "components.loki.out_of_memory_probability");
        assert_int_equal(found->overlap, cases[i].overlap);
        assert_string_equal(found->from.text, "0.2 %");
        assert_string_equal(found->to.text, "0.4 %");
        assert_string_equal(found->to.detail, i == 0 ? "0.2–0.6" : "0.3–0.6");
        /* 0.40 - 0.21 = 0.19 points; 0.40 / 0.21 = 1.905. */
        assert_string_equal(found->change, "+0.2 points (×1.9)");
        assert_int_equal(found->change_detail != NULL, cases[i].overlap);
    }
}

static void a_pod_without_a_node_is_worse(void **state) {
    struct pair *pair = *state;
    pair->results[0]->as_written = pair->results[0]->best;
    pair->results[1]->as_written->plan.pending = 1;
    pair->results[1]->as_written->holds = false;
    const struct diff *diff = compare(pair, 0, 1);
    assert_true(diff->worse);
    assert_int_equal(diff->lost, 0);
    assert_string_equal(row(diff, "pending_pods")->change, "+1");
    assert_string_equal(diff->headline, "prod: same cost: from holds to missed");
}

static void headroom_is_compared_where_both_sides_know_it(void **state) {
    struct pair *pair = *state;
    for (size_t i = 0; i < 2; i++) {
        pair->results[i]->headroom.known = true;
        pair->results[i]->headroom.multiple = i == 0 ? 1.6 : 1.2;
    }
    const struct diff_row *found = row(compare(pair, 0, 1), "headroom.load_multiple");
    assert_string_equal(found->change, "-0.4 (-25 %)");
    pair->results[0]->headroom.known = false;
    assert_null(find(compare(pair, 0, 1), "headroom.load_multiple"));
}

static void different_seeds_are_noted(void **state) {
    struct pair *pair = *state;
    struct scenario *scenario = (struct scenario *)pair->results[1]->scenario;
    scenario->simulation.seed = 2;
    const struct diff *diff = compare(pair, 0, 1);
    struct text texts[3];
    assert_string_equal(row(diff, "seed")->to.text, "2");
    write_all(pair, diff, texts);
    assert_non_null(strstr(texts[1].data, "- The seeds differ, so every simulated figure"));
    for (size_t i = 0; i < 3; i++)
        text_fini(&texts[i]);
}

static void what_one_side_lacks_is_told(void **state) {
    struct pair *pair = *state;
    struct plan_outcome *a = pair->results[0]->as_written, *b = pair->results[1]->as_written;
    a->plan.tempo.memory_goal_bytes = 0;
    b->plan.resources[COMPONENT_GRAFANA].volume_bytes = 0;
    b->target_count--;
    b->bill.count--;
    pair->results[1]->best = NULL;
    const struct diff *diff = compare(pair, 0, 1);
    const struct diff_row *savings = row(diff, "targets.savings");
    assert_string_equal(savings->to.text, "no such target");
    assert_string_equal(savings->change, "dropped");
    assert_int_equal(savings->flip, 0);
    assert_false(diff->worse);
    assert_string_equal(row(diff, "best")->to.text, "none found");
    assert_string_equal(row(diff, "components.tempo.settings.gomemlimit_bytes")->from.text,
                        "unset");
    assert_string_equal(row(diff, "components.grafana.volume_bytes")->change, "no longer set");
    const struct diff_row *credits = row(diff, "cost.items.node.surplus CPU credits");
    /* 10 vCPU-hours at $0.05. */
    assert_string_equal(credits->from.text, "$0.50");
    assert_string_equal(credits->change, "-$0.50 (-100 %)");
    assert_false(credits->to.there);
}

static void a_moved_target_is_told_beside_its_flip(void **state) {
    struct pair *pair = *state;
    struct target_outcome *kills = &pair->results[1]->as_written->targets[TARGET_OUT_OF_MEMORY];
    kills->bound_text = "at most 5%";
    const struct diff *diff = compare(pair, 0, 1);
    assert_string_equal(row(diff, "targets.out_of_memory")->change, "gained");
    /* 0.41 - 94.12 = -93.71 points; 94.12 / 0.41 = 229.6. */
    assert_string_equal(row(diff, "targets.out_of_memory")->change_detail,
                        "-93.7 points (÷230); target moved");
    assert_string_equal(row(diff, "targets.out_of_memory.bound")->to.text, "at most 5 %");
}

/** A byte more of a limit is somebody's choice; a byte more of a peak is nothing to show. */
static void only_what_reads_differently_is_shown(void **state) {
    struct pair *pair = *state;
    struct plan_outcome *b = pair->results[1]->as_written = pair->results[0]->as_written;
    const struct diff_side *sides[2] = {&pair->a, &pair->b};
    read_side(pair, 0, "a", &pair->a);
    b->plan.resources[COMPONENT_GRAFANA].limit_bytes += 1;
    b->components[COMPONENT_LOKI].memory_peak_mib.p95 += 0.01;
    read_side(pair, 1, "b", &pair->b);
    assert_int_equal(diff_make(sides[0], sides[1], &pair->arena, &pair->diff, &pair->diagnostics),
                     STATUS_OK);
    const struct diff_row *limit = row(&pair->diff, "components.grafana.limits.memory_bytes");
    assert_true(limit->shown);
    assert_string_equal(limit->to.text, "536870913");
    assert_false(row(&pair->diff, "components.loki.memory_peak_mib.p95")->shown);
    assert_string_equal(pair->diff.headline, "prod: same cost: still missed");
}

static void check_width(const struct text *text, size_t width) {
    for (const char *line = text->data; *line;) {
        size_t length = strcspn(line, "\n");
        char copy[1024];
        assert_true(length < sizeof copy);
        memcpy(copy, line, length);
        copy[length] = '\0';
        if (text_width(copy) > width)
            fail_msg("wider than %zu: %s", width, copy);
        assert_true(length == 0 || copy[length - 1] != ' ');
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

static void no_line_is_wider_than_asked(void **state) {
    struct pair *pair = *state;
    static const unsigned widths[] = {60, 80, 100};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const struct report_text_options options = {.width = widths[i]};
        struct text text;
        text_init(&text);
        assert_int_equal(diff_text(compare(pair, 1, 0), &options, &text, &pair->diagnostics),
                         STATUS_OK);
        check_width(&text, widths[i]);
        text_fini(&text);
    }
}

static void changes_read_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        enum diff_unit unit;
        double from, to;
        const char *change;
    } cases[] = {
        /* 64.02 / 33.25 = 1.925. */
        {DIFF_UNIT_USD, 33.25, 64.02, "+$30.77 (+93 %)"},
        {DIFF_UNIT_USD, 33.25, 32.29, "-$0.96 (-2.9 %)"},
        {DIFF_UNIT_USD, 0, 5, "+$5.00"},
        {DIFF_UNIT_USD, 10000, 10001, "+$1.00"},
        {DIFF_UNIT_BYTES, 2 * GIB, 512 * MIB, "-1536Mi (-75 %)"},
        {DIFF_UNIT_BYTES, 0, GIB, "now set"},
        {DIFF_UNIT_BYTES, GIB, 0, "no longer set"},
        {DIFF_UNIT_CORES, 0.5, 2, "+1500m (+300 %)"},
        {DIFF_UNIT_MIB, 1024, 1536, "+512 MiB (+50 %)"},
        {DIFF_UNIT_GIB, 4, 6, "+2.0 GiB (+50 %)"},
        {DIFF_UNIT_SECONDS, 7200, 3600, "-1h (-50 %)"},
        {DIFF_UNIT_SECONDS, 604800, 345600, "-3d (-43 %)"},
        /* 271,266 s are 3.14 days; 13,182 s are 3 h 39 min 42 s. */
        {DIFF_UNIT_SECONDS, 333534, 604800, "+3.1 days (+81 %)"},
        {DIFF_UNIT_SECONDS, 604800, 591618, "-3h40m (-2.2 %)"},
        {DIFF_UNIT_CHANCE, 0.002, 0.007, "+0.5 points (×3.5)"},
        {DIFF_UNIT_CHANCE, 0.9991, 0.007, "-99.2 points (÷143)"},
        {DIFF_UNIT_CHANCE, 0.98, 0.99, "+1.0 points"},
        /* Below 0.1 % a factor is noise. */
        {DIFF_UNIT_CHANCE, 0.9999, 0.0001, "-100.0 points"},
        {DIFF_UNIT_CHANCE, 0, 0.5, "+50.0 points"},
        {DIFF_UNIT_CHANCE, 0.0001, 0.0003, "+0.02 points"},
        {DIFF_UNIT_NONE, 1, 2, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char words[DIFF_WORDS_BYTES];
        diff_print_change(words, sizeof words, cases[i].unit, cases[i].from, cases[i].to);
        assert_string_equal(words, cases[i].change);
    }
}

static void the_command_takes_two_operands(void **state) {
    (void)state;
    static const struct {
        const char *words[5];
        enum status status;
        const char *message;
    } cases[] = {
        {{"simulate", "diff", "a.yaml", "b.json", NULL}, STATUS_OK, ""},
        {{"simulate", "diff", "a.yaml", NULL, NULL}, STATUS_USAGE, "B is missing"},
        {{"simulate", "diff", NULL, NULL, NULL}, STATUS_USAGE, "A B are missing"},
        {{"simulate", "diff", "a", "b", "c"}, STATUS_USAGE, "\"c\" is one operand too many"},
        {{"simulate", "check", "a.yaml", "b.yaml", NULL},
         STATUS_USAGE,
         "\"b.yaml\" is one operand too many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char words[5][16], *argv[5];
        int argc = 0;
        for (; argc < 5 && cases[i].words[argc]; argc++) {
            snprintf(words[argc], sizeof words[argc], "%s", cases[i].words[argc]);
            argv[argc] = words[argc];
        }
        struct cli cli;
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        assert_int_equal(cli_parse(argc, argv, &cli, &diagnostics), cases[i].status);
        assert_string_equal(diagnostics.items[0].message, cases[i].message);
        if (cases[i].status == STATUS_OK) {
            assert_int_equal(cli.command, CLI_DIFF);
            assert_string_equal(cli.operands[0], "a.yaml");
            assert_string_equal(cli.operands[1], "b.json");
        }
        cli_fini(&cli);
    }
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, pair_new, pair_free)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_PAIR(a_side_holds_the_figures_of_its_result),
        WITH_PAIR(a_seed_beyond_json_integers_is_read),
        WITH_PAIR(equal_results_have_no_difference),
        WITH_PAIR(an_improvement_reads_as_the_golden_files_say),
        WITH_PAIR(swapped_sides_mirror_each_other),
        WITH_PAIR(overlapping_intervals_are_told),
        WITH_PAIR(a_pod_without_a_node_is_worse),
        WITH_PAIR(headroom_is_compared_where_both_sides_know_it),
        WITH_PAIR(different_seeds_are_noted),
        WITH_PAIR(what_one_side_lacks_is_told),
        WITH_PAIR(a_moved_target_is_told_beside_its_flip),
        WITH_PAIR(only_what_reads_differently_is_shown),
        WITH_PAIR(no_line_is_wider_than_asked),
        cmocka_unit_test(changes_read_as_people_write_them),
        cmocka_unit_test(the_command_takes_two_operands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
