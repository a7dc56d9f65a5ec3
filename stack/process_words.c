/* Processes in words: commands to paste, and how one ended. */
#include "stack/process.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/** Characters that no POSIX shell gives a meaning to. */
static bool is_plain(const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    return word[0] && strspn(word, plain) == strlen(word);
}

/** In single quotes; a single quote itself as '\''. */
static void print_quoted(struct text *text, const char *word) {
    text_add(text, "'");
    for (; *word; word++) {
        if (*word == '\'')
            text_add(text, "'\\''");
        else
            text_add_bytes(text, word, 1);
    }
    text_add(text, "'");
}

void process_print_command(struct text *text, const char *const *arguments) {
    for (size_t i = 0; arguments[i]; i++) {
        if (i > 0)
            text_add(text, " ");
        if (is_plain(arguments[i]))
            text_add(text, arguments[i]);
        else
            print_quoted(text, arguments[i]);
    }
}

static bool is_error(const char *line) {
    return strncasecmp(line, "error", 5) == 0;
}

/** The line that tells most: the last that begins with "error", else the last with any words. */
static const char *telling_line(const char *text, int *length) {
    const char *found = "";
    bool found_error = false;
    *length = 0;
    for (const char *at = text; *at; at += *at == '\n') {
        int line = (int)strcspn(at, "\n");
        bool error = is_error(at);
        if ((int)strspn(at, " \t\r") < line && (error || !found_error)) {
            found = at;
            *length = line;
            found_error = error;
        }
        at += line;
    }
    while (*length > 0 && isspace((unsigned char)found[*length - 1]))
        (*length)--;
    return found;
}

static void print_end(char *buffer, size_t size, const char *name,
                      const struct process_result *result) {
    switch (result->end) {
    case PROCESS_EXITED:
        snprintf(buffer, size, "%s exited with status %d", name, result->exit_status);
        break;
    case PROCESS_SIGNALLED:
        snprintf(buffer, size, "%s was ended by signal %d (%s)", name, result->signal,
                 strsignal(result->signal));
        break;
    case PROCESS_TIMED_OUT:
        snprintf(buffer, size, "%s did not finish within %g s", name, result->timeout_seconds);
        break;
    case PROCESS_INTERRUPTED:
        snprintf(buffer, size, "%s was interrupted", name);
        break;
    case PROCESS_STOPPED:
        snprintf(buffer, size, "%s was stopped", name);
        break;
    }
}

enum status process_complain(const char *program, const struct process_result *result,
                             const char *what, struct diagnostics *diagnostics) {
    char end[160];
    int length = 0;
    print_end(end, sizeof end, program, result);
    const char *line = result->err ? telling_line(result->err, &length) : "";
    return diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s: %s%s%.*s", what, end,
                           length > 0 ? ": " : "", length, line);
}
