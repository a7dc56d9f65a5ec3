/* A sample as an item of a scenario. */
#include "reports/sample_report.h"
#include "sim/sample_lines.h"
#include "sim/sample_time.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/** What the scenario takes, so that the snippet is valid. */
#define RATIO_LEAST 1.01
#define RATIO_MOST 100.0
#define STREAMS_MOST 10000.0
#define RATE_MOST 1e6

char *sample_report_name(char *buffer, size_t size, const struct sample_report *report) {
    const char *path = report->files[0].path, *slash = strrchr(path, '/');
    size_t length = 0;
    for (const char *at = slash ? slash + 1 : path; *at && *at != '.' && length + 1 < size; at++) {
        char letter = (char)tolower((unsigned char)*at);
        bool fits = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (fits || (length > 0 && buffer[length - 1] != '-'))
            buffer[length++] = fits ? letter : '-';
    }
    while (length > 0 && buffer[length - 1] == '-')
        length--;
    buffer[length] = '\0';
    if (length == 0 || strcmp(path, "<stdin>") == 0)
        snprintf(buffer, size, "sample");
    return buffer;
}

char *sample_report_time(char *buffer, size_t size, int64_t ns) {
    time_t seconds = (time_t)(ns / SAMPLE_NANOSECONDS);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts) || strftime(buffer, size, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        buffer[0] = '\0';
    return buffer;
}

double sample_report_stored_bytes(const struct sample_report *report, enum loki_encoding encoding) {
    return report->line_bytes_mean * (double)report->blocks.stored[encoding] /
           (double)(report->blocks.line_bytes > 0 ? report->blocks.line_bytes : 1);
}

static double between(double least, double value, double most) {
    return fmin(fmax(least, value), most);
}

/** Enough for three digits that count; none for a thousand and more. */
static int decimals(double value) {
    return value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 6;
}

void sample_report_snippet(const struct sample_report *report, size_t indent, struct text *text) {
    char name[SAMPLE_REPORT_NAME_BYTES];
    const int spaces = (int)indent;
    text_print(text, "%*s- name: %s\n", spaces, "", sample_report_name(name, sizeof name, report));
    text_print(text, "%*s  replicas: %zu\n", spaces, "", report->replicas);
    text_print(text, "%*s  logs:\n", spaces, "");
    double rate = between(0, report->lines_per_second / (double)report->replicas, RATE_MOST);
    if (report->timed)
        text_print(text, "%*s    lines_per_second: %.*f\n", spaces, "", decimals(rate), rate);
    else
        text_print(text, "%*s    lines_per_second: 20  # yours: the sample does not tell\n", spaces,
                   "");
    text_print(text, "%*s    bytes_per_line: %.0f\n", spaces, "",
               between(1, report->line_bytes_mean, SAMPLE_LINE_BYTES_MAX));
    text_print(text, "%*s    streams_per_replica: %.0f\n", spaces, "",
               between(1, report->streams_per_replica, STREAMS_MOST));
    text_print(text, "%*s    compression: {snappy: %.2f, gzip: %.2f, zstd: %.2f}\n", spaces, "",
               between(RATIO_LEAST, report->ratio[LOKI_ENCODING_SNAPPY], RATIO_MOST),
               between(RATIO_LEAST, report->ratio[LOKI_ENCODING_GZIP], RATIO_MOST),
               between(RATIO_LEAST, report->ratio[LOKI_ENCODING_ZSTD], RATIO_MOST));
}
