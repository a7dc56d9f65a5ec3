/** What helm says, read; what differs between values; which releases are whose. */
#include "stack/helm.h"
#include "tests/unit/canned_cluster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void charts_are_split(void **state) {
    (void)state;
    static const struct {
        const char *text, *chart, *version;
    } cases[] = {
        {"loki-6.30.0", "loki", "6.30.0"},
        {"opentelemetry-collector-0.145.0", "opentelemetry-collector", "0.145.0"},
        {"k8s-2-redis-1.2.3-rc.1", "k8s-2-redis", "1.2.3-rc.1"},
        {"odd", "odd", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct helm_release release = {.ours = false};
        helm_split_chart(cases[i].text, &release);
        assert_string_equal(release.chart, cases[i].chart);
        assert_string_equal(release.version, cases[i].version);
    }
}

static void versions_are_read(void **state) {
    (void)state;
    int major = 0, minor = 0;
    assert_true(helm_parse_version("v3.18.6", &major, &minor));
    assert_int_equal(major, 3);
    assert_int_equal(minor, 18);
    assert_true(helm_parse_version("1.31.4-eks-1", &major, &minor));
    assert_int_equal(minor, 31);
    assert_false(helm_parse_version("", &major, &minor));
    assert_false(helm_parse_version("three", &major, &minor));
    assert_false(helm_parse_version("3", &major, &minor));
}

static void expect_changes(const char *before, const char *after, size_t count,
                           const char *expected) {
    json_t *old = json_loads(before, 0, NULL), *new = json_loads(after, 0, NULL);
    struct text text;
    text_init(&text);
    assert_non_null(old);
    assert_non_null(new);
    assert_int_equal(helm_values_changes(old, new, 2, &text), count);
    assert_string_equal(text.data ? text.data : "", expected);
    text_fini(&text);
    json_decref(old);
    json_decref(new);
}

static void changes_are_told_by_path(void **state) {
    (void)state;
    expect_changes("{}", "{}", 0, "");
    expect_changes("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}", 1, "a.b: 1 -> 2");
    expect_changes("{\"a\":[1,{\"b\":\"x\"}]}", "{\"a\":[1,{\"b\":\"y\"},3]}", 2,
                   "a[1].b: x -> y, a[2]: nothing -> 3");
    expect_changes("{\"a\":true,\"b\":{\"c\":1}}", "{\"a\":false,\"b\":\"text\"}", 2,
                   "a: true -> false, b: {...} -> text");
}

/** helm drops nulls, and does not tell 1 from 1.0. */
static void same_in_other_words_is_the_same(void **state) {
    (void)state;
    expect_changes("{\"a\":null,\"b\":1}", "{\"b\":1.0,\"c\":null}", 0, "");
    expect_changes("{\"a\":{\"b\":null}}", "{\"a\":{}}", 0, "");
    expect_changes("{\"a\":\"1\"}", "{\"a\":1}", 1, "1 value");
}

static void long_lists_are_cut(void **state) {
    (void)state;
    expect_changes("{\"a\":1,\"b\":1,\"c\":1}", "{\"a\":2,\"b\":2,\"c\":2}", 3,
                   "a: 1 -> 2, b: 1 -> 2 and 1 other value");
    expect_changes("{}",
                   "{\"a-key-that-is-so-long\":{\"that-nobody-wants-to-read-its-path\":{"
                   "\"in-a-list\":1}}}",
                   1, "a-key-that-is-so-long: nothing -> {...}");
    expect_changes("{\"a-key-that-is-so-long-that\":{\"nobody-wants-to-read-its-path\":{"
                   "\"in-a-list\":1}}}",
                   "{\"a-key-that-is-so-long-that\":{\"nobody-wants-to-read-its-path\":{"
                   "\"in-a-list\":2}}}",
                   1, "1 value");
    expect_changes("{}", "{\"a\":\"line\\nbreak\\u001b[31m\"}", 1, "a: nothing -> line break [31m");
    /* 31 bytes are shown: 30 letters, and half of a character of two bytes is none. */
    expect_changes("{}", "{\"a\":\"abcdefghijklmnopqrstuvwxyzabcd\u00e9f\"}", 1,
                   "a: nothing -> abcdefghijklmnopqrstuvwxyzabcd");
}

