#include "stack/values.h"
#include "stack/values_common.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/** Status of writing after `fill`, with the first diagnostic's message in `message`. */
static enum status write_after(void (*fill)(struct values *values), struct text *text,
                               char message[320]) {
    struct diagnostics diagnostics;
    struct values values;
    diagnostics_init(&diagnostics);
    text_init(text);
    values_init(&values, CHART_PROFILE_BRIEF, CHART_TEMPO, &diagnostics);
    fill(&values);
    enum status status = values_write(&values, "Title", "3 runs", text);
    memcpy(message, diagnostics.items[0].message, 320);
    assert_int_equal(diagnostics.count, status == STATUS_OK ? 0 : 1);
    values_fini(&values);
    return status;
}

static void fill_well(struct values *values) {
    static const struct values_row rows[] = {
        {"tempo.extraEnv[0].name", VALUES_STRING, "GOGC", NULL},
        {"tempo.extraEnv[0].value", VALUES_STRING, "50", "half the heap"},
        {"tempo.extraEnv[1].name", VALUES_STRING, "LAST", NULL},
        {"tempo.receivers.jaeger", VALUES_NULL, NULL, "not wanted"},
        {"nodeSelector.example\\.com/disk", VALUES_STRING, "ssd", NULL},
        {"podLabels", VALUES_MAPPING, NULL, NULL},
        {"tolerations", VALUES_LIST, NULL, NULL},
    };
    values_remark(values, "Remark %d", 1);
    values_rows(values, rows, sizeof rows / sizeof *rows);
    values_integer(values, "tempo.ingester.max_block_bytes", 1.5e9);
    values_tuned(values, "tempo.ingester.max_block_bytes", "peak %.1f GiB", 1.25);
}

static void paths_make_a_tree_under_a_comment(void **state) {
    (void)state;
    struct text text;
    char message[320];
    assert_int_equal(write_after(fill_well, &text, message), STATUS_OK);
    assert_string_equal(text.data, "# Title\n"
                                   "#\n"
                                   "# Remark 1\n"
                                   "#\n"
                                   "# Tuned, each with the figure behind it (3 runs):\n"
                                   "#   tempo.ingester.max_block_bytes: 1500000000\n"
                                   "#       peak 1.2 GiB\n"
                                   "#\n"
                                   "# Fixed, and why the chart's own default will not do:\n"
                                   "#   tempo.extraEnv[0].value: 50\n"
                                   "#       half the heap\n"
                                   "#   tempo.receivers.jaeger: null\n"
                                   "#       not wanted\n"
                                   "\n"
                                   "tempo:\n"
                                   "  extraEnv:\n"
                                   "  - name: GOGC\n"
                                   "    value: \"50\"\n"
                                   "  - name: LAST\n"
                                   "  receivers:\n"
                                   "    jaeger: null\n"
                                   "  ingester:\n"
                                   "    max_block_bytes: 1500000000\n"
                                   "nodeSelector:\n"
                                   "  example.com/disk: ssd\n"
                                   "podLabels: {}\n"
                                   "tolerations: []\n");
    text_fini(&text);
}

static void unknown_key(struct values *values) {
    values_string(values, "tempo.compactor.compaction.block_retention", "24h");
    values_string(values, "another.unknown.key", "not even looked at");
}

static void set_twice(struct values *values) {
    values_string(values, "tempo.retention", "24h");
    values_string(values, "tempo.retention", "48h");
}

static void item_left_out(struct values *values) {
    values_string(values, "tempo.extraEnv[1].name", "GOGC");
}

static void key_below_a_list(struct values *values) {
    values_string(values, "tempo.extraEnv[0].name", "GOGC");
    values_string(values, "tempo.extraEnv[0].name.first", "GOGC");
}

static void not_a_path(struct values *values) {
    values_string(values, "tempo.extraEnv[x].name", "GOGC");
}

static void noted_but_not_set(struct values *values) {
    values_tuned(values, "tempo.retention", "nothing");
}

static void mistakes_are_errors_that_name_the_key(void **state) {
    (void)state;
    static const struct {
        void (*fill)(struct values *values);
        const char *named;
    } mistakes[] = {
        {unknown_key, "tempo.compactor.compaction.block_retention"},
        {set_twice, "tempo.retention"},
        {item_left_out, "tempo.extraEnv[1].name"},
        {key_below_a_list, "tempo.extraEnv[0].name.first"},
        {not_a_path, "tempo.extraEnv[x].name"},
        {noted_but_not_set, "tempo.retention"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct text text;
        char message[320];
        assert_int_equal(write_after(mistakes[i].fill, &text, message), STATUS_INTERNAL);
        if (!strstr(message, mistakes[i].named))
            fail_msg("case %zu: %s", i, message);
        assert_int_equal(text.length, 0);
        text_fini(&text);
    }
}

/* Go's durations know no days; Prometheus's no fractions of a unit. */
static void durations_are_what_go_reads(void **state) {
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0s"},        {-5, "0s"},
        {0.25, "250ms"},  {1, "1s"},
        {59.9996, "1m"},  {90, "1m30s"},
        {2.5, "2500ms"},  {600, "10m"},
        {5400, "1h30m"},  {7 * 86400.0, "168h"},
        {3661, "1h1m1s"}, {365 * 86400.0, "8760h"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[VALUES_COMMON_BYTES];
        assert_string_equal(values_common_duration(buffer, sizeof buffer, cases[i].seconds),
                            cases[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_make_a_tree_under_a_comment),
        cmocka_unit_test(mistakes_are_errors_that_name_the_key),
        cmocka_unit_test(durations_are_what_go_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
