#include "sim/base/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TIMEOUT_SECONDS = 30;

/** What the callbacks fill. */
struct exchange {
    const struct http_request *request;
    struct http_response *response;
    size_t limit;
    bool too_big, out_of_memory;
};

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context) {
    struct exchange *exchange = context;
    struct http_response *response = exchange->response;
    size_t length = one * count;
    if (length > exchange->limit - response->length) {
        exchange->too_big = true;
        return 0;
    }
    char *body = realloc(response->body, response->length + length + 1);
    if (!body) {
        exchange->out_of_memory = true;
        return 0;
    }
    memcpy(body + response->length, bytes, length);
    response->body = body;
    response->length += length;
    body[response->length] = '\0';
    return length;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up) {
    const struct exchange *exchange = context;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return exchange->request->interrupted &&
           exchange->request->interrupted(exchange->request->context);
}

/** What kubectl forwards to is on this machine: no proxy knows it. Setting any exception ends those
 *  of the environment, so they are said again. False when memory is out. */
static bool set_no_proxy(CURL *curl) {
    static const char local[] = "127.0.0.1,localhost,::1";
    const char *own = getenv("no_proxy");
    struct text hosts;
    text_init(&hosts);
    own = own ? own : getenv("NO_PROXY");
    if (own && strcmp(own, "*") == 0) /* means all only when it stands alone */
        text_add(&hosts, own);
    else
        text_print(&hosts, "%s%s%s", local, own && *own ? "," : "", own ? own : "");
    bool fine =
        !text_failed(&hosts) && curl_easy_setopt(curl, CURLOPT_NOPROXY, hosts.data) == CURLE_OK;
    text_fini(&hosts);
    return fine;
}

static void set_security(CURL *curl) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static void set_credentials(CURL *curl, const struct http_request *request) {
    if (request->user && request->password) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password);
    } else if (request->bearer_token) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, request->bearer_token);
    }
}

/** False when memory is out; `*headers` is the caller's to free. */
static bool set_body(CURL *curl, const struct http_request *request, struct curl_slist **headers) {
    char header[128];
    if (!request->body)
        return true;
    snprintf(header, sizeof header, "Content-Type: %s",
             request->content_type ? request->content_type : "application/json");
    *headers = curl_slist_append(NULL, header);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    return *headers != NULL;
}

static void set_transfer(CURL *curl, struct exchange *exchange) {
    const struct http_request *request = exchange->request;
    double seconds = request->timeout_seconds > 0 ? request->timeout_seconds : TIMEOUT_SECONDS;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(seconds * 1000));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
}

void http_add_place(struct text *text, const char *url) {
    size_t scheme = strcspn(url, ":/?#@");
    const char *host = strncmp(url + scheme, "://", 3) == 0 ? url + scheme + 3 : url;
    const char *user_end = memrchr(host, '@', strcspn(host, "/?#"));
    text_add_bytes(text, url, (size_t)(host - url));
    host = user_end ? user_end + 1 : host;
    text_add_bytes(text, host, strcspn(host, "?#"));
}

static enum status complain(const struct exchange *exchange, CURLcode code,
                            struct diagnostics *diagnostics) {
    struct text place;
    if (exchange->out_of_memory)
        return diagnostics_out_of_memory(diagnostics, "an HTTP exchange");
    text_init(&place);
    http_add_place(&place, exchange->request->url);
    const char *shown = place.data ? place.data : "";
    if (exchange->too_big)
        diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0,
                        "%s: the answer is longer than %zu bytes", shown, exchange->limit);
    else
        diagnostics_add(diagnostics, STATUS_EXTERNAL, NULL, 0, 0, "%s: %s", shown,
                        code == CURLE_ABORTED_BY_CALLBACK ? "interrupted"
                                                          : curl_easy_strerror(code));
    text_fini(&place);
    return STATUS_EXTERNAL;
}

static enum status exchange_over(CURL *curl, struct exchange *exchange,
                                 struct diagnostics *diagnostics) {
    struct curl_slist *headers = NULL;
    set_security(curl);
    set_credentials(curl, exchange->request);
    set_transfer(curl, exchange);
    exchange->out_of_memory = !set_no_proxy(curl) || !set_body(curl, exchange->request, &headers);
    CURLcode code = exchange->out_of_memory ? CURLE_OUT_OF_MEMORY : curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return complain(exchange, code, diagnostics);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange->response->status);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &exchange->response->seconds);
    return STATUS_OK;
}

enum status http_send(const struct http_request *request, struct http_response *response,
                      struct diagnostics *diagnostics) {
    struct exchange exchange = {.request = request, .response = response};
    exchange.limit =
        request->response_bytes_max ? request->response_bytes_max : HTTP_RESPONSE_BYTES;
    memset(response, 0, sizeof *response);
    response->body = calloc(1, 1);
    CURL *curl = response->body ? curl_easy_init() : NULL;
    if (!curl) {
        http_response_fini(response);
        return diagnostics_out_of_memory(diagnostics, "an HTTP request");
    }
    enum status status = exchange_over(curl, &exchange, diagnostics);
    curl_easy_cleanup(curl);
    if (status != STATUS_OK)
        http_response_fini(response);
    return status;
}

void http_response_fini(struct http_response *response) {
    free(response->body);
    memset(response, 0, sizeof *response);
}
