/* What people read: terminal, Markdown, HTML, GitHub; and the files of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/phrase.h"
#include "reports/report.h"
#include "reports/text_sheet.h"
#include "sim/base/files.h"
#include "tests/unit/fixture_result.h"
#include "tests/unit/golden.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct diagnostics diagnostics;

/** Errors as a fit might leave them: round numbers. */
static const struct calibration calibration = {
    .loki.error = {.memory_peak = 0.05,
                   .memory_mean = 0.05,
                   .cpu = 0.15,
                   .chunk_bytes = 0.03,
                   .degrees_of_freedom = 1e6},
    .tempo.error = {.memory_peak = 0.06,
                    .memory_chance = 0.08 / 0.748,
                    .cpu = 0.12,
                    .block_bytes = 0.05,
                    .degrees_of_freedom = 1e6},
    .collector = {.memory_error = 0.07, .cpu_error = 0.1},
    .agent = {{.memory_error = 0.08, .cpu_error = 0.1}, {.memory_error = 0.3, .cpu_error = 0.3}},
    .grafana = {.memory_error = 0.3, .cpu_error = 0.5},
};

static struct result *make_result(void) {
    struct result *result = fixture_result();
    assert_non_null(result);
    diagnostics_init(&diagnostics);
    return result;
}

static struct report report_of(const struct result *result) {
    return (struct report){.result = result, .calibration = &calibration};
}

/** Nothing holds; the second alternative is the one that misses least. */
static void spoil(struct result *result) {
    result->best = NULL;
    result->best_series_count = 0;
    result->holds = false;
    result->headroom.known = false;
    result->cheaper_count = 0;
    result->as_written->targets[TARGET_COST].holds = false;
    for (size_t i = 0; i < result->alternative_count; i++) {
        result->alternatives[i]->holds = false;
        result->alternatives[i]->targets[TARGET_COST].holds = false;
        result->alternatives[i]->targets[TARGET_COST].reason = "The bill passes the bound";
    }
    result->alternatives[0]->targets[TARGET_SAVINGS].holds = false;
}

static void hold_as_written(struct result *result) {
    result->as_written->holds = true;
    for (size_t i = 0; i < result->as_written->target_count; i++)
        result->as_written->targets[i].holds = true;
}

static void write_text(const struct result *result, unsigned width, bool color, struct text *text) {
    struct report report = report_of(result);
    struct report_text_options options = {.width = width, .color = color, .folder = "out/prod"};
    text_init(text);
    assert_int_equal(report_text(&report, &options, text, &diagnostics), STATUS_OK);
}

static void write_markdown(const struct result *result, struct text *text) {
    struct report report = report_of(result);
    text_init(text);
    assert_int_equal(report_markdown(&report, text, &diagnostics), STATUS_OK);
}

static void write_html(const struct result *result, const struct chart_set *charts,
                       struct text *text) {
    struct report report = report_of(result);
    text_init(text);
    assert_int_equal(report_html(&report, charts, text, &diagnostics), STATUS_OK);
}

static void assert_says(const struct text *text, const char *words) {
    if (!strstr(text->data, words))
        fail_msg("\"%s\" is not in:\n%.800s", words, text->data);
}

static void assert_silent(const struct text *text, const char *words) {
    if (strstr(text->data, words))
        fail_msg("\"%s\" should not be there", words);
}

static void assert_first_line(const struct text *text, const char *line) {
    size_t length = strlen(line);
    if (strncmp(text->data, line, length) != 0 || text->data[length] != '\n')
        fail_msg("first line is not \"%s\" but \"%.120s\"", line, text->data);
}

