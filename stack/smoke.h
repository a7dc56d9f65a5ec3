/**
 * Does the stack take in and give back? One log line is pushed into Loki and one span into the
 * OpenTelemetry Collector, through forwarded ports; both are then read back through Grafana's data
 * sources, as a person would see them. That takes the whole way: the collector's export, Tempo's
 * index, Grafana's login and data sources.
 *
 * Grafana's password is read from its secret into memory, and the copy wiped. Thread safety:
 * reentrant.
 */
#ifndef STACK_SMOKE_H
#define STACK_SMOKE_H

#include "stack/kubectl.h"
#include "stack/releases.h"

/** Reading back may take so long. */
#define SMOKE_TIMEOUT_SECONDS 90.0

struct smoke_options {
    const struct cluster *cluster;
    const struct release_list *releases;
    double timeout_seconds; /**< 0: SMOKE_TIMEOUT_SECONDS */
    double look_seconds;    /**< between looks; 0: half a second */
};

struct smoke_answer {
    char id[33];                                  /**< of the trace, and in the line */
    double line_seconds, trace_seconds;           /**< from push to having read it back */
    double push_line_seconds, push_trace_seconds; /**< the pushes themselves */
};

/** STATUS_OK when both were read back in time; else STATUS_EXTERNAL, which says how far it came. */
enum status smoke_test(const struct smoke_options *options, struct smoke_answer *answer,
                       struct diagnostics *diagnostics) MUST_CHECK;

#endif
