#include "tests/unit/query_check.h"

#include <stddef.h>
#include <string.h>

/** Behind the text that `quote` begins, or NULL when it does not end. */
static const char *behind_quoted(const char *at, char quote) {
    for (; *at; at++) {
        if (*at == quote)
            return at + 1;
        if (*at == '\\' && quote == '"' && at[1])
            at++;
    }
    return NULL;
}

bool query_is_balanced(const char *query) {
    static const char opening[] = "([{", closing[] = ")]}";
    char open[64];
    size_t depth = 0;
    while (query && *query) {
        char c = *query++;
        const char *opens = strchr(opening, c), *closes = strchr(closing, c);
        if (c == '"' || c == '`')
            query = behind_quoted(query, c);
        else if (opens && depth < sizeof open)
            open[depth++] = closing[opens - opening];
        else if (opens || (closes && (depth == 0 || open[--depth] != c)))
            return false;
    }
    return query && depth == 0;
}
