#include "sim/measurement_pages.h"

#include "sim/base/files.h"
#include "sim/prom_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A page of a Loki with thousands of metrics has some 200 kB. */
static const size_t page_bytes_max = (size_t)64 << 20;
enum { HEAD_BYTES = 65536 };

bool measurement_pages_is_one(const char *path) {
    char *head = malloc(HEAD_BYTES);
    FILE *file = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
    size_t length = head && file ? fread(head, 1, HEAD_BYTES, file) : 0;
    bool likely = length > 0 && prom_text_is_likely(head, length);
    if (file)
        fclose(file);
    free(head);
    return likely;
}

enum status measurement_pages_add(struct measurement_pages *pages, const char *path,
                                  struct arena *arena, struct diagnostics *diagnostics) {
    char *bytes = NULL;
    size_t length = 0;
    if (pages->count == MEASUREMENT_PAGES_MAX)
        return diagnostics_add(diagnostics, STATUS_USAGE, path, 0, 0,
                               "at most %d saved pages are taken", MEASUREMENT_PAGES_MAX);
    enum status status = file_read(arena, path, page_bytes_max, &bytes, &length, diagnostics);
    if (status == STATUS_OK)
        status =
            metrics_page_read(path, bytes, length, &pages->saved[pages->count].page, diagnostics);
    if (status == STATUS_OK)
        pages->saved[pages->count++].file = path;
    return status;
}

static int by_time(const void *a, const void *b) {
    const struct metrics_page *left = a, *right = b;
    return (left->now_seconds > right->now_seconds) - (left->now_seconds < right->now_seconds);
}

/** The newest page before `index` of the same process; `index` when there is none. */
static size_t page_before(const struct measurement_pages *pages, size_t index) {
    for (size_t i = index; i-- > 0;)
        if (metrics_pages_join(&pages->saved[i].page, &pages->saved[index].page))
            return i;
    return index;
}

static bool has_page_after(const struct measurement_pages *pages, size_t index) {
    for (size_t i = index + 1; i < pages->count; i++)
        if (metrics_pages_join(&pages->saved[index].page, &pages->saved[i].page))
            return true;
    return false;
}

enum status measurement_pages_measure(struct measurement_pages *pages,
                                      const struct scenario_override *settings,
                                      size_t setting_count, struct measurement_set *set,
                                      struct text *notes, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    /* The page is the first member of what is sorted. */
    qsort(pages->saved, pages->count, sizeof *pages->saved, by_time);
    for (size_t i = 0; i < pages->count && status == STATUS_OK; i++) {
        const struct metrics_page *last = &pages->saved[i].page;
        size_t before = page_before(pages, i);
        struct metrics_watch watch = {0};
        struct measurement measurement;
        if (before == i && has_page_after(pages, i))
            continue;
        const struct metrics_page *first = before < i ? &pages->saved[before].page : NULL;
        if (first)
            metrics_watch_add(&watch, first);
        metrics_watch_add(&watch, last);
        const struct metrics_window window = {
            .first = first,
            .last = last,
            .seconds = last->now_seconds - (first ? first->now_seconds : last->start_seconds),
            .watch = &watch,
            .source = pages->saved[i].file,
        };
        status =
            metrics_measure(&window, settings, setting_count, &measurement, notes, diagnostics);
        if (status == STATUS_OK)
            measurement_add(set, &measurement);
    }
    return status;
}
