/* report.html: one page with everything inside it. */
#include "reports/content.h"
#include "reports/html_page.h"
#include "reports/html_sheet.h"
#include "reports/phrase.h"
#include "reports/report.h"

static const char *standing_class(enum content_standing standing) {
    static const char *const classes[] = {
        [CONTENT_HOLDS] = "holds", [CONTENT_FIXABLE] = "fixable", [CONTENT_MISSED] = "missed"};
    return classes[standing];
}

static void add_card(struct text *text, const struct content_card *card) {
    text_print(text, "<li class=\"card %s\"><span class=\"card-title\">",
               html_tone_class(card->tone));
    html_escape(text, card->title);
    text_add(text, "</span><span class=\"card-price\">");
    html_escape(text, card->price);
    text_add(text, " <span>a month</span></span><span class=\"card-note\">");
    html_escape(text, card->note);
    text_add(text, "</span></li>\n");
}

static void add_verdict(struct text *text, const struct content *content) {
    text_print(text, "<header class=\"verdict %s\">\n<p class=\"kind\">",
               standing_class(content->standing));
    text_add(text, "Capacity and cost of a self-run Loki, Tempo and Grafana</p>\n<h1>");
    html_escape(text, content->verdict);
    text_add(text, "</h1>\n<ul class=\"cards\">\n");
    for (size_t i = 0; i < content->card_count; i++)
        add_card(text, &content->cards[i]);
    text_add(text, "</ul>\n<dl class=\"facts\">\n");
    for (size_t i = 0; i < content->fact_count; i++) {
        const struct content_fact *fact = &content->facts[i];
        text_print(text, "<div class=\"fact %s\"><dt>", html_tone_class(fact->tone));
        html_escape(text, fact->label);
        text_add(text, "</dt><dd>");
        html_escape(text, fact->text);
        text_add(text, "</dd></div>\n");
    }
    text_add(text, "</dl>\n</header>\n");
}

static void add_link(struct text *text, const char *id, const char *title) {
    text_print(text, "<li><a href=\"#%s\">", id);
    html_escape(text, title);
    text_add(text, "</a></li>\n");
}

static void add_contents(struct text *text, const struct content *content, bool charts) {
    text_add(text, "<nav aria-label=\"Contents\"><ul>\n");
    if (charts)
        add_link(text, "charts", "Charts");
    for (size_t i = 0; i < content->sheet_count; i++)
        add_link(text, content->sheets[i].id, content->sheets[i].title);
    if (content->source_count > 0)
        add_link(text, "sources", "Sources of prices");
    add_link(text, "notes", "Good to know");
    text_add(text, "</ul></nav>\n");
}

static void add_charts(struct text *text, const struct chart_set *charts) {
    if (!charts || charts->count == 0)
        return;
    text_add(text, "<section aria-labelledby=\"charts\">\n<h2 id=\"charts\">Charts</h2>\n"
                   "<div class=\"charts\">\n");
    for (size_t i = 0; i < charts->count; i++)
        html_chart(text, &charts->charts[i]);
    text_add(text, "</div>\n</section>\n");
}

static void add_sources(struct text *text, const struct content *content) {
    if (content->source_count == 0)
        return;
    text_add(text, "<section aria-labelledby=\"sources\">\n"
                   "<h2 id=\"sources\">Sources of prices</h2>\n<ol class=\"sources\">\n");
    for (size_t i = 0; i < content->source_count; i++) {
        text_print(text, "<li id=\"source-%zu\">", i + 1);
        html_escape(text, content->sources[i]);
        text_add(text, "</li>\n");
    }
    text_add(text, "</ol>\n</section>\n");
}

static void add_notes(struct text *text, const struct content *content) {
    text_add(text, "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Good to know</h2>\n"
                   "<ul class=\"notes\">\n");
    for (size_t i = 0; i < content->note_count; i++) {
        text_add(text, "<li>");
        html_escape(text, content->notes[i]);
        text_add(text, "</li>\n");
    }
    text_add(text, "</ul>\n</section>\n");
}

static enum status add_page(struct text *text, const struct content *content,
                            const struct chart_set *charts, struct diagnostics *diagnostics) {
    enum status status = html_head(text, content->verdict, diagnostics);
    if (status != STATUS_OK)
        return status;
    add_verdict(text, content);
    add_contents(text, content, charts && charts->count > 0);
    text_add(text, "<main>\n");
    add_charts(text, charts);
    for (size_t i = 0; i < content->sheet_count; i++)
        html_sheet(text, &content->sheets[i]);
    add_sources(text, content);
    add_notes(text, content);
    text_add(text, "</main>\n<footer><p>Written by simulate ");
    html_escape(text, phrase_version());
    text_add(text, ". The same figures are in result.json, cost.csv and series.csv beside this "
                   "page.</p></footer>\n</body>\n</html>\n");
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "report.html") : STATUS_OK;
}

enum status report_html(const struct report *report, const struct chart_set *charts,
                        struct text *text, struct diagnostics *diagnostics) {
    struct content content;
    enum status status = content_make(report, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    status = add_page(text, &content, charts, diagnostics);
    content_fini(&content);
    return status;
}