static void releases_are_found_by_name(void **state) {
    (void)state;
    static const struct helm_list list = {.items = {{.name = "loki"}, {.name = "tempo"}},
                                          .count = 2};
    assert_ptr_equal(helm_find(&list, "tempo"), &list.items[1]);
    assert_null(helm_find(&list, "grafana"));
}

/** A release that is not seen would pass for one that is not there. */
static void too_many_releases_are_an_error(void **state) {
    (void)state;
    static struct helm_list list;
    const struct cluster cluster = {.context = "test", .name_space = "observability"};
    struct canned_cluster fake;
    struct diagnostics diagnostics;
    json_t *releases = json_array();
    for (int i = 0; i <= HELM_RELEASES_MAX; i++)
        json_array_append_new(releases, json_pack("{s:o}", "name", json_sprintf("r%d", i)));
    diagnostics_init(&diagnostics);
    canned_cluster_start(&fake);
    canned_cluster_answer_json(&fake, "helm * list *", releases);
    assert_int_equal(helm_list(&cluster, &list, &diagnostics), STATUS_EXTERNAL);
    assert_string_equal(diagnostics.items[0].message,
                        "namespace observability holds more than 64 releases");
    canned_cluster_answer(&fake, "helm * list *", "[{\"name\":\"loki\",\"revision\":\"7\"}]");
    assert_int_equal(helm_list(&cluster, &list, &diagnostics), STATUS_OK);
    assert_int_equal(helm_find(&list, "loki")->revision, 7);
    assert_true(helm_find(&list, "loki")->ours);
    canned_cluster_stop(&fake);
}

static void commands_name_the_cluster(void **state) {
    (void)state;
    const char *all[HELM_WORDS_MAX];
    const struct cluster cluster = {.kubeconfig = "k.yaml", .context = "prod"};
    struct text text;
    text_init(&text);
    assert_true(helm_words(&cluster, (const char *const[]){"list", NULL}, all));
    process_print_command(&text, all);
    text_add(&text, "\n");
    assert_true(kubectl_words(&cluster, (const char *const[]){"get", "pods", NULL}, all));
    process_print_command(&text, all);
    assert_string_equal(text.data, "helm --kubeconfig k.yaml --kube-context prod list\n"
                                   "kubectl --kubeconfig k.yaml --context prod get pods");
    text_fini(&text);
}

static void only_names_reach_arguments(void **state) {
    (void)state;
    assert_true(kubectl_name_is_valid("storage-loki-0"));
    assert_true(kubectl_name_is_valid("ebs.csi.aws.com"));
    static const char *const bad[] = {"", "-a", "a-", "A", "a b", "a/b", "a\n", "--all", "ä"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(kubectl_name_is_valid(bad[i]));
    assert_true(kubectl_context_is_valid("arn:aws:eks:us-east-1:1:cluster/prod"));
    assert_true(kubectl_context_is_valid("me@prod"));
    assert_false(kubectl_context_is_valid("--as=root"));
    assert_false(kubectl_context_is_valid("a\x1b[2J"));
    assert_false(kubectl_context_is_valid(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_are_split),
        cmocka_unit_test(versions_are_read),
        cmocka_unit_test(changes_are_told_by_path),
        cmocka_unit_test(same_in_other_words_is_the_same),
        cmocka_unit_test(long_lists_are_cut),
        cmocka_unit_test(releases_are_found_by_name),
        cmocka_unit_test(too_many_releases_are_an_error),
        cmocka_unit_test(commands_name_the_cluster),
        cmocka_unit_test(only_names_reach_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
