#include "sim/base/diagnostic_print.h"
#include "sim/base/words.h"
#include "sim/base/yaml_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct parsed {
    struct arena arena;
    struct diagnostics diagnostics;
    struct yaml_document document;
    enum status status;
};

static struct parsed parse_bytes(const char *bytes, size_t length) {
    struct parsed parsed = {0};
    arena_init(&parsed.arena);
    diagnostics_init(&parsed.diagnostics);
    parsed.status = yaml_tree_parse(&parsed.arena, "f.yaml", bytes, length, &parsed.document,
                                    &parsed.diagnostics);
    diagnostics_sort(&parsed.diagnostics);
    return parsed;
}

static struct parsed parse(const char *yaml) {
    return parse_bytes(yaml, strlen(yaml));
}

static void test_tree_knows_where_things_stand(void **state) {
    (void)state;
    struct parsed got = parse("# comment\na: 1\nb:\n  - x\n  - {c: 'q', d: \"\xC3\xA4\", e: 2}\n");
    assert_int_equal(got.status, STATUS_OK);
    struct yaml_node *root = got.document.root;
    assert_int_equal(root->kind, YAML_KIND_MAPPING);
    assert_int_equal(root->children, 2);
    struct yaml_node *a = yaml_tree_child(root, "a");
    assert_string_equal(a->scalar, "1");
    assert_int_equal(a->line, 2);
    assert_int_equal(a->column, 4);
    assert_int_equal(a->key_line, 2);
    assert_int_equal(a->key_column, 1);
    assert_false(a->quoted);
    struct yaml_node *list = yaml_tree_child(root, "b");
    assert_int_equal(list->kind, YAML_KIND_SEQUENCE);
    assert_int_equal(list->children, 2);
    struct yaml_node *item = list->first->next;
    assert_true(yaml_tree_child(item, "c")->quoted);
    /* `  - {c: 'q', d: "ä", e: 2}`: e's key is character 22 but byte 23. */
    assert_int_equal(yaml_tree_child(item, "e")->key_column, 23);
    assert_null(yaml_tree_child(item, "nothing"));
    char line[64];
    yaml_tree_source(&got.document, 4, line, sizeof line);
    assert_string_equal(line, "  - x");
    yaml_tree_source(&got.document, 99, line, sizeof line);
    assert_string_equal(line, "");
    arena_fini(&got.arena);
}

static void test_byte_order_mark_and_line_ends(void **state) {
    (void)state;
    struct parsed got = parse("\xEF\xBB\xBF"
                              "a: 1\r\nb: 2\rc: 3\n");
    assert_int_equal(got.status, STATUS_OK);
    assert_int_equal(yaml_tree_child(got.document.root, "a")->key_column, 1);
    assert_int_equal(yaml_tree_child(got.document.root, "c")->key_line, 3);
    char line[64];
    yaml_tree_source(&got.document, 2, line, sizeof line);
    assert_string_equal(line, "b: 2");
    arena_fini(&got.arena);
}

