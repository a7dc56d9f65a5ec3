/**
 * What a sample of log lines was found to be.
 */
#ifndef REPORTS_SAMPLE_REPORT_H
#define REPORTS_SAMPLE_REPORT_H

#include "reports/report.h"
#include "sim/sample.h"

/** For the terminal, with the snippet at the end. */
enum status sample_report_text(const struct sample_report *report,
                               const struct report_text_options *options, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

enum status sample_report_markdown(const struct sample_report *report, struct text *text,
                                   struct diagnostics *diagnostics) MUST_CHECK;

enum status sample_report_json(const struct sample_report *report, struct text *text,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** figure,value: a row a figure. */
enum status sample_report_csv(const struct sample_report *report, struct text *text,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** The item of `workload.services` that these lines make, as YAML; each line begins with `indent`
 *  spaces. */
void sample_report_snippet(const struct sample_report *report, size_t indent, struct text *text);

/** Room for sample_report_name(). */
#define SAMPLE_REPORT_NAME_BYTES 41

/** A service's name after the first file: `a-z`, `0-9` and `-`. */
char *sample_report_name(char *buffer, size_t size, const struct sample_report *report);

/** `2026-11-02 09:00:00`, UTC. */
#define SAMPLE_REPORT_TIME_BYTES 32
char *sample_report_time(char *buffer, size_t size, int64_t ns);

/** Stored bytes of one line in whole blocks. */
double sample_report_stored_bytes(const struct sample_report *report, enum loki_encoding encoding);

#endif
