/* sweep.html, and the files of a sweep. */
#include "reports/html_page.h"
#include "reports/html_sheet.h"
#include "reports/phrase.h"
#include "reports/sweep_chart.h"
#include "reports/sweep_content.h"
#include "reports/sweep_report.h"
#include "sim/base/files.h"

static enum status add_page(const struct sweep_content *content, const struct chart *chart,
                            struct text *text, struct diagnostics *diagnostics) {
    enum status status = html_head(text, content->headline, diagnostics);
    if (status != STATUS_OK)
        return status;
    text_print(text, "<header class=\"verdict %s\">\n<p class=\"kind\">A sweep of scenarios</p>\n",
               content->all_hold ? "holds" : "fixable");
    text_add(text, "<h1>");
    html_escape(text, content->headline);
    text_add(text, "</h1>\n</header>\n<main>\n");
    if (chart) {
        text_add(text, "<section aria-labelledby=\"charts\">\n<h2 id=\"charts\">Chart</h2>\n"
                       "<div class=\"charts\">\n");
        html_chart(text, chart);
        text_add(text, "</div>\n</section>\n");
    }
    html_sheet(text, &content->sheet);
    text_add(text, "</main>\n<footer><p>Written by simulate ");
    html_escape(text, phrase_version());
    text_add(text, ". The same figures are in sweep.csv beside this page.</p></footer>\n"
                   "</body>\n</html>\n");
    return text_failed(text) ? diagnostics_out_of_memory(diagnostics, "sweep.html") : STATUS_OK;
}

enum status sweep_html(const struct sweep *sweep, struct text *text,
                       struct diagnostics *diagnostics) {
    struct sweep_content content;
    struct chart chart = {0};
    enum status status =
        sweep_content_make(sweep, SWEEP_TABLE_WIDE, SWEEP_POINTS_MAX, &content, diagnostics);
    if (status != STATUS_OK)
        return status;
    const bool wanted = sweep_chart_wanted(sweep);
    if (wanted)
        status = sweep_chart_make(sweep, &chart, diagnostics);
    if (status == STATUS_OK)
        status = add_page(&content, wanted ? &chart : NULL, text, diagnostics);
    sweep_chart_fini(&chart);
    sweep_content_fini(&content);
    return status;
}

enum status sweep_write_files(const struct sweep *sweep, const char *folder,
                              struct diagnostics *diagnostics) {
    static const struct {
        const char *name;
        enum status (*write)(const struct sweep *, struct text *, struct diagnostics *);
    } files[] = {{"sweep.csv", sweep_csv}, {"sweep.html", sweep_html}};
    struct arena arena;
    arena_init(&arena);
    enum status status = file_make_folder(folder, diagnostics);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == STATUS_OK; i++) {
        struct text text;
        text_init(&text);
        const char *path = file_join(&arena, folder, files[i].name);
        status = path ? files[i].write(sweep, &text, diagnostics)
                      : diagnostics_out_of_memory(diagnostics, files[i].name);
        if (status == STATUS_OK)
            status = file_write_text(path, &text, diagnostics);
        text_fini(&text);
    }
    arena_fini(&arena);
    return status;
}