/** Text, and all that is printed about it. */
static const struct {
    const char *yaml;
    const char *expected;
} refusals[] = {
    {"", "f.yaml:1:1: there is no YAML in here\n"},
    {"a: 1\na: 2\n",
     "f.yaml:2:1: the key \"a\" stands here twice, first on line 1\n    a: 2\n    ^\n"},
    {"a: &x 1\nb: *x\n", "f.yaml:1:4: the anchor \"x\" is not supported\n    a: &x 1\n       ^\n"
                         "  write the value out at every place that needs it\n"
                         "f.yaml:2:4: the alias \"x\" is not supported\n    b: *x\n       ^\n"
                         "  write the value out at every place that needs it\n"},
    {"a: !!str 1\n",
     "f.yaml:1:4: the tag \"tag:yaml.org,2002:str\" is not supported\n    a: !!str 1\n       ^\n"
     "  leave the tag out; types follow from the key\n"},
    {"a: {<<: {b: 1}}\n",
     "f.yaml:1:5: merge keys (<<) are not supported\n    a: {<<: {b: 1}}\n        ^\n"
     "  write the values out at every place that needs them\n"},
    {"? [a]\n: 1\n", "f.yaml:1:3: a key must be plain text\n    ? [a]\n      ^\n"},
    {"a: 1\n---\nb: 2\n",
     "f.yaml:2:1: a second YAML document begins here; only one is read\n    ---\n    ^\n"},
    {"%TAG ! tag:x,2000:\n---\na: 1\n",
     "f.yaml:1:1: %TAG directives are not supported\n    %TAG ! tag:x,2000:\n    ^\n"},
    {"a:\n\tb: 1\n", "f.yaml:2:1: a tab character indents this line\n    \tb: 1\n    ^\n"
                     "  YAML is indented with spaces only\n"},
    {"a: @b\n", "f.yaml:1:4: a value cannot begin with @\n    a: @b\n       ^\n"
                "  put the value in quotes\n"},
    {"a: b: c\n",
     "f.yaml:1:5: a key cannot stand here\n    a: b: c\n        ^\n"
     "  keys of one mapping begin in the same column; quote a text that holds \": \"\n"},
    {"a: 1\nbc\nd: 2\n", "f.yaml:2:1: expected \"key: value\"\n    bc\n    ^\n"
                         "  a colon and a space follow each key\n"},
    {"a: [1, 2\nb: 3\n",
     "f.yaml:2:2: expected \",\" or \"]\" in the list of line 1\n    b: 3\n     ^\n"},
    {"a: 'x\n", "f.yaml:1:4: this quote is never closed\n    a: 'x\n       ^\n"},
    {"a:\n  - 1\n b: 2\n",
     "f.yaml:3:2: expected a key of the mapping that begins on line 1\n     b: 2\n     ^\n"
     "  keys of one mapping begin in the same column\n"},
    {"a: \"x\\0y\"\n", "f.yaml:1:4: the text holds a NUL character\n    a: \"x\\0y\"\n       ^\n"},
    {"a: x\xFF\n", "f.yaml:1:5: the byte 0xFF is not UTF-8\n    a: x\xFF\n        ^\n"
                   "  save the file as UTF-8\n"},
    {"a: x\nb: \x1B[2J\n",
     "f.yaml:2:4: the control character U+001B cannot stand in YAML\n    b: ?[2J\n       ^\n"},
    {"\xFF\xFE"
     "a: 1",
     "f.yaml: the text is UTF-16; save it as UTF-8\n"},
};

static void test_refusals(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct parsed got = parse(refusals[i].yaml);
        assert_int_equal(got.status, STATUS_INVALID);
        struct text text;
        text_init(&text);
        diagnostics_print(&text, &got.diagnostics);
        assert_string_equal(text.data, refusals[i].expected);
        text_fini(&text);
        arena_fini(&got.arena);
    }
}

static void test_messages_do_not_write_to_the_terminal(void **state) {
    (void)state;
    struct diagnostics diagnostics;
    struct text text;
    diagnostics_init(&diagnostics);
    text_init(&text);
    diagnostics_add(&diagnostics, STATUS_INVALID, "a\x1b[1m", 0, 0,
                    "caf\303\251 \xC2\x9B"
                    "1m\tx\x7f");
    diagnostics_print(&text, &diagnostics);
    assert_string_equal(text.data, "a?[1m: caf\303\251 ?1m\tx?\n");
    text_fini(&text);
}

static void test_single_refusals_keep_the_tree(void **state) {
    (void)state;
    struct parsed got = parse("a: *x\nb: 2\nb: 3\n");
    assert_int_equal(got.status, STATUS_INVALID);
    assert_int_equal(got.diagnostics.count, 2);
    assert_non_null(got.document.root);
    assert_true(yaml_tree_child(got.document.root, "a")->refused);
    struct yaml_node *b = yaml_tree_child(got.document.root, "b");
    assert_string_equal(b->scalar, "2");
    assert_false(b->refused);
    assert_true(b->next->refused);
    arena_fini(&got.arena);
}

/** `count` times `piece` is refused with `message` (at once: the program's test has a second). */
static void check_bomb(const char *piece, size_t count, const char *message) {
    size_t length = strlen(piece);
    char *bytes = malloc(count * length);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + i * length, piece, length);
    struct parsed got = parse_bytes(bytes, count * length);
    assert_int_equal(got.status, STATUS_INVALID);
    assert_string_equal(got.diagnostics.items[0].message, message);
    arena_fini(&got.arena);
    free(bytes);
}

