#include "tests/unit/svg_check.h"

#include "reports/plot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8

/** Copy the name that begins at `at`; returns its end. */
static const char *take_name(const char *at, char *name, size_t size) {
    size_t length = strcspn(at, " />\n");
    assert_in_range(length, 1, size - 1);
    memcpy(name, at, length);
    name[length] = '\0';
    return at + length;
}

/** Character data or an attribute's value: no bare `<` and only known entities. */
static void check_characters(const char *from, const char *to) {
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    for (const char *at = from; at < to; at++) {
        assert_true(*at != '<');
        if (*at != '&')
            continue;
        bool known = false;
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
            known = known || strncmp(at, entities[i], strlen(entities[i])) == 0;
        assert_true(known);
    }
}

/** The attributes of a tag up to its end; returns it (at `>` or `/>`). */
static const char *check_attributes(const char *at) {
    while (*(at += strspn(at, " \n")) != '>' && *at != '/') {
        at += strcspn(at, "=");
        assert_memory_equal(at, "=\"", 2);
        const char *end = strchr(at + 2, '"');
        assert_non_null(end);
        check_characters(at + 2, end);
        at = end + 1;
    }
    return at;
}

void assert_svg_well_formed(const char *svg) {
    char open[DEPTH_MAX][16], name[16];
    size_t depth = 0;
    const char *at = svg;
    assert_memory_equal(svg, "<svg ", 5);
    while (*at) {
        const char *tag = strchr(at, '<');
        if (!tag)
            break;
        check_characters(at, tag);
        if (tag[1] == '/') {
            assert_true(depth > 0);
            take_name(tag + 2, name, sizeof name);
            assert_string_equal(name, open[--depth]);
            at = strchr(tag, '>') + 1;
            continue;
        }
        assert_true(depth < DEPTH_MAX);
        at = check_attributes(take_name(tag + 1, open[depth], sizeof open[depth]));
        depth += *at == '>' ? 1 : 0;
        at = strchr(at, '>') + 1;
    }
    assert_int_equal(depth, 0);
}

#define TEXTS_MAX 96

struct text_box {
    double left, right, top, bottom;
    char text[256];
};

static double attribute(const char *tag, const char *name, double if_missing) {
    char start[32];
    snprintf(start, sizeof start, " %s=\"", name);
    const char *at = strstr(tag, start), *end = strchr(tag, '>');
    return at && at < end ? strtod(at + strlen(start), NULL) : if_missing;
}

static bool has(const char *tag, const char *part) {
    const char *at = strstr(tag, part), *end = strchr(tag, '>');
    return at && at < end;
}

/** Every `<text>` with its box; returns how many. */
static size_t collect_texts(const char *svg, struct plot *ruler, struct text_box *boxes) {
    size_t count = 0;
    for (const char *tag = strstr(svg, "<text "); tag; tag = strstr(tag + 1, "<text ")) {
        assert_true(count < TEXTS_MAX);
        struct text_box *box = &boxes[count++];
        const char *from = strchr(tag, '>') + 1, *to = strstr(from, "</text>");
        assert_non_null(to);
        snprintf(box->text, sizeof box->text, "%.*s", (int)(to - from), from);
        double size = attribute(tag, "font-size", 0);
        double width = plot_text_width(ruler, box->text, size, has(tag, "bold"));
        double share = has(tag, "\"middle\"") ? 0.5 : has(tag, "\"end\"") ? 1 : 0;
        assert_true(size >= 12);
        box->left = attribute(tag, "x", NAN) - share * width;
        box->right = box->left + width;
        box->bottom = attribute(tag, "y", NAN) + 0.1 * size;
        box->top = box->bottom - 0.85 * size;
    }
    return count;
}

void assert_svg_texts_clear(const char *svg, const char *name) {
    struct text_box boxes[TEXTS_MAX];
    struct plot ruler;
    double width = 0, height = 0;
    assert_int_equal(sscanf(strstr(svg, "viewBox"), "viewBox=\"0 0 %lf %lf", &width, &height), 2);
    plot_init(&ruler, width, height);
    size_t count = collect_texts(svg, &ruler, boxes);
    plot_fini(&ruler);
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        const struct text_box *a = &boxes[i];
        if (!(a->left >= 0 && a->right <= width && a->top >= 0 && a->bottom <= height))
            fail_msg("%s: \"%s\" is clipped: %.1f..%.1f, %.1f..%.1f", name, a->text, a->left,
                     a->right, a->top, a->bottom);
        for (size_t j = 0; j < i; j++) {
            const struct text_box *b = &boxes[j];
            if (a->left < b->right && b->left < a->right && a->top < b->bottom &&
                b->top < a->bottom)
                fail_msg("%s: \"%s\" and \"%s\" overlap", name, a->text, b->text);
        }
    }
}
