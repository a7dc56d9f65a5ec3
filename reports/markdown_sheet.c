#include "reports/markdown_sheet.h"

#include "reports/phrase.h"

#include <ctype.h>
#include <string.h>

/** Is the underscore at `i` inside a word, where it means nothing to Markdown? */
static bool inside_word(const char *words, size_t i) {
    return i > 0 && isalnum((unsigned char)words[i - 1]) && isalnum((unsigned char)words[i + 1]);
}

void markdown_escape(struct text *text, const char *words) {
    for (size_t i = 0; words && words[i]; i++) {
        char character = words[i];
        size_t control = phrase_control_bytes(words + i);
        if (control > 0) {
            text_add(text, isspace((unsigned char)character) ? " " : "?");
            i += control - 1;
        } else if (character == '&')
            text_add(text, "&amp;");
        else if (character == '<')
            text_add(text, "&lt;");
        else if (character == '>')
            text_add(text, "&gt;");
        else if (character == '_' && inside_word(words, i))
            text_add(text, "_");
        else {
            if (strchr("\\`*_[]|~#$!", character))
                text_add(text, "\\");
            text_add_bytes(text, &character, 1);
        }
    }
}

void markdown_item(struct text *text, const char *label, const char *words) {
    text_add(text, "- ");
    if (label)
        text_print(text, "**%s:** ", label);
    markdown_escape(text, words);
    text_add(text, "\n");
}

static void add_cell(struct text *text, const struct sheet_cell *cell) {
    bool strong = cell->tone != TONE_PLAIN && cell->text && cell->text[0];
    text_add(text, strong ? " **" : " ");
    markdown_escape(text, cell->text);
    text_add(text, strong ? "**" : "");
    if (cell->detail) {
        text_add(text, "<br><sub>");
        markdown_escape(text, cell->detail);
        text_add(text, "</sub>");
    }
    text_add(text, " |");
}

/** GitHub's tables have one row of headings, so a group's name goes before its columns'. */
static void add_headings(struct text *text, const struct sheet *sheet) {
    text_add(text, "|");
    for (size_t i = 0; i < sheet->column_count; i++) {
        text_add(text, " ");
        if (sheet->columns[i].group) {
            markdown_escape(text, sheet->columns[i].group);
            text_add(text, ": ");
        }
        markdown_escape(text, sheet->columns[i].heading);
        text_add(text, " |");
    }
    text_add(text, "\n|");
    for (size_t i = 0; i < sheet->column_count; i++)
        text_add(text, sheet->columns[i].numeric ? " ---: |" : " --- |");
    text_add(text, "\n");
}

void markdown_table(struct text *text, const struct sheet *sheet) {
    if (sheet->note) {
        markdown_escape(text, sheet->note);
        text_add(text, "\n\n");
    }
    add_headings(text, sheet);
    for (size_t row = 0; row < sheet->row_count; row++) {
        text_add(text, "|");
        for (size_t i = 0; i < sheet->column_count; i++)
            add_cell(text, &sheet_cells(sheet, row)[i]);
        text_add(text, "\n");
    }
    text_add(text, "\n");
}
