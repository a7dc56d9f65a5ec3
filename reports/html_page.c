#include "reports/html_page.h"

#include "reports/html_sheet.h"
#include "reports/phrase.h"
#include "sim/base/embedded.h"

enum status html_head(struct text *text, const char *title, struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *style = embedded_file("reports/report.css", &length);
    if (!style)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "the style sheet of the report is not in the program");
    text_add(text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"generator\" content=\"simulate ");
    html_escape(text, phrase_version());
    text_add(text, "\">\n<title>");
    html_escape(text, title);
    text_add(text, "</title>\n<style>\n");
    text_add_bytes(text, style, length);
    text_add(text, "</style>\n</head>\n<body>\n");
    return STATUS_OK;
}

void html_chart(struct text *text, const struct chart *chart) {
    text_add(text, "<figure>\n<div class=\"chart wide\">");
    text_add_bytes(text, chart->svg.data, chart->svg.length);
    text_add(text, "</div>\n<div class=\"chart narrow\">");
    text_add_bytes(text, chart->svg_narrow.data, chart->svg_narrow.length);
    text_add(text, "</div>\n<figcaption>");
    html_escape(text, chart->description);
    text_add(text, "</figcaption>\n</figure>\n");
}
