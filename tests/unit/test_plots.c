/** Ticks, scales, labels, wrapping, and pictures written as SVG and PNG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/plot.h"
#include "reports/plot_axis.h"
#include "reports/png.h"
#include "tests/unit/assert_close.h"
#include "tests/unit/decode_png.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct plot_color ink = {27, 31, 36}, red = {200, 10, 10};

static void test_ticks_around_a_range(void **state) {
    (void)state;
    /* Each worked by hand: the smallest step of 1, 2, 5 x 10^k whose rounded range takes no more
       steps than allowed. 18.35..97.29 in steps of 10 is 10..100, nine steps; by 20 it is five.
       -3..7 by 2 is -4..8, six steps, so the step is 5. */
    static const struct {
        double low, high;
        size_t intervals;
        double first, step;
        size_t count;
        int decimals;
    } cases[] = {
        {0, 2.3, 5, 0, 0.5, 6, 1},      {0, 100, 5, 0, 20, 6, 0},  {0, 0.0049, 5, 0, 0.001, 6, 3},
        {18.35, 97.29, 8, 0, 20, 6, 0}, {0, 0.3, 3, 0, 0.1, 4, 1}, {33.2, 34.4, 8, 33.2, 0.2, 7, 1},
        {0, 353235, 8, 0, 50000, 9, 0}, {-3, 7, 5, -5, 5, 4, 0},   {0, 1, 1, 0, 1, 2, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plot_ticks ticks =
            plot_ticks_outside(cases[i].low, cases[i].high, cases[i].intervals);
        print_message("%g..%g\n", cases[i].low, cases[i].high);
        assert_close(ticks.first, cases[i].first, 1e-12, 1e-12);
        assert_close(ticks.step, cases[i].step, 1e-12, 0);
        assert_int_equal(ticks.count, cases[i].count);
        assert_int_equal(ticks.decimals, cases[i].decimals);
    }
}

static void test_ticks_of_senseless_ranges(void **state) {
    (void)state;
    static const double ranges[][2] = {{5, 5},   {0, 0},     {-5, -5},     {7, 3},
                                       {0, NAN}, {NAN, NAN}, {0, INFINITY}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct plot_ticks ticks = plot_ticks_outside(ranges[i][0], ranges[i][1], 5);
        assert_true(isfinite(ticks.first));
        assert_true(ticks.step > 0);
        assert_in_range(ticks.count, 2, 6);
    }
}

static void test_ticks_within_a_range(void **state) {
    (void)state;
    /* A month by fives ends with it; a year's last tick by fifties is day 350. */
    struct plot_ticks month = plot_ticks_inside(0, 30, 8), year = plot_ticks_inside(0, 365, 8);
    assert_close(plot_tick_last(&month), 30, 1e-12, 0);
    assert_int_equal(month.count, 7);
    assert_close(plot_tick_last(&year), 350, 1e-12, 0);
    assert_int_equal(year.count, 8);
    struct plot_ticks odd = plot_ticks_inside(3, 17, 8);
    assert_close(odd.first, 4, 1e-12, 0);
    assert_close(plot_tick_last(&odd), 16, 1e-12, 0);
}

static void test_scale_stays_in_its_range(void **state) {
    (void)state;
    /* 30 of 20..40 is half way from 456 up to 100: 278. */
    const struct plot_scale scale = {20, 40, 456, 100};
    assert_close(plot_scale_at(&scale, 30), 278, 1e-12, 0);
    assert_close(plot_scale_at(&scale, 1e300), 100, 1e-12, 0);
    assert_close(plot_scale_at(&scale, -1), 456, 1e-12, 0);
}

static void test_labels_keep_apart(void **state) {
    (void)state;
    /* Three at 100, 102, 104 with 10 between them: their mean stays 102. */
    double close[] = {100, 102, 104};
    plot_spread(close, 3, 10, 0, 1000);
    assert_close(close[0], 92, 1e-12, 0);
    assert_close(close[1], 102, 1e-12, 0);
    assert_close(close[2], 112, 1e-12, 0);
    /* The first two push each other to 95 and 105; 130 is far enough. */
    double pair[] = {99, 101, 130};
    plot_spread(pair, 3, 10, 0, 1000);
    assert_close(pair[0], 95, 1e-12, 0);
    assert_close(pair[1], 105, 1e-12, 0);
    assert_close(pair[2], 130, 1e-12, 0);
    /* At the lower edge they pile up from it. */
    double edge[] = {1, 2, 3};
    plot_spread(edge, 3, 10, 0, 25);
    assert_close(edge[0], 0, 0, 1e-12);
    assert_close(edge[2], 20, 1e-12, 0);
    double high[] = {97, 98};
    plot_spread(high, 2, 10, 0, 100);
    assert_close(high[0], 90, 1e-12, 0);
    assert_close(high[1], 100, 1e-12, 0);
}

