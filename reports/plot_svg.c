#include "reports/plot_canvas.h"

#include <stdlib.h>
#include <string.h>

/** Add UTF-8 as SVG character data or attribute value. */
static void add_escaped(struct text *svg, const char *utf8) {
    for (const char *at = utf8; *at; at++) {
        if (*at == '&')
            text_add(svg, "&amp;");
        else if (*at == '<')
            text_add(svg, "&lt;");
        else if (*at == '>')
            text_add(svg, "&gt;");
        else if (*at == '"')
            text_add(svg, "&quot;");
        else
            text_add_bytes(svg, at, 1);
    }
}

static void add_header(const struct plot *plot, const char *id, const char *title,
                       const char *description, struct text *svg) {
    text_print(svg,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
               "height=\"%g\" style=\"width:100%%;max-width:%gpx;height:auto\" "
               "preserveAspectRatio=\"xMidYMid meet\" role=\"img\" "
               "aria-labelledby=\"%s-title %s-desc\" "
               "font-family=\"Helvetica Neue,Helvetica,Arial,Liberation Sans,sans-serif\">\n",
               plot->width, plot->height, plot->width, plot->height, plot->width, id, id);
    text_print(svg, "<title id=\"%s-title\">", id);
    add_escaped(svg, title);
    text_print(svg, "</title>\n<desc id=\"%s-desc\">", id);
    add_escaped(svg, description);
    /* The defaults libplot leaves out of the elements it writes. */
    text_print(svg,
               "</desc>\n<rect width=\"%g\" height=\"%g\" fill=\"#ffffff\"/>\n"
               "<g fill=\"none\" fill-rule=\"evenodd\" stroke=\"#000000\" "
               "stroke-linecap=\"butt\" stroke-linejoin=\"miter\" "
               "stroke-miterlimit=\"10.433\">\n",
               plot->width, plot->height);
}

static void add_label(const struct plot *plot, const struct plot_mark *mark, struct text *svg) {
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    const struct plot_point *at = plot->points + mark->first;
    const struct plot_font *font = &mark->font;
    text_print(svg,
               "<text x=\"%.5g\" y=\"%.5g\"%s font-size=\"%g\"%s fill=\"#%02x%02x%02x\" "
               "stroke=\"none\">",
               at->x, at->y, anchors[mark->anchor], font->size,
               font->bold ? " font-weight=\"bold\"" : "", font->color.red, font->color.green,
               font->color.blue);
    add_escaped(svg, plot_mark_text(plot, mark));
    text_add(svg, "</text>\n");
}

static bool begins(const char *line, const char *start) {
    return strncmp(line, start, strlen(start)) == 0;
}

/**
 * Copy the elements of libplot's content group. Texts are written anew, in order: libplot aligns
 * them by Helvetica's widths, a browser with another font must align them by its own.
 */
static bool add_content(const struct plot *plot, const char *drawn, struct text *svg) {
    const char *line = strstr(drawn, "<g id=\"content\"");
    size_t next = 0;
    for (line = line ? strchr(line, '\n') : NULL; line; line = strchr(line, '\n')) {
        line++;
        if (begins(line, "</g>"))
            return true;
        if (begins(line, "<text")) {
            while (next < plot->mark_count && plot->marks[next].kind != PLOT_LABEL)
                next++;
            if (next == plot->mark_count)
                return false;
            add_label(plot, &plot->marks[next++], svg);
        } else {
            text_add_bytes(svg, line, strcspn(line, "\n") + 1);
        }
    }
    return false;
}

enum status plot_write_svg(const struct plot *plot, const char *id, const char *title,
                           const char *description, struct text *svg,
                           struct diagnostics *diagnostics) {
    if (plot->failed)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "chart %s has a coordinate that cannot be drawn, or memory is out",
                               id);
    char *drawn = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&drawn, &length);
    if (!out)
        return diagnostics_out_of_memory(diagnostics, "drawing a chart");
    bool good = plot_canvas_svg(plot, out);
    good = fclose(out) == 0 && good;
    if (good) {
        add_header(plot, id, title, description, svg);
        good = add_content(plot, drawn, svg);
        text_add(svg, "</g>\n</svg>\n");
    }
    free(drawn);
    if (!good)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, NULL, 0, 0,
                               "libplot could not draw chart %s", id);
    return STATUS_OK;
}
