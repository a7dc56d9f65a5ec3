#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/predict.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/fixture_calibration.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** One run's load of each, most keys given. */
static const struct scenario_override loki[] = {
    {"bytes_per_second=60000"}, {"streams=500"},      {"bytes_per_line=349"},
    {"encoding=snappy"},        {"compression=2.46"}, {"max_chunk_age=2h"},
    {"chunk_idle_period=30m"},  {"memory_limit=2Gi"}, {"chunk_target_size=1572864"},
};
static const struct scenario_override tempo[] = {
    {"traces_per_second=20"},      {"spans_per_trace=8"},
    {"bytes_per_span=470"},        {"max_block_duration=30m"},
    {"flush_check_period=10s"},    {"trace_idle_period=10s"},
    {"max_block_bytes=500000000"}, {"parquet_row_group_size_bytes=100000000"},
    {"memory_limit=1Gi"},
};

static struct predict_answer answer_of(void **state, const char *model,
                                       const struct scenario_override *settings, size_t count) {
    struct predict_answer answer;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(predict(*state, model, settings, count, &answer, &diagnostics), STATUS_OK);
    return answer;
}

static const struct predict_figure *figure(const struct predict_answer *answer, const char *name) {
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->figures[i].name, name) == 0)
            return &answer->figures[i];
    fail_msg("no figure %s", name);
    return NULL;
}

static void loki_answers_with_intervals(void **state) {
    static const char *const names[] = {
        "memory_peak_bytes",    "memory_mean_bytes",   "cpu_cores",      "wal_peak_bytes",
        "wal_bytes_per_second", "chunk_bytes_per_day", "chunks_per_day", "index_bytes_per_day"};
    struct predict_answer answer = answer_of(state, "loki", loki, COUNT_OF(loki));
    assert_int_equal(answer.count, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct predict_figure *one = figure(&answer, names[i]);
        assert_true(0 < one->low && one->low < one->value && one->value < one->high);
        assert_close(one->low * one->high, one->value * one->value, 1e-9, 0);
    }
    /* 60,000 x 86,400 / 2.46; the run of this load peaked at 847 MB. */
    assert_close(figure(&answer, "chunk_bytes_per_day")->value, 2107317073.17, 1e-9, 0);
    assert_close(figure(&answer, "memory_peak_bytes")->value, 847093760, 0.06, 0);
}

static void tempo_answers_with_intervals(void **state) {
    static const char *const names[] = {"memory_peak_bytes", "memory_mean_bytes", "cpu_cores",
                                        "wal_peak_bytes", "block_bytes_per_day"};
    struct predict_answer answer = answer_of(state, "tempo", tempo, COUNT_OF(tempo));
    assert_int_equal(answer.count, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct predict_figure *one = figure(&answer, names[i]);
        assert_true(0 < one->low && one->low < one->value && one->value < one->high);
    }
}

static double peak_with(void **state, const char *setting) {
    struct scenario_override settings[COUNT_OF(loki) + 1];
    memcpy(settings, loki, sizeof loki);
    settings[COUNT_OF(loki)].text = setting;
    struct predict_answer answer = answer_of(state, "loki", settings, COUNT_OF(settings));
    return figure(&answer, "memory_peak_bytes")->value;
}

static void settings_take_effect_and_the_last_one_wins(void **state) {
    double usual = peak_with(state, "max_chunk_age=2h");
    assert_true(peak_with(state, "max_chunk_age=30m") < 0.8 * usual);
    assert_true(peak_with(state, "streams=5000") > 1.5 * usual);
    assert_true(peak_with(state, "bytes_per_second=250000") > 2 * usual);
    assert_true(peak_with(state, "chunk_cache_size=0") < usual);
    assert_close(peak_with(state, "gomemlimit=220MiB"), peak_with(state, "gomemlimit=220Mi"), 0, 0);
    assert_true(peak_with(state, "gomemlimit=220MiB") < 0.8 * usual);
}

static void a_load_and_its_streams_are_enough(void **state) {
    const struct scenario_override least[] = {{"bytes_per_second=60000"}, {"streams=500"}};
    struct predict_answer answer = answer_of(state, "loki", least, 2);
    assert_close(figure(&answer, "chunk_bytes_per_day")->value, 60000.0 * 86400 / 2.5, 1e-12, 0);
}

/** Refused with this message and, unless NULL, this hint. */
static void refuses(void **state, const char *model, const char *setting, const char *message,
                    const char *hint) {
    const struct scenario_override settings[] = {{"bytes_per_second=1"}, {"streams=1"}, {setting}};
    struct predict_answer answer;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    enum status status = predict(*state, model, settings, 3, &answer, &diagnostics);
    assert_true(status == STATUS_INVALID || status == STATUS_USAGE);
    assert_string_equal(diagnostics.items[0].message, message);
    if (hint)
        assert_string_equal(diagnostics.items[0].hint, hint);
}

