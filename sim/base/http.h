/**
 * One HTTP request and its answer, over libcurl: bounded in size and time, http and https only,
 * certificates verified, no redirects, no cookies, nothing kept between calls. Proxies and their
 * exceptions are those of the environment; this machine is always asked directly.
 *
 * Secrets (password, token) stay in memory: they reach no message. Thread safety: reentrant; the
 * first call must not race with another thread's first call (libcurl's own initialisation).
 */
#ifndef SIM_BASE_HTTP_H
#define SIM_BASE_HTTP_H

#include "sim/base/status.h"
#include "sim/base/text.h"

#include <stdbool.h>
#include <stddef.h>

/** Kept of an answer unless the request says otherwise; a longer one is an error. */
#define HTTP_RESPONSE_BYTES ((size_t)8 << 20)

/** All pointers are borrowed for the call. */
struct http_request {
    const char *url;
    const char *body;            /**< sent as a POST; NULL: a GET */
    size_t body_length;          /**< bytes of it */
    const char *content_type;    /**< of the body */
    const char *user, *password; /**< basic authentication; NULL: none */
    const char *bearer_token;    /**< NULL: none */
    size_t response_bytes_max;   /**< 0: HTTP_RESPONSE_BYTES */
    double timeout_seconds;      /**< for all of it; 0: 30 */
    /** Asked about once a second; true ends the request. NULL: never. */
    bool (*interrupted)(void *context);
    void *context;
};

struct http_response {
    long status; /**< such as 200 */
    char *body;  /**< with a final NUL; owned */
    size_t length;
    double seconds;
};

/**
 * Send and wait. STATUS_OK when there was an answer, whatever its status: judge it. Else
 * STATUS_EXTERNAL (no connection, bad certificate, too long, too big, interrupted) or
 * STATUS_SYSTEM, with a diagnostic that names host and path, and an empty response.
 */
enum status http_send(const struct http_request *request, struct http_response *response,
                      struct diagnostics *diagnostics) MUST_CHECK;

/** Add `url` without what may be secret in it: user and password, query, fragment. */
void http_add_place(struct text *text, const char *url);

/** A zeroed response is fine. */
void http_response_fini(struct http_response *response);

#endif
