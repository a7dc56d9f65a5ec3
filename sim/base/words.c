#include "sim/base/words.h"

#include "sim/base/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LETTERS_MAX = 64 };

char *words_quote(char *buffer, size_t size, const char *text) {
    static const char cut[] = "...\"";
    if (size < 8) {
        if (size > 0)
            buffer[0] = '\0';
        return buffer;
    }
    size_t length = strlen(text);
    size_t kept = text_cut(text, length, size - 1 - sizeof cut);
    size_t used = 0;
    buffer[used++] = '"';
    for (size_t i = 0; i < kept; i++)
        buffer[used++] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
    const char *end = kept < length ? cut : "\"";
    memcpy(buffer + used, end, strlen(end) + 1);
    return buffer;
}

/** The letters that count, in lower case; false when there are too many. */
static bool letters_of(const char *text, char *letters, size_t *count) {
    *count = 0;
    for (; *text; text++) {
        if (*text == '_' || *text == '-' || *text == ' ')
            continue;
        if (*count == LETTERS_MAX)
            return false;
        letters[(*count)++] = (char)tolower((unsigned char)*text);
    }
    return true;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t words_distance(const char *a, const char *b) {
    char x[LETTERS_MAX], y[LETTERS_MAX];
    size_t m, n;
    if (!letters_of(a, x, &m) || !letters_of(b, y, &n))
        return LETTERS_MAX;
    /* Optimal string alignment, three rows at a time. */
    size_t rows[3][LETTERS_MAX + 1];
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = above[j - 1] + (x[i - 1] != y[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[m % 3][n];
}

int words_nearest(const char *typed, const char *const *candidates, size_t count) {
    int best = -1;
    size_t best_distance = SIZE_MAX;
    for (size_t i = 0; i < count && i < INT_MAX; i++) {
        if (!candidates[i])
            continue;
        size_t distance = words_distance(typed, candidates[i]);
        size_t length = strlen(candidates[i]);
        if (distance * 3 <= (length > 3 ? length : 3) && distance < best_distance) {
            best = (int)i;
            best_distance = distance;
        }
    }
    return best;
}