static void test_text_wraps_at_spaces(void **state) {
    (void)state;
    struct plot plot;
    plot_init(&plot, 100, 100);
    char lines[PLOT_LINES_MAX][PLOT_LINE_BYTES];
    const char *text = "fills in 94 % of months";
    double width = plot_text_width(&plot, "fills in 94", 14, false);
    size_t count = plot_wrap(&plot, text, 14, false, width + 1, lines);
    assert_int_equal(count, 3);
    assert_string_equal(lines[0], "fills in");
    assert_string_equal(lines[1], "94 % of");
    assert_string_equal(lines[2], "months");
    assert_int_equal(plot_wrap(&plot, text, 14, false, 1e4, lines), 1);
    assert_string_equal(lines[0], text);
    assert_int_equal(plot_wrap(&plot, "", 14, false, 50, lines), 0);
    /* No width at all: a word a line, and an end. */
    assert_int_equal(plot_wrap(&plot, "a b c d e f g h", 14, false, 0, lines), PLOT_LINES_MAX);
    char endless[2 * PLOT_LINE_BYTES];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(plot_wrap(&plot, endless, 14, false, 50, lines), 1);
    plot_fini(&plot);
}

static void test_width_grows_with_text_and_size(void **state) {
    (void)state;
    struct plot plot;
    plot_init(&plot, 100, 100);
    double once = plot_text_width(&plot, "Median", 14, false);
    /* Six letters of about half an em each. */
    assert_true(once > 14 * 6 * 0.4 && once < 14 * 6 * 0.75);
    assert_close(plot_text_width(&plot, "Median", 28, false), 2 * once, 1e-3, 0);
    assert_close(plot_text_width(&plot, "MedianMedian", 14, false), 2 * once, 1e-3, 0);
    assert_true(plot_text_width(&plot, "\\ µ ü — 漢", 14, true) > 0);
    plot_fini(&plot);
}

/** A picture with every kind of mark and difficult texts. */
static void fill_picture(struct plot *plot) {
    plot_init(plot, 240, 120);
    plot_area(plot, (struct plot_point[]){{10, 10}, {60, 10}, {60, 60}}, 3, red);
    plot_path(plot, (struct plot_point[]){{10, 80}, {60, 90}, {100, 70}}, 3,
              (struct plot_stroke){ink, 2, 8});
    plot_box(plot, 100, 20, 140, 60, red);
    plot_disc(plot, 180, 40, 8, red, (struct plot_stroke){ink, 1, 0});
    plot_label(plot, 10, 110, PLOT_ANCHOR_START, (struct plot_font){14, true, ink},
               "a < b & \"c\" \\ µ ×");
    plot_label(plot, 230, 110, PLOT_ANCHOR_END, (struct plot_font){12, false, ink}, "end");
}