static void test_bombs(void **state) {
    (void)state;
    const size_t mib = 1024 * 1024;
    const char *deep = "nested too deeply: at most 32 levels are read";
    check_bomb("[", mib, deep);
    check_bomb("{", mib, deep);
    check_bomb("- ", mib / 2, deep);
    check_bomb("? ", mib / 2, deep);
    check_bomb("{a: ", mib / 4, deep);
    check_bomb("- a\n", mib / 4, "too much YAML: at most 50,000 values are read");
    check_bomb("a: 1\n", mib / 5, "too much YAML: at most 50,000 values are read");
    check_bomb("- \xC3\xA4\n", mib / 5, "too much YAML: at most 50,000 values are read");
    check_bomb("#\n", mib, "too much YAML: at most 1 MiB is read");
    check_bomb("#", mib, "there is no YAML in here");
    check_bomb("x", mib, "the text is longer than 4096 bytes");
    check_bomb("a: 1\n", 20000, "the key \"a\" stands here twice, first on line 1");
}

/** One line of 24,000 short values: finding columns must not be quadratic in the line's length. */
static void test_one_long_line(void **state) {
    (void)state;
    enum { ITEMS = 24000, BYTES = 40 };
    char *bytes = malloc((size_t)ITEMS * BYTES);
    assert_non_null(bytes);
    memset(bytes, ' ', (size_t)ITEMS * BYTES);
    for (size_t i = 0; i < ITEMS; i++)
        memcpy(bytes + i * BYTES, i == 0 ? "[1" : ",1", 2);
    bytes[(size_t)ITEMS * BYTES - 1] = ']';
    struct parsed got = parse_bytes(bytes, (size_t)ITEMS * BYTES);
    assert_int_equal(got.status, STATUS_OK);
    assert_int_equal(got.document.root->children, ITEMS);
    arena_fini(&got.arena);
    free(bytes);
}

static void test_truncation_never_crashes(void **state) {
    (void)state;
    static const char yaml[] = "%YAML 1.1\n---\na: {b: [1, 'two', \"th\\u00E4\"], ? c : d}\n"
                               "e: |\n  text\n  more\nf: &x >-\n  folded\ng: *x\n'h': !t i\n...\n";
    for (size_t length = 0; length <= sizeof yaml; length++) {
        char *exact = malloc(length + 1); /* so that the sanitizer sees a read past the end */
        assert_non_null(exact);
        memcpy(exact, yaml, length);
        struct parsed got = parse_bytes(exact, length);
        assert_true(got.status == STATUS_OK || got.diagnostics.count > 0);
        arena_fini(&got.arena);
        free(exact);
    }
}

static void test_words(void **state) {
    (void)state;
    assert_int_equal(words_distance("volum", "volume"), 1);
    assert_int_equal(words_distance("ab", "ba"), 1);
    assert_int_equal(words_distance("maxChunkAge", "max_chunk_age"), 0);
    assert_int_equal(words_distance("", "abc"), 3);
    static const char *const words[] = {"requests", "limits", NULL, "volume", "retention"};
    assert_int_equal(words_nearest("retension", words, 5), 4);
    assert_int_equal(words_nearest("limit", words, 5), 1);
    assert_int_equal(words_nearest("colour", words, 5), -1);
    assert_int_equal(words_nearest("", words, 5), -1);
    char quoted[16];
    assert_string_equal(words_quote(quoted, sizeof quoted, "a\nb"), "\"a?b\"");
    assert_string_equal(words_quote(quoted, sizeof quoted, "abcdefghijklmnop"),
                        "\"abcdefghij...\"");
    /* The tenth byte is the first half of a character, which is left out whole. */
    assert_string_equal(words_quote(quoted, sizeof quoted, "abcdefghi\xC3\xA4klmnop"),
                        "\"abcdefghi...\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree_knows_where_things_stand),
        cmocka_unit_test(test_byte_order_mark_and_line_ends),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_messages_do_not_write_to_the_terminal),
        cmocka_unit_test(test_single_refusals_keep_the_tree),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_one_long_line),
        cmocka_unit_test(test_truncation_never_crashes),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
