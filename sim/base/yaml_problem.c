#include "sim/base/yaml_problem.h"

#include <stdio.h>
#include <string.h>

/** How libyaml puts it, and how a person would. `%u` is the line where the construct began. */
static const struct {
    const char *libyaml;
    const char *message;
    const char *hint;
    bool at_context;
} translations[] = {
    {"could not find expected ':'", "expected \"key: value\"",
     "a colon and a space follow each key", true},
    {"mapping values are not allowed in this context", "a key cannot stand here",
     "keys of one mapping begin in the same column; quote a text that holds \": \"", false},
    {"block sequence entries are not allowed in this context", "a list item cannot stand here",
     "begin the list on its own line, each item with \"- \"", false},
    {"did not find expected key", "expected a key of the mapping that begins on line %u",
     "keys of one mapping begin in the same column", false},
    {"did not find expected '-' indicator",
     "expected \"- \" for the next item of the list that begins on line %u",
     "items of a list, and the keys of an item, begin in the same column", false},
    {"did not find expected ',' or ']'", "expected \",\" or \"]\" in the list of line %u", "",
     false},
    {"did not find expected ',' or '}'", "expected \",\" or \"}\" in the mapping of line %u", "",
     false},
    {"found unexpected end of stream", "this quote is never closed", "", true},
    {"found a tab character that violates indentation", "a tab character indents this line",
     "YAML is indented with spaces only", false},
    {"found a tab character where an indentation space is expected",
     "a tab character indents this line", "YAML is indented with spaces only", false},
};

/** A character that begins no value: a tab, or one that YAML keeps for itself. */
static void describe_start(char found, struct yaml_problem *problem) {
    if (found == '\t') {
        snprintf(problem->message, sizeof problem->message, "a tab character indents this line");
        problem->hint = "YAML is indented with spaces only";
    } else {
        snprintf(problem->message, sizeof problem->message, "a value cannot begin with %c", found);
        problem->hint = "put the value in quotes";
    }
}

void yaml_problem_of_syntax(const char *libyaml_problem, char found, unsigned began,
                            struct yaml_problem *problem) {
    *problem = (struct yaml_problem){.hint = ""};
    if (!libyaml_problem)
        libyaml_problem = "not YAML";
    if (strcmp(libyaml_problem, "found character that cannot start any token") == 0) {
        describe_start(found, problem);
        return;
    }
    if (found == '\0' && strncmp(libyaml_problem, "did not find expected ','", 25) == 0) {
        snprintf(problem->message, sizeof problem->message, "this bracket is never closed");
        problem->at_context = true;
        return;
    }
    for (size_t i = 0; i < sizeof translations / sizeof *translations; i++) {
        if (strcmp(libyaml_problem, translations[i].libyaml) != 0)
            continue;
        const char *message = translations[i].message;
        const char *number = strstr(message, "%u");
        if (number)
            snprintf(problem->message, sizeof problem->message, "%.*s%u%s", (int)(number - message),
                     message, began, number + 2);
        else
            snprintf(problem->message, sizeof problem->message, "%s", message);
        problem->hint = translations[i].hint;
        problem->at_context = translations[i].at_context;
        return;
    }
    snprintf(problem->message, sizeof problem->message, "cannot be read as YAML: %s",
             libyaml_problem);
}

void yaml_problem_of_bytes(const struct yaml_document *document, const char *libyaml_problem,
                           size_t offset, int value, struct yaml_problem *problem) {
    *problem = (struct yaml_problem){.hint = "", .line = 1, .column = 1};
    for (size_t i = 0; i < offset && i < document->length; i++) {
        problem->column++;
        if (document->bytes[i] == '\n') {
            problem->line++;
            problem->column = 1;
        }
    }
    if (libyaml_problem && strstr(libyaml_problem, "control characters")) {
        snprintf(problem->message, sizeof problem->message,
                 "the control character U+%04X cannot stand in YAML", (unsigned)value);
    } else {
        snprintf(problem->message, sizeof problem->message, "the byte 0x%02X is not UTF-8",
                 (unsigned)value & 0xFF);
        problem->hint = "save the file as UTF-8";
    }
}