static void test_svg_is_clean(void **state) {
    (void)state;
    struct plot plot;
    struct text svg;
    struct diagnostics diagnostics;
    fill_picture(&plot);
    text_init(&svg);
    diagnostics_init(&diagnostics);
    assert_int_equal(plot_write_svg(&plot, "pic", "T < 1", "D & d", &svg, &diagnostics), STATUS_OK);
    assert_false(text_failed(&svg));
    static const char *const present[] = {
        "viewBox=\"0 0 240 120\"",
        "role=\"img\"",
        "<title id=\"pic-title\">T &lt; 1</title>",
        "<desc id=\"pic-desc\">D &amp; d</desc>",
        "aria-labelledby=\"pic-title pic-desc\"",
        ">a &lt; b &amp; &quot;c&quot; \\ µ ×</text>",
        "text-anchor=\"end\"",
        "font-weight=\"bold\"",
        "<circle cx=\"180\" cy=\"40\" r=\"8\"",
        "10,10 60,10 60,60",
        "stroke-dasharray=\"8, 8\"",
    };
    for (size_t i = 0; i < sizeof present / sizeof *present; i++)
        if (!strstr(svg.data, present[i]))
            fail_msg("%s is missing in:\n%s", present[i], svg.data);
    static const char *const absent[] = {"libplot", "<?xml", "DOCTYPE", "xlink", "nan", "inf"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (strstr(svg.data, absent[i]))
            fail_msg("%s is in:\n%s", absent[i], svg.data);
    text_fini(&svg);
    plot_fini(&plot);
}

static const unsigned char *pixel(const struct decoded_png *png, size_t x, size_t y) {
    return png->pixels + 3 * (y * png->width + x);
}

static void test_png_shows_the_marks(void **state) {
    (void)state;
    struct plot plot;
    struct diagnostics diagnostics;
    unsigned char *bytes = NULL;
    size_t length = 0;
    struct decoded_png png;
    fill_picture(&plot);
    diagnostics_init(&diagnostics);
    assert_int_equal(plot_write_png(&plot, &bytes, &length, &diagnostics), STATUS_OK);
    decode_png(bytes, length, &png);
    assert_int_equal(png.width, 240);
    assert_int_equal(png.height, 120);
    assert_memory_equal(pixel(&png, 55, 20), &red, 3);           /* in the triangle */
    assert_memory_equal(pixel(&png, 15, 50), "\xff\xff\xff", 3); /* outside it */
    assert_memory_equal(pixel(&png, 120, 40), &red, 3);          /* in the box */
    assert_memory_equal(pixel(&png, 180, 40), &red, 3);          /* in the disc */
    assert_memory_equal(pixel(&png, 145, 40), "\xff\xff\xff", 3);
    /* Text: some of the pixels where "end" stands are dark. */
    size_t dark = 0;
    for (size_t y = 98; y < 112; y++)
        for (size_t x = 205; x < 232; x++)
            dark += pixel(&png, x, y)[0] < 128;
    assert_in_range(dark, 10, 200);
    free(png.pixels);
    free(bytes);
    plot_fini(&plot);
}

static void refuses(double coordinate) {
    struct plot plot;
    struct text svg;
    struct diagnostics diagnostics;
    unsigned char *bytes = NULL;
    size_t length = 0;
    plot_init(&plot, 100, 100);
    plot_line(&plot, 0, 0, coordinate, 10, (struct plot_stroke){ink, 1, 0});
    assert_true(plot.failed);
    assert_int_equal(plot.mark_count, 0);
    text_init(&svg);
    diagnostics_init(&diagnostics);
    assert_int_equal(plot_write_svg(&plot, "x", "", "", &svg, &diagnostics), STATUS_INTERNAL);
    assert_int_equal(plot_write_png(&plot, &bytes, &length, &diagnostics), STATUS_INTERNAL);
    assert_int_equal(diagnostics.count, 2);
    assert_null(bytes);
    text_fini(&svg);
    plot_fini(&plot);
}

static void test_wild_coordinates_are_refused(void **state) {
    (void)state;
    refuses(NAN);
    refuses(INFINITY);
    refuses(-1e9);
}

static void test_png_keeps_every_pixel(void **state) {
    (void)state;
    /* Few colours go through a palette, many do not; either way the pixels come back. */
    enum { WIDTH = 40, HEIGHT = 30 };
    static const unsigned colors[] = {1, 2, 256, 257, 1000};
    for (size_t c = 0; c < sizeof colors / sizeof *colors; c++) {
        unsigned char pixels[WIDTH * HEIGHT * 3];
        for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
            unsigned color = (i * 7) % colors[c];
            pixels[3 * i] = (unsigned char)(color % 16 * 16);
            pixels[3 * i + 1] = (unsigned char)(color / 16);
            pixels[3 * i + 2] = (unsigned char)(255 - color % 16);
        }
        size_t length = 0;
        unsigned char *bytes = png_encode(pixels, WIDTH, HEIGHT, &length);
        assert_non_null(bytes);
        struct decoded_png png;
        decode_png(bytes, length, &png);
        assert_int_equal(png.palette_colors, colors[c] <= 256 ? colors[c] : 0);
        assert_memory_equal(png.pixels, pixels, sizeof pixels);
        free(png.pixels);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks_around_a_range),
        cmocka_unit_test(test_ticks_of_senseless_ranges),
        cmocka_unit_test(test_ticks_within_a_range),
        cmocka_unit_test(test_scale_stays_in_its_range),
        cmocka_unit_test(test_labels_keep_apart),
        cmocka_unit_test(test_text_wraps_at_spaces),
        cmocka_unit_test(test_width_grows_with_text_and_size),
        cmocka_unit_test(test_svg_is_clean),
        cmocka_unit_test(test_png_shows_the_marks),
        cmocka_unit_test(test_wild_coordinates_are_refused),
        cmocka_unit_test(test_png_keeps_every_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