/** No line wider than `width`, none that ends in a space. */
static void check_lines(const struct text *text, size_t width) {
    for (const char *line = text->data; *line;) {
        size_t length = strcspn(line, "\n"), characters = 0;
        for (size_t i = 0; i < length; i++)
            characters += ((unsigned char)line[i] & 0xC0) != 0x80;
        if (characters > width)
            fail_msg("%zu characters, not %zu: %.*s", characters, width, (int)length, line);
        if (length > 0 && line[length - 1] == ' ')
            fail_msg("ends in a space: %.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void test_text_golden(void **state) {
    (void)state;
    struct result *result = make_result();
    struct text text;
    write_text(result, 100, false, &text);
    assert_first_line(&text, "prod: MISSED as written, holds with the best plan: 1 x t3.medium, "
                             "$34.05 a month");
    assert_golden("report_100.txt", &text, NULL);
    text_fini(&text);
    write_text(result, 80, false, &text);
    assert_golden("report_80.txt", &text, NULL);
    text_fini(&text);
    fixture_result_free(result);
}

static void test_text_widths(void **state) {
    (void)state;
    static const unsigned widths[] = {REPORT_TEXT_WIDTH_MIN, 72, 80, 100, 140};
    for (int variant = 0; variant < 5; variant++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            struct result *result = make_result();
            if (variant == 1)
                spoil(result);
            if (variant == 2)
                hold_as_written(result);
            if (variant == 3) {
                result->as_written->bill.items[0].item =
                    "größtes_Wort_ohne_jede_Lücke_das_in_keine_Spalte_einer_Tabelle_passen_kann";
                result->brief[0].note = "";
                result->as_written->bill.items[1].source = "a\tb\033[31m\xC2\x9B\x33\x31m";
            }
            if (variant == 4) {
                result->headroom = (struct headroom){true, 1, 1.07, NULL, 0};
                result->cheaper[1]->binding = NULL;
                result->break_even[MANAGED_AWS].log_gb_per_day = 1234567;
            }
            struct text text;
            write_text(result, widths[i], false, &text);
            check_lines(&text, widths[i]);
            assert_silent(&text, "\033");
            assert_silent(&text, "\t");
            assert_silent(&text, "\xC2\x9B");
            text_fini(&text);
            fixture_result_free(result);
        }
}

/** Columns of 10 x 6 characters and gaps of 2 take 78, of 1 take 69: words stay whole on a page of
 *  72, whose indent of 2 leaves 70. */
static void test_text_tight_columns(void **state) {
    (void)state;
    struct sheet_column columns[10];
    struct arena arena;
    struct sheet sheet;
    struct text text;
    arena_init(&arena);
    text_init(&text);
    for (size_t i = 0; i < 10; i++)
        columns[i] = (struct sheet_column){.heading = "abcdef", .wraps = true};
    sheet_start(&sheet, &arena, "id", "Title", columns, 10, 1);
    struct sheet_cell *cells = sheet_row(&sheet);
    for (size_t i = 0; i < 10; i++)
        cells[i].text = "uvwxyz";
    const struct text_page page = {.text = &text, .width = 72};
    text_sheet(&page, &sheet);
    assert_says(&text, "  uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz uvwxyz\n");
    text_fini(&text);
    arena_fini(&arena);
}

/** A path breaks behind its slashes; `1 x t3.small` only where nothing else does. */
static void test_text_breaks(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    const struct text_page page = {.text = &text, .width = 22};
    text_line(&page, TEXT_STYLE_PLAIN, "pkg/providers/zz_generated.go");
    text_line(&page, TEXT_STYLE_PLAIN, "1 x t3.medium + 1 x t3.small");
    assert_string_equal(text.data, "  pkg/providers/\n"
                                   "  zz_generated.go\n"
                                   "  1 x t3.medium +\n"
                                   "  1 x t3.small\n");
    text_fini(&text);
}

/** A label may be a file's name, of any length: 26 - 4 columns are 11 for it and 11 for the words.
 */
static void test_text_long_label(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    const struct text_page page = {.text = &text, .width = 26};
    text_labelled(&page, "abcdefghijklmnopqrstuv", 22, TEXT_STYLE_PLAIN, "gzip, 12 of 12");
    assert_string_equal(text.data, "  abcdefghijk  gzip, 12 of\n"
                                   "  lmnopqrstuv  12\n");
    text_fini(&text);
}

/** Colour adds escapes and nothing else. */
static void test_text_color(void **state) {
    (void)state;
    struct result *result = make_result();
    struct text plain, colored, stripped;
    write_text(result, 100, false, &plain);
    write_text(result, 100, true, &colored);
    assert_says(&colored, "\033[1;33mprod: MISSED");
    assert_says(&colored, "\033[31m✗ missed\033[0m");
    text_init(&stripped);
    for (const char *c = colored.data; *c; c++) {
        if (*c == '\033')
            c += strcspn(c, "m");
        else
            text_add_bytes(&stripped, c, 1);
    }
    assert_string_equal(stripped.data, plain.data);
    text_fini(&plain);
    text_fini(&colored);
    text_fini(&stripped);
    fixture_result_free(result);
}

static void test_text_nothing_holds(void **state) {
    (void)state;
    struct result *result = make_result();
    spoil(result);
    struct text text;
    write_text(result, 200, false, &text);
    assert_first_line(&text, "prod: MISSED as written (1 x t3.medium, $33.75 a month), and none of "
                             "the 11,664 plans searched holds");
    assert_says(&text, "Least bad   1 x t3.medium, $34.21 a month");
    assert_says(&text, "It misses   Cost: The bill passes the bound");
    assert_says(&text, "Least bad plan");
    assert_silent(&text, "Best plan");
    assert_silent(&text, "  Fix");
    text_fini(&text);
    result->alternative_count = 0;
    result->candidates_screened = 0;
    write_text(result, 200, false, &text);
    assert_says(&text, "and no plan searched holds");
    assert_says(&text, "Least bad   as written, 1 x t3.medium");
    text_fini(&text);
    fixture_result_free(result);
}

static void test_text_holds(void **state) {
    (void)state;
    struct result *result = make_result();
    hold_as_written(result);
    struct text text;
    write_text(result, 120, false, &text);
    assert_first_line(&text, "prod: HOLDS as written: 1 x t3.medium, $33.75 a month; nothing "
                             "cheaper found");
    assert_silent(&text, "Best plan");
    text_fini(&text);
    /* Tempo's 6 GiB and the surplus: $33.05 is cheaper than $33.75. */
    result->best->bill.items[5].usd_per_month = -0.2;
    write_text(result, 120, false, &text);
    assert_first_line(&text, "prod: HOLDS as written: 1 x t3.medium, $33.75 a month; cheaper with "
                             "the best plan: 1 x t3.medium, $33.05 a month");
    assert_says(&text, "Change      ");
    text_fini(&text);
    fixture_result_free(result);
}

static void test_text_says_what_matters(void **state) {
    (void)state;
    struct result *result = make_result();
    struct text text;
    write_text(result, 250, false, &text);
    assert_says(&text, "Tempo memory limit 1Gi → 1344Mi; Tempo volume 5Gi → 6Gi; Tempo GOMEMLIMIT "
                       "921Mi → 1209Mi; Tempo max_block_duration 30m → 10m; 4 other changes");
    assert_says(&text, "Promtail reached its end of life on 2026-03-02");
    assert_says(&text, "94.1 % (93.6–94.6)");
    assert_says(&text, "Tempo           written         250m → 1   0.14      256Mi → 1Gi  1,228  "
                       "1,375   5Gi  4.18  94.1 %");
    assert_says(&text, "AWS price list, EC2 us-east-1, 2025-04-30");
    /* exp(1.645 x 0.05) - 1 = 8.6 %; 0.06 and 0.748 of the chance, 0.08, make 0.1:
     * exp(0.1645) - 1 = 18 %. */
    assert_says(&text, "within 8.6 % of the truth for Loki's peak memory, 18 % for Tempo's");
    assert_silent(&text, "Alloy was not measured");
    text_fini(&text);
    result->as_written->plan.agent_kind = AGENT_KIND_ALLOY;
    result->best->plan.agent_kind = AGENT_KIND_ALLOY;
    result->as_written->plan.pending = 2;
    write_text(result, 250, false, &text);
    assert_silent(&text, "end of life");
    assert_says(&text, "Alloy was not measured");
    assert_says(&text, "2 pods find no node");
    text_fini(&text);
    fixture_result_free(result);
}

static void test_markdown(void **state) {
    (void)state;
    struct result *result = make_result();
    struct text text;
    write_markdown(result, &text);
    assert_first_line(&text, "<!-- simulate-report: prod -->");
    assert_true(text.length < 65536); /* GitHub's limit for a comment */
    assert_golden("report.md", &text, NULL);
    text_fini(&text);
    result->as_written->bill.items[0].item =
        "a|b <script> *bold* `code` [link](x) $x$ \\ snake_case";
    write_markdown(result, &text);
    assert_says(&text, "a\\|b &lt;script&gt; \\*bold\\* \\`code\\` \\[link\\](x) \\$x\\$ \\\\ "
                       "snake_case");
    text_fini(&text);
    fixture_result_free(result);
}

/** A set of one chart, borrowed bytes; free nothing. */
static void make_charts(struct chart_set *set) {
    static char wide[] = "<svg role=\"img\"><title>wide</title><path d=\"M0 0\"/></svg>";
    static char narrow[] = "<svg role=\"img\"><title>narrow</title><path d=\"M0 0\"/></svg>";
    static unsigned char png[] = "\x89PNG, then \0 in the middle";
    *set = (struct chart_set){.count = 1};
    struct chart *chart = &set->charts[0];
    snprintf(chart->name, sizeof chart->name, "loki-disk");
    snprintf(chart->description, sizeof chart->description, "Loki's disk & more");
    chart->svg = (struct text){.data = wide, .length = sizeof wide - 1};
    chart->svg_narrow = (struct text){.data = narrow, .length = sizeof narrow - 1};
    chart->png = png;
    chart->png_length = sizeof png - 1;
}

static bool is_void_element(const char *name) {
    static const char *const names[] = {"meta", "br", "hr", "img", "link", "input", "col"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

#define DEPTH_MAX 32

/** Every element is closed, in order. */
static void check_balance(const char *html) {
    char open[DEPTH_MAX][32];
    size_t depth = 0;
    while ((html = strchr(html, '<'))) {
        if (html[1] == '!') {
            html++;
            continue;
        }
        bool closing = html[1] == '/';
        const char *name = html + 1 + closing;
        size_t length = 0;
        while (isalnum((unsigned char)name[length]))
            length++;
        const char *end = strchr(html, '>');
        assert_non_null(end);
        assert_true(length > 0 && length < sizeof open[0]);
        char word[32];
        snprintf(word, sizeof word, "%.*s", (int)length, name);
        if (closing) {
            if (depth == 0 || strcmp(open[depth - 1], word) != 0)
                fail_msg("</%s> closes <%s>", word, depth ? open[depth - 1] : "nothing");
            depth--;
        } else if (end[-1] != '/' && !is_void_element(word)) {
            assert_true(depth < DEPTH_MAX);
            snprintf(open[depth++], sizeof open[0], "%s", word);
        }
        html = end + 1;
    }
    assert_int_equal(depth, 0);
}

/** Nothing is loaded and nothing runs. */
static void check_self_contained(const struct text *html) {
    static const char *const loads[] = {"<script", "<link",  "<iframe", "<img",
                                        "<object", " src=",  "@import", "url(",
                                        "http:",   "https:", "onload=", "javascript:"};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        assert_silent(html, loads[i]);
    for (const char *link = html->data; (link = strstr(link, "href=\"")); link += 6)
        assert_int_equal(link[6], '#');
}

/** Each in-page link has its target. */
static void check_links(const struct text *html) {
    for (const char *link = html->data; (link = strstr(link, "href=\"#")); link++) {
        char id[80];
        snprintf(id, sizeof id, "id=\"%.*s\"", (int)strcspn(link + 7, "\""), link + 7);
        assert_says(html, id);
    }
}

static void test_html(void **state) {
    (void)state;
    struct result *result = make_result();
    struct chart_set charts;
    make_charts(&charts);
    struct text text;
    write_html(result, &charts, &text);
    check_balance(text.data);
    check_self_contained(&text);
    check_links(&text);
    assert_says(&text, "<title>wide</title>");
    assert_says(&text, "<title>narrow</title>");
    assert_says(&text, "Loki&#39;s disk &amp; more");
    assert_says(&text, "scope=\"colgroup\"");
    assert_says(&text, "<caption");
    assert_says(&text, "prefers-color-scheme: dark");
    char version[256];
    snprintf(version, sizeof version, "simulate %s", phrase_version());
    assert_golden("report.html", &text, version);
    text_fini(&text);
    spoil(result);
    write_html(result, NULL, &text);
    check_balance(text.data);
    check_links(&text);
    assert_silent(&text, "<figure>");
    text_fini(&text);
    fixture_result_free(result);
}

static void test_html_escapes(void **state) {
    (void)state;
    struct result *result = make_result();
    struct scenario scenario = *result->scenario;
    const struct scenario *own = result->scenario;
    scenario.name = "<script>alert(1)</script>\"'&";
    result->scenario = &scenario;
    result->as_written->binding = "<img src=x onerror=alert(1)>";
    result->as_written->bill.items[0].source = "</li><script>";
    struct text text;
    write_html(result, NULL, &text);
    check_balance(text.data);
    assert_silent(&text, "<script");
    assert_silent(&text, "<img");
    assert_says(&text, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;: MISSED");
    text_fini(&text);
    result->scenario = own;
    fixture_result_free(result);
}

static void test_github(void **state) {
    (void)state;
    struct result *result = make_result();
    result->as_written->targets[TARGET_OUT_OF_MEMORY].reason = "killed,\nat 100%: twice";
    struct report report = report_of(result);
    struct text summary, commands;
    text_init(&summary);
    text_init(&commands);
    assert_int_equal(report_github(&report, &summary, &commands, &diagnostics), STATUS_OK);
    assert_first_line(&summary, "<!-- simulate-report: prod -->");
    assert_says(&commands, "::warning file=scenarios/prod.yaml,title=");
    assert_says(&commands, "killed,%0Aat 100%25: twice\n");
    assert_null(strchr(strchr(commands.data, '\n') + 1, '\n')); /* one target, one line */
    text_fini(&summary);
    text_fini(&commands);
    report.strict = true;
    assert_int_equal(report_github(&report, &summary, &commands, &diagnostics), STATUS_OK);
    assert_says(&commands, "::error file=scenarios/prod.yaml,title=");
    text_fini(&summary);
    text_fini(&commands);
    fixture_result_free(result);
}

static void test_github_diagnostics(void **state) {
    (void)state;
    struct diagnostics list;
    diagnostics_init(&list);
    enum status status =
        diagnostics_add(&list, STATUS_INVALID, "a,b.yaml", 3, 7, "50%% of %s", "it");
    assert_int_equal(status, STATUS_INVALID);
    snprintf(diagnostics_last(&list)->path, sizeof list.items[0].path, "stack.loki");
    snprintf(diagnostics_last(&list)->hint, sizeof list.items[0].hint, "did you mean it");
    status = diagnostics_add(&list, STATUS_USAGE, NULL, 0, 0, "no such command");
    assert_int_equal(status, STATUS_USAGE);
    struct text commands;
    text_init(&commands);
    report_github_diagnostics(&list, &commands);
    assert_string_equal(commands.data,
                        "::error file=a%2Cb.yaml,line=3,col=7,title=invalid input::stack.loki: "
                        "50%25 of it; did you mean it\n"
                        "::error title=wrong usage::no such command\n");
    text_fini(&commands);
}

static void check_file(struct arena *arena, const char *folder, const char *name,
                       const char *expected, size_t expected_length) {
    char *bytes;
    size_t length;
    const char *path = file_join(arena, folder, name);
    assert_int_equal(file_read(arena, path, 1 << 24, &bytes, &length, &diagnostics), STATUS_OK);
    assert_int_equal(length, expected_length);
    assert_memory_equal(bytes, expected, length);
    assert_int_equal(unlink(path), 0);
}

static void check_files(struct arena *arena, const struct report *report,
                        const struct chart_set *charts, const char *folder) {
    static const struct {
        const char *name;
        enum status (*write)(const struct report *, struct text *, struct diagnostics *);
    } files[] = {{"result.json", report_json},
                 {"report.md", report_markdown},
                 {"cost.csv", report_cost_csv},
                 {"series.csv", report_series_csv}};
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(files[i].write(report, &text, &diagnostics), STATUS_OK);
        check_file(arena, folder, files[i].name, text.data, text.length);
        text_fini(&text);
    }
    assert_int_equal(report_html(report, charts, &text, &diagnostics), STATUS_OK);
    check_file(arena, folder, "report.html", text.data, text.length);
    text_fini(&text);
    const struct chart *chart = &charts->charts[0];
    check_file(arena, folder, "plots/loki-disk.svg", chart->svg.data, chart->svg.length);
    check_file(arena, folder, "plots/loki-disk.png", (const char *)chart->png, chart->png_length);
}

static void test_files(void **state) {
    (void)state;
    struct result *result = make_result();
    struct report report = report_of(result);
    struct chart_set charts;
    make_charts(&charts);
    struct arena arena;
    arena_init(&arena);
    char folder[] = P_tmpdir "/test_reports_XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *out = file_join(&arena, folder, "out/prod");
    assert_int_equal(report_write_files(&report, &charts, out, &diagnostics), STATUS_OK);
    check_files(&arena, &report, &charts, out);
    static const char *const folders[] = {"out/prod/plots", "out/prod", "out"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(rmdir(file_join(&arena, folder, folders[i])), 0);
    /* A file where the folder should be. */
    const char *file = file_join(&arena, folder, "file");
    assert_int_equal(file_write(file, "x", 1, &diagnostics), STATUS_OK);
    assert_int_equal(report_write_files(&report, &charts, file, &diagnostics), STATUS_SYSTEM);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(folder), 0);
    arena_fini(&arena);
    fixture_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_tight_columns),
        cmocka_unit_test(test_text_long_label),
        cmocka_unit_test(test_text_breaks),
        cmocka_unit_test(test_text_golden),
        cmocka_unit_test(test_text_widths),
        cmocka_unit_test(test_text_color),
        cmocka_unit_test(test_text_nothing_holds),
        cmocka_unit_test(test_text_holds),
        cmocka_unit_test(test_text_says_what_matters),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_html_escapes),
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_github_diagnostics),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
