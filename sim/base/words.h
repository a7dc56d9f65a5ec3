/**
 * Words that people type: showing them safely in messages, and guessing what was meant.
 *
 * Thread safety: every function is pure but for the buffer it is given.
 */
#ifndef SIM_BASE_WORDS_H
#define SIM_BASE_WORDS_H

#include <stddef.h>

/** Room for what words_quote() writes at most. */
#define WORDS_QUOTE_BYTES 64

/** Write `text` in double quotes: control characters as `?`, long texts cut with `...`, never in
 *  the middle of a UTF-8 character. Returns `buffer`. */
char *words_quote(char *buffer, size_t size, const char *text);

/** How many letters must be put in, left out, changed or swapped with their neighbour to get from
 *  `a` to `b`; case, `_`, `-` and spaces are ignored. At most the longer length; texts of more than
 *  64 letters are never near. */
size_t words_distance(const char *a, const char *b);

/** Index of the candidate that `typed` was most likely meant to be, or -1 when none is near (more
 *  than a third of the letters differ). Of equals the first. NULL candidates are passed over. */
int words_nearest(const char *typed, const char *const *candidates, size_t count);

#endif
