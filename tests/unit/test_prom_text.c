#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/prom_text.h"
#include "tests/unit/assert_close.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** The samples that were taken, as text. */
struct taken {
    char text[1024];
    size_t count;
    double last, timestamp;
};

static void take(const struct prom_sample *sample, void *context) {
    struct taken *taken = context;
    size_t used = strlen(taken->text);
    used += (size_t)snprintf(taken->text + used, sizeof taken->text - used, "%s", sample->name);
    for (size_t i = 0; i < sample->label_count; i++)
        used += (size_t)snprintf(taken->text + used, sizeof taken->text - used, "|%s=%s",
                                 sample->labels[i].name, sample->labels[i].value);
    snprintf(taken->text + used, sizeof taken->text - used, ";");
    taken->count++;
    taken->last = sample->value;
    taken->timestamp = sample->timestamp_seconds;
}

static enum status read_text(const char *text, struct taken *taken,
                             struct diagnostics *diagnostics) {
    *taken = (struct taken){0};
    diagnostics_init(diagnostics);
    return prom_text_read("page", text, strlen(text), take, taken, diagnostics);
}

static void samples_are_read(void **state) {
    struct diagnostics diagnostics;
    struct taken taken;
    (void)state;
    assert_int_equal(read_text("# HELP a What it is.\n# TYPE a counter\na 1\n\n"
                               "b{x=\"1\",y=\"two words\"} 2.5e3\r\nc{} 3\n"
                               "d { z = \"\" , } 4\n# EOF\n",
                               &taken, &diagnostics),
                     STATUS_OK);
    assert_string_equal(taken.text, "a;b|x=1|y=two words;c;d|z=;");
    assert_close(taken.last, 4, 0, 0);
    assert_true(isnan(taken.timestamp));
}

static void escapes_are_resolved(void **state) {
    struct diagnostics diagnostics;
    struct taken taken;
    (void)state;
    assert_int_equal(read_text("a{x=\"q\\\"b\\\\n\\nend}\"} 1", &taken, &diagnostics), STATUS_OK);
    assert_string_equal(taken.text, "a|x=q\"b\\n\nend};");
}

static void numbers_are_gos(void **state) {
    static const struct {
        const char *text;
        double value;
    } good[] = {{"a -1.5e-3", -1.5e-3},
                {"a 9.223372036854776e+18", 9.223372036854776e+18},
                {"a +Inf", INFINITY},
                {"a -Inf", -INFINITY}};
    struct diagnostics diagnostics;
    struct taken taken;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(read_text(good[i].text, &taken, &diagnostics), STATUS_OK);
        assert_true(taken.last == good[i].value);
    }
    assert_int_equal(read_text("a NaN", &taken, &diagnostics), STATUS_OK);
    assert_true(isnan(taken.last));
}

static void times_and_exemplars_are_taken(void **state) {
    struct diagnostics diagnostics;
    struct taken taken;
    (void)state;
    assert_int_equal(read_text("a 1 1395066363500\n", &taken, &diagnostics), STATUS_OK);
    assert_close(taken.timestamp, 1395066363.5, 1e-12, 0);
    assert_int_equal(
        read_text("a_bucket{le=\"1\"} 1 # {trace_id=\"x\"} 0.5\n", &taken, &diagnostics),
        STATUS_OK);
    assert_int_equal(taken.count, 1);
}

static void damage_has_its_place(void **state) {
    static const struct {
        const char *text;
        unsigned line, column;
    } bad[] = {
        {"a 1\n{x=\"1\"} 2\n", 2, 1}, {"a\n", 1, 2},           {"a one\n", 1, 3},
        {"a{x=1} 2\n", 1, 5},         {"a{x=\"1} 2\n", 1, 10}, {"a{x=\"1\" y=\"2\"} 3", 1, 9},
        {"a 1 later\n", 1, 5},        {"a{x=\"1\"", 1, 8},     {"a 0x10\n", 1, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct diagnostics diagnostics;
        struct taken taken;
        if (read_text(bad[i].text, &taken, &diagnostics) != STATUS_INVALID)
            fail_msg("taken: %s", bad[i].text);
        if (diagnostics.items[0].line != bad[i].line ||
            diagnostics.items[0].column != bad[i].column)
            fail_msg("%s: refused at %u:%u", bad[i].text, diagnostics.items[0].line,
                     diagnostics.items[0].column);
    }
}

/** Every beginning of a page either reads or is refused; none may be read beyond its end. */
static void beginnings_do_no_harm(void **state) {
    static const char page[] =
        "# HELP a b\na{x=\"\\\"1\\n\",y=\"2\"} 1e5 1395066363000 # {z=\"1\"} 1\n";
    (void)state;
    for (size_t length = 0; length < sizeof page; length++) {
        struct diagnostics diagnostics;
        struct taken taken = {0};
        diagnostics_init(&diagnostics);
        enum status status = prom_text_read("page", page, length, take, &taken, &diagnostics);
        assert_true(status == STATUS_OK || diagnostics.count == 1);
    }
}

static void pages_are_told_from_tables(void **state) {
    static const char *const pages[] = {"# HELP a b\n", "\n# TYPE a gauge\na 1\n", "a 1\n",
                                        "a{b=\"c\"} 1\n"};
    static const char *const tables[] = {"", "model,streams\nloki,1\n", "# a comment\nmodel\n",
                                         "model\n", "model;streams\n"};
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_true(prom_text_is_likely(pages[i], strlen(pages[i])));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        assert_false(prom_text_is_likely(tables[i], strlen(tables[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_read),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(numbers_are_gos),
        cmocka_unit_test(times_and_exemplars_are_taken),
        cmocka_unit_test(damage_has_its_place),
        cmocka_unit_test(beginnings_do_no_harm),
        cmocka_unit_test(pages_are_told_from_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
