#include "sim/metrics_fetch.h"

#include "sim/base/files.h"
#include "sim/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TOKEN_BYTES_MAX = 16384, URL_BYTES_MAX = 8192 };

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

enum status metrics_token_read(const char *path, struct arena *arena, const char **token,
                               struct diagnostics *diagnostics) {
    char *bytes = NULL;
    size_t length = 0;
    enum status status = file_read(arena, path, TOKEN_BYTES_MAX, &bytes, &length, diagnostics);
    if (status != STATUS_OK)
        return status;
    while (length > 0 && is_blank(bytes[length - 1]))
        bytes[--length] = '\0';
    while (is_blank(*bytes)) {
        bytes++;
        length--;
    }
    /* What is not plain would end the header, or the header's name. */
    for (size_t i = 0; i < length; i++)
        if (bytes[i] <= ' ' || bytes[i] > '~')
            return diagnostics_add(diagnostics, STATUS_INVALID, path, 0, 0,
                                   "the file holds more than one token, or none that can be sent");
    if (length == 0)
        return diagnostics_add(diagnostics, STATUS_INVALID, path, 0, 0, "the file is empty");
    *token = bytes;
    return STATUS_OK;
}

/** Does the URL lead to this machine? What stands before an @ is a user, though it looks like a
 *  host. */
static bool is_local(const char *url) {
    static const char *const hosts[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    if (strchr(url, '@'))
        return false;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t length = strlen(hosts[i]);
        if (strncasecmp(url, hosts[i], length) == 0 &&
            (url[length] == ':' || url[length] == '/' || url[length] == '\0'))
            return true;
    }
    return false;
}

static enum status refuse(const char *url, enum status code, const char *message, long http_status,
                          struct diagnostics *diagnostics) {
    struct text place;
    text_init(&place);
    http_add_place(&place, url);
    diagnostics_add(diagnostics, code, NULL, 0, 0, message, place.data ? place.data : "",
                    http_status);
    text_fini(&place);
    return code;
}

static enum status judge(const char *url, const struct metrics_fetch *fetch,
                         const struct http_response *response, struct diagnostics *diagnostics) {
    if (response->status == 200)
        return STATUS_OK;
    if (response->status == 401 || response->status == 403)
        return refuse(url, STATUS_EXTERNAL,
                      fetch->token ? "%s answers %ld: it does not take the token"
                                   : "%s answers %ld: it wants a token (--token-file FILE)",
                      response->status, diagnostics);
    if (response->status >= 300 && response->status < 400)
        return refuse(url, STATUS_EXTERNAL,
                      "%s answers %ld, a redirect, which is not followed: name the place itself",
                      response->status, diagnostics);
    return refuse(url, STATUS_EXTERNAL, "%s answers %ld, expected 200", response->status,
                  diagnostics);
}

enum status metrics_fetch(const struct metrics_fetch *fetch, const char *url,
                          struct http_response *response, struct diagnostics *diagnostics) {
    const struct http_request request = {
        .url = url,
        .bearer_token = fetch->token,
        .timeout_seconds = fetch->timeout_seconds,
        .interrupted = fetch->interrupted,
        .context = fetch->context,
    };
    *response = (struct http_response){0};
    if (fetch->token && strncasecmp(url, "https://", 8) != 0 && !is_local(url))
        return refuse(url, STATUS_USAGE,
                      "a token is sent over https or to this machine alone, not to %s", 0,
                      diagnostics);
    enum status status = http_send(&request, response, diagnostics);
    return status == STATUS_OK ? judge(url, fetch, response, diagnostics) : status;
}

enum status metrics_fetch_page(const struct metrics_fetch *fetch, const char *url,
                               struct metrics_page *page, struct diagnostics *diagnostics) {
    static const char ending[] = "/metrics";
    char whole[URL_BYTES_MAX];
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    bool ends = length >= sizeof ending - 1 &&
                strncmp(url + length - (sizeof ending - 1), ending, sizeof ending - 1) == 0;
    int written = snprintf(whole, sizeof whole, "%.*s%s", (int)length, url, ends ? "" : ending);
    if (written < 0 || (size_t)written >= sizeof whole)
        return diagnostics_add(diagnostics, STATUS_USAGE, NULL, 0, 0, "the URL is too long");
    struct http_response response;
    enum status status = metrics_fetch(fetch, whole, &response, diagnostics);
    if (status == STATUS_OK)
        status = metrics_page_read(whole, response.body, response.length, page, diagnostics);
    http_response_fini(&response);
    return status;
}
