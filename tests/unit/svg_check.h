/** What every chart's SVG must keep to; each fails the running cmocka test. */
#ifndef TESTS_UNIT_SVG_CHECK_H
#define TESTS_UNIT_SVG_CHECK_H

/** Tags close in order, attributes are quoted, characters are escaped. */
void assert_svg_well_formed(const char *svg);

/** There are texts, none small, clipped by the picture's edge or upon another; `name` says whose
 *  they are. */
void assert_svg_texts_clear(const char *svg, const char *name);

#endif
