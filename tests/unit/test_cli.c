/** The command line: what is understood, and what is said of what is not. */
#include "sim/cli.h"
#include "sim/cli_completion.h"
#include "sim/cli_manual.h"
#include "sim/cli_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 8 };

/** Parse `words` after the program's name. */
static enum status parse(const char *const *words, struct cli *cli,
                         struct diagnostics *diagnostics) {
    char buffer[WORDS_MAX][64] = {"simulate"};
    char *argv[WORDS_MAX] = {buffer[0]};
    int argc = 1;
    for (; argc < WORDS_MAX && words[argc - 1]; argc++) {
        strncpy(buffer[argc], words[argc - 1], sizeof buffer[argc] - 1);
        argv[argc] = buffer[argc];
    }
    diagnostics_init(diagnostics);
    return cli_parse(argc, argv, cli, diagnostics);
}

static void good_lines_are_understood(void **state) {
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        enum cli_command command;
        bool strict, quiet;
        int threads;
        size_t overrides;
        enum cli_format format;
    } cases[] = {
        {{"prod.yaml"}, CLI_RUN, false, false, 0, 0, CLI_FORMAT_TEXT},
        {{"run", "prod.yaml", "--strict"}, CLI_RUN, true, false, 0, 0, CLI_FORMAT_TEXT},
        {{"--quiet", "check", "-"}, CLI_CHECK, false, true, 0, 0, CLI_FORMAT_TEXT},
        {{"prod.yaml", "--set", "a.b=1", "--set=c.d=2"},
         CLI_RUN,
         false,
         false,
         0,
         2,
         CLI_FORMAT_TEXT},
        {{"plan", "prod.yaml", "--threads", "7", "--seed=3"},
         CLI_PLAN,
         false,
         false,
         7,
         1,
         CLI_FORMAT_TEXT},
        {{"predict", "loki", "--format=json"}, CLI_PREDICT, false, false, 0, 0, CLI_FORMAT_JSON},
        {{"init"}, CLI_INIT, false, false, 0, 0, CLI_FORMAT_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cli cli;
        struct diagnostics diagnostics;
        assert_int_equal(parse(cases[i].words, &cli, &diagnostics), STATUS_OK);
        assert_int_equal(cli.command, cases[i].command);
        assert_int_equal(cli.strict, cases[i].strict);
        assert_int_equal(cli.quiet, cases[i].quiet);
        assert_int_equal(cli.threads, cases[i].threads);
        assert_int_equal(cli.override_count, cases[i].overrides);
        assert_int_equal(cli.format, cases[i].format);
        cli_fini(&cli);
    }
}

static void bad_lines_are_explained(void **state) {
    (void)state;
    static const struct {
        const char *words[WORDS_MAX];
        const char *message, *hint;
    } cases[] = {
        {{NULL}, "a scenario file is missing", "did you mean simulate --help?"},
        {{"chekc", "a.yaml"},
         "\"chekc\" is neither a command nor a scenario file",
         "did you mean check?"},
        {{"check"}, "SCENARIO is missing", ""},
        {{"run", "a.yaml", "b.yaml"}, "\"b.yaml\" is one operand too many", ""},
        {{"a.yaml", "--thread", "2"}, "no option is called --thread", "did you mean --threads?"},
        {{"a.yaml", "--threads", "0"}, "--threads takes a number from 1 to 1024, found \"0\"", ""},
        {{"a.yaml", "--seed", "-1"}, "--seed takes a whole number, found \"-1\"", ""},
        {{"a.yaml", "--set"}, "--set needs a value", ""},
        {{"a.yaml", "--quiet=1"}, "--quiet takes no value", ""},
        {{"a.yaml", "--format", "jsn"}, "no format is called \"jsn\"", "did you mean json?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cli cli;
        struct diagnostics diagnostics;
        assert_int_equal(parse(cases[i].words, &cli, &diagnostics), STATUS_USAGE);
        cli_fini(&cli);
        assert_int_equal(diagnostics.count, 1);
        assert_string_equal(diagnostics.items[0].message, cases[i].message);
        assert_string_equal(diagnostics.items[0].hint, cases[i].hint);
    }
}

/** FILE... takes as many as the shell's pattern finds: 255 is a table's word for no bound. */
static void files_have_no_bound(void **state) {
    (void)state;
    enum { FILES = 300 };
    char *words[2 + FILES] = {"simulate", "sample"};
    struct cli cli;
    struct diagnostics diagnostics;
    for (size_t i = 0; i < FILES; i++)
        words[2 + i] = "a.log";
    diagnostics_init(&diagnostics);
    assert_int_equal(cli_parse(2 + FILES, words, &cli, &diagnostics), STATUS_OK);
    assert_int_equal(cli.operand_count, FILES);
    cli_fini(&cli);
}

static void help_names_every_command(void **state) {
    (void)state;
    struct text text;
    text_init(&text);
    cli_write_help(&text);
#define X(id, name, operands, least, most, help) assert_non_null(strstr(text.data, "  " name " "));
    CLI_COMMANDS(X)
#undef X
    text_fini(&text);
}

/** What shells and man are told names every command and option there is. */
static void completions_and_manual_leave_nothing_out(void **state) {
    (void)state;
    static const char *const writers[] = {"bash", "zsh", "fish", NULL};
    for (size_t w = 0; w < sizeof writers / sizeof *writers; w++) {
        struct text text;
        text_init(&text);
        if (writers[w])
            assert_true(cli_write_completion(writers[w], &text));
        else
            cli_write_manual("1.0", &text);
        for (size_t i = 0; i < cli_command_count; i++)
            assert_non_null(strstr(text.data, cli_command_rows[i].name));
        for (size_t i = 0; i < cli_option_count; i++) {
            char name[64];
            size_t length = 0;
            for (const char *c = cli_option_rows[i].name + 2; *c; c++) {
                if (*c == '-' && !writers[w])
                    name[length++] = '\\';
                name[length++] = *c;
            }
            name[length] = '\0';
            assert_non_null(strstr(text.data, name));
        }
        text_fini(&text);
    }
    struct text none;
    text_init(&none);
    assert_false(cli_write_completion("tcsh", &none));
    text_fini(&none);
}

/** An option of another command is refused, whichever it is. */
static void options_belong_to_commands(void **state) {
    (void)state;
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct cli_option_row *option = &cli_option_rows[i];
        if (option->commands == 0)
            continue;
        struct cli cli;
        struct diagnostics diagnostics;
        const char *value = option->kind == CLI_OPTION_DURATION ? "1m" : "x";
        const char *words[WORDS_MAX] = {"check", "a.yaml", option->name,
                                        option->value ? value : NULL};
        assert_int_equal(parse(words, &cli, &diagnostics), STATUS_USAGE);
        cli_fini(&cli);
        assert_non_null(strstr(diagnostics.items[0].message, " belongs to "));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_are_understood),
        cmocka_unit_test(bad_lines_are_explained),
        cmocka_unit_test(files_have_no_bound),
        cmocka_unit_test(help_names_every_command),
        cmocka_unit_test(completions_and_manual_leave_nothing_out),
        cmocka_unit_test(options_belong_to_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
