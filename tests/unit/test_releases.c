#include "stack/releases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char old_repository[] = "https://grafana.github.io/helm-charts";
static const char community[] = "https://grafana-community.github.io/helm-charts";
static const char open_telemetry[] = "https://open-telemetry.github.io/opentelemetry-helm-charts";

struct expected {
    const char *name, *version, *repository, *values_file;
    unsigned port;
};

static void expect(enum chart_profile profile, enum agent_kind agent,
                   const struct expected expected[RELEASES_MAX]) {
    struct diagnostics diagnostics;
    struct release_list list;
    diagnostics_init(&diagnostics);
    assert_int_equal(releases_list(profile, agent, &list, &diagnostics), STATUS_OK);
    assert_int_equal(list.count, RELEASES_MAX);
    for (size_t i = 0; i < list.count; i++) {
        const struct release *release = &list.items[i];
        assert_string_equal(release->name, expected[i].name);
        assert_string_equal(release->pin.name, expected[i].name);
        assert_string_equal(release->pin.version, expected[i].version);
        assert_string_equal(release->pin.repository, expected[i].repository);
        assert_string_equal(release->values_file, expected[i].values_file);
        assert_int_equal(release->pin.port, expected[i].port);
        assert_true(!release->service == !release->pin.port);
        assert_true(release->workload && release->workload_kind && release->container);
    }
}

static void the_brief_profile_pins_what_was_measured(void **state) {
    (void)state;
    static const struct expected expected[RELEASES_MAX] = {
        {"loki", "6.30.0", old_repository, "values/loki.yaml", 3100},
        {"tempo", "1.17.0", old_repository, "values/tempo.yaml", 3100},
        {"opentelemetry-collector", "0.145.0", open_telemetry,
         "values/opentelemetry-collector.yaml", 4318},
        {"promtail", "6.17.1", old_repository, "values/promtail.yaml", 0},
        {"grafana", "8.8.2", old_repository, "values/grafana.yaml", 80},
    };
    expect(CHART_PROFILE_BRIEF, AGENT_KIND_PROMTAIL, expected);
}

static void the_successor_comes_from_where_charts_are_maintained(void **state) {
    (void)state;
    static const struct expected expected[RELEASES_MAX] = {
        {"loki", "18.11.0", community, "values/loki.yaml", 3100},
        {"tempo", "2.2.4", community, "values/tempo.yaml", 3200},
        {"opentelemetry-collector", "0.145.0", open_telemetry,
         "values/opentelemetry-collector.yaml", 4318},
        {"alloy", "1.6.0", old_repository, "values/alloy.yaml", 0},
        {"grafana", "12.11.1", community, "values/grafana.yaml", 80},
    };
    expect(CHART_PROFILE_SUCCESSOR, AGENT_KIND_ALLOY, expected);
}

static void the_successor_has_no_promtail(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct release_list list;
    diagnostics_init(&diagnostics);
    assert_int_equal(
        releases_list(CHART_PROFILE_SUCCESSOR, AGENT_KIND_PROMTAIL, &list, &diagnostics),
        STATUS_INTERNAL);
    assert_string_equal(diagnostics.items[0].message, "the profile successor has no chart "
                                                      "promtail-6.17.1");
}

/* Whoever applies the folder as a whole gets them in this order too. */
static void manifests_sort_as_they_are_applied(void **state) {
    (void)state;
    assert_string_equal(releases_manifests[0], "manifests/namespace.yaml");
    for (size_t i = 1; releases_manifests[i]; i++)
        assert_true(strcmp(releases_manifests[i - 1], releases_manifests[i]) < 0);
}

static void only_promtail_is_warned_of(void **state) {
    (void)state;
    assert_non_null(strstr(releases_warning(AGENT_KIND_PROMTAIL), "2026-03-02"));
    assert_null(releases_warning(AGENT_KIND_ALLOY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_brief_profile_pins_what_was_measured),
        cmocka_unit_test(the_successor_comes_from_where_charts_are_maintained),
        cmocka_unit_test(the_successor_has_no_promtail),
        cmocka_unit_test(manifests_sort_as_they_are_applied),
        cmocka_unit_test(only_promtail_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
