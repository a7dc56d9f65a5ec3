/* The files of a run. */
#include "reports/report.h"
#include "sim/base/arena.h"
#include "sim/base/files.h"

typedef enum status writer(const struct report *, struct text *, struct diagnostics *);

static enum status write_bytes(struct arena *arena, const char *folder, const char *name,
                               const char *bytes, size_t length, struct diagnostics *diagnostics) {
    const char *path = file_join(arena, folder, name);
    if (!path)
        return diagnostics_out_of_memory(diagnostics, name);
    return file_write(path, bytes, length, diagnostics);
}

static enum status write_text(struct arena *arena, const char *folder, const char *name,
                              writer *write, const struct report *report,
                              struct diagnostics *diagnostics) {
    struct text text;
    text_init(&text);
    enum status status = write(report, &text, diagnostics);
    if (status == STATUS_OK)
        status = write_bytes(arena, folder, name, text.data, text.length, diagnostics);
    text_fini(&text);
    return status;
}

static enum status write_page(struct arena *arena, const char *folder, const struct report *report,
                              const struct chart_set *charts, struct diagnostics *diagnostics) {
    struct text page;
    text_init(&page);
    enum status status = report_html(report, charts, &page, diagnostics);
    if (status == STATUS_OK)
        status = write_bytes(arena, folder, "report.html", page.data, page.length, diagnostics);
    text_fini(&page);
    return status;
}

static enum status write_chart(struct arena *arena, const char *folder, const struct chart *chart,
                               struct diagnostics *diagnostics) {
    const char *svg = arena_print(arena, "%s.svg", chart->name);
    const char *png = arena_print(arena, "%s.png", chart->name);
    if (!svg || !png)
        return diagnostics_out_of_memory(diagnostics, "the plots");
    enum status status =
        write_bytes(arena, folder, svg, chart->svg.data, chart->svg.length, diagnostics);
    if (status == STATUS_OK)
        status = write_bytes(arena, folder, png, (const char *)chart->png, chart->png_length,
                             diagnostics);
    return status;
}

static enum status write_charts(struct arena *arena, const char *folder,
                                const struct chart_set *charts, struct diagnostics *diagnostics) {
    if (!charts || charts->count == 0)
        return STATUS_OK;
    const char *plots = file_join(arena, folder, "plots");
    if (!plots)
        return diagnostics_out_of_memory(diagnostics, "the plots");
    enum status status = file_make_folder(plots, diagnostics);
    for (size_t i = 0; i < charts->count && status == STATUS_OK; i++)
        status = write_chart(arena, plots, &charts->charts[i], diagnostics);
    return status;
}

enum status report_write_files(const struct report *report, const struct chart_set *charts,
                               const char *folder, struct diagnostics *diagnostics) {
    static const struct {
        const char *name;
        writer *write;
    } files[] = {{"report.md", report_markdown},
                 {"result.json", report_json},
                 {"cost.csv", report_cost_csv},
                 {"series.csv", report_series_csv}};
    struct arena arena;
    arena_init(&arena);
    enum status status = file_make_folder(folder, diagnostics);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == STATUS_OK; i++)
        status = write_text(&arena, folder, files[i].name, files[i].write, report, diagnostics);
    if (status == STATUS_OK)
        status = write_page(&arena, folder, report, charts, diagnostics);
    if (status == STATUS_OK)
        status = write_charts(&arena, folder, charts, diagnostics);
    arena_fini(&arena);
    return status;
}
