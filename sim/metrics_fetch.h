/**
 * Asking a running Loki, Tempo or Prometheus: pages over http and https, by sim/base/http.h, so
 * bounded in size and time, certificates verified, no redirects.
 *
 * A bearer token is read from a file, is never shown, and goes over https alone, or to this very
 * machine. Thread safety: reentrant.
 */
#ifndef SIM_METRICS_FETCH_H
#define SIM_METRICS_FETCH_H

#include "sim/base/arena.h"
#include "sim/base/http.h"
#include "sim/base/status.h"
#include "sim/measurement_metrics.h"

struct metrics_fetch {
    const char *token; /**< NULL: none */
    double timeout_seconds;
    bool (*interrupted)(void *context); /**< ends a request; NULL: nothing does */
    void *context;
};

/** Read the token of `path`, without the white space around it, into `arena`. */
enum status metrics_token_read(const char *path, struct arena *arena, const char **token,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** GET `url`. Any answer but 200 is STATUS_EXTERNAL; http_response_fini() in any case. */
enum status metrics_fetch(const struct metrics_fetch *fetch, const char *url,
                          struct http_response *response,
                          struct diagnostics *diagnostics) MUST_CHECK;

/** The page at `url`, to which `/metrics` is added unless it ends in that. */
enum status metrics_fetch_page(const struct metrics_fetch *fetch, const char *url,
                               struct metrics_page *page,
                               struct diagnostics *diagnostics) MUST_CHECK;

#endif