static void mistakes_are_named(void **state) {
    refuses(state, "loki", "max_chunk_ages=2h", "predict loki has no key \"max_chunk_ages\"",
            "did you mean max_chunk_age?");
    refuses(state, "loki", "max_chunk_age=2",
            "max_chunk_age is \"2\", expected a duration such as 90s, 30m or 2h", "");
    refuses(state, "loki", "encoding=lz4", "encoding is \"lz4\", expected snappy, gzip or zstd",
            "");
    refuses(state, "loki", "compression=0.5",
            "compression is \"0.5\", expected a value from 1 to 1000", "");
    refuses(state, "loki", "streams", "--set \"streams\": expected KEY=VALUE", "");
    refuses(state, "loki", "memory_limit=2GiB more",
            "memory_limit is \"2GiB more\", expected bytes such as 1536Ki, 2Gi or 1572864", "");
    refuses(state, "lokki", "streams=1", "no model is called \"lokki\", expected loki or tempo",
            "did you mean loki?");
}

static void what_is_needed_is_asked_for(void **state) {
    struct predict_answer answer;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(predict(*state, "tempo", NULL, 0, &answer, &diagnostics), STATUS_INVALID);
    assert_string_equal(diagnostics.items[0].message,
                        "predict tempo needs --set traces_per_second=...: traces a second");
}

/** So few streams that a chunk of one is larger than any number. */
static void what_has_no_finite_answer_is_refused(void **state) {
    static const struct scenario_override settings[] = {{"bytes_per_second=1e7"},
                                                        {"streams=1e-300"}};
    struct predict_answer answer;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    assert_int_equal(predict(*state, "loki", settings, COUNT_OF(settings), &answer, &diagnostics),
                     STATUS_INVALID);
    assert_non_null(strstr(diagnostics.items[0].message, "no finite memory_peak_bytes"));
}

static void the_json_is_one_object_of_numbers(void **state) {
    struct predict_answer answer = answer_of(state, "loki", loki, COUNT_OF(loki));
    struct text text;
    text_init(&text);
    predict_write_json(&answer, &text);
    json_t *root = json_loads(text.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(json_object_size(root), 3 * answer.count);
    assert_close(json_number_value(json_object_get(root, "memory_peak_bytes")),
                 figure(&answer, "memory_peak_bytes")->value, 1e-9, 0);
    assert_close(json_number_value(json_object_get(root, "cpu_cores_high")),
                 figure(&answer, "cpu_cores")->high, 1e-9, 0);
    json_decref(root);
    text_fini(&text);
}

static void text_and_csv_have_a_line_for_each_figure(void **state) {
    struct predict_answer answer = answer_of(state, "tempo", tempo, COUNT_OF(tempo));
    struct text text;
    text_init(&text);
    predict_write_text(&answer, &text);
    assert_non_null(strstr(text.data, "memory_peak_bytes"));
    assert_non_null(strstr(text.data, "GiB to"));
    text_fini(&text);
    predict_write_csv(&answer, &text);
    assert_int_equal(strncmp(text.data, "figure,value,low,high\nmemory_peak_bytes,", 40), 0);
    text_fini(&text);
    predict_write_keys("loki", &text);
    assert_non_null(strstr(text.data, "  max_chunk_age "));
    assert_null(strstr(text.data, "traces_per_second"));
    text_fini(&text);
}

/** Student's t with 10 degrees of freedom is 1.8125 at 95 %, 0.6998 at 75 %; the normal's quantile
 *  there is 0.6745. */
static void the_interval_is_students(void **state) {
    (void)state;
    assert_close(predict_interval(0.1, 10), 0.18125, 1e-4, 0);
    assert_close(predict_interval_of(0.5, 0.1, 10), 0.06998, 1e-4, 0);
    assert_close(predict_interval_of(0.5, 0.1, 1e6), 0.06745, 1e-4, 0);
    assert_true(isfinite(predict_interval(0.1, 0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loki_answers_with_intervals),
        cmocka_unit_test(tempo_answers_with_intervals),
        cmocka_unit_test(settings_take_effect_and_the_last_one_wins),
        cmocka_unit_test(a_load_and_its_streams_are_enough),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(what_is_needed_is_asked_for),
        cmocka_unit_test(what_has_no_finite_answer_is_refused),
        cmocka_unit_test(the_json_is_one_object_of_numbers),
        cmocka_unit_test(text_and_csv_have_a_line_for_each_figure),
        cmocka_unit_test(the_interval_is_students),
    };
    return cmocka_run_group_tests(tests, fixture_calibration, NULL);
}
