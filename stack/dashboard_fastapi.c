#include "stack/dashboard_pages.h"

/* Both ways in which such a service writes an access log: uvicorn's own line, and one JSON object a
 * request. One expression reads both, so that no line counts twice. */
#define STATUS_OF "(?:HTTP/[\\d.]+\" |\"status(?:_code)?\": ?)(?P<class>[1-5])\\d\\d\\b"
#define PATH_OF "(?:\"path\": ?\"|\"[A-Z]+ )(?P<path>/[^ ?\"]*)"
/* Numbers and ids are taken out of a path, or each order would be a path of its own. */
#define PATH_SHAPE                                                                                 \
    " | label_format path=`{{ regexReplaceAll \"/[0-9]+|/[0-9a-f-]{16,}\" .path \"/:id\" }}`"

#define LOGS "{app=~\"$service\"}"
#define CLASSES LOGS " | regexp `" STATUS_OF "` | class != \"\""
#define PATHS LOGS " | regexp `" PATH_OF "` | path != \"\"" PATH_SHAPE
#define DURATIONS                                                                                  \
    LOGS " |= \"duration_ms\" | json duration_ms=\"duration_ms\" | unwrap duration_ms | "          \
         "__error__=\"\""
#define PATH_DURATIONS                                                                             \
    LOGS " |= \"duration_ms\" | json duration_ms=\"duration_ms\" | regexp `" PATH_OF               \
         "`" PATH_SHAPE " | unwrap duration_ms | __error__=\"\""
#define SPANS "resource.service.name =~ \"$service\" && kind = server"

#define NO_ACCESS_LOG "No access log lines: uvicorn writes them unless it runs with --no-access-log"
#define NO_DURATIONS                                                                               \
    "No duration_ms in the logs: uvicorn's own lines have none; a JSON access log does"

static const struct panel panels[] = {
    {.kind = PANEL_ROW, .title = "Rate and errors"},
    {.kind = PANEL_SERIES,
     .title = "Requests by status",
     .unit = "reqps",
     .description = "Requests a second by the first digit of their status, from uvicorn's access "
                    "log lines or from JSON lines with status or status_code.",
     .no_data = NO_ACCESS_LOG,
     .width = 12,
     .height = 8,
     .stacked = true,
     .queries = {{"sum by (class) (rate(" CLASSES " [$__auto]))", "{{class}}xx"}}},
    {.kind = PANEL_SERIES,
     .title = "Share of server errors",
     .unit = "percentunit",
     .description = "Requests answered with 5xx, of all. Nothing is drawn while there is no error.",
     .no_data = "No server errors, or no access log lines",
     .width = 8,
     .height = 8,
     .warn = 0.01,
     .bad = 0.05,
     .queries = {{"sum(rate(" CLASSES " | class = \"5\" [$__auto])) / sum(rate(" CLASSES
                  " [$__auto]))",
                  "5xx"}}},
    {.kind = PANEL_STAT,
     .title = "Requests in this time",
     .unit = "short",
     .description = "Access log lines within the dashboard's time range.",
     .no_data = "None",
     .width = 4,
     .height = 8,
     .queries = {{"sum(count_over_time(" CLASSES " [$__range]))", "requests"}}},
    {.kind = PANEL_TABLE,
     .title = "Busiest paths",
     .unit = "short",
     .description = "Requests by path within the time range; numbers and ids in a path are shown "
                    "as :id. Loki refuses to count more than 500 paths.",
     .no_data = NO_ACCESS_LOG,
     .width = 12,
     .height = 8,
     .queries = {{"topk(10, sum by (path) (count_over_time(" PATHS " [$__range])))", "{{path}}"}}},
    {.kind = PANEL_TABLE,
     .title = "Paths with server errors",
     .unit = "short",
     .description = "Requests answered with 5xx by path within the time range.",
     .no_data = "No server errors",
     .width = 12,
     .height = 8,
     .queries = {{"topk(10, sum by (path) (count_over_time(" LOGS " | regexp `" STATUS_OF
                  "` | class = \"5\" | regexp `" PATH_OF "`" PATH_SHAPE " [$__range])))",
                  "{{path}}"}}},
    {.kind = PANEL_ROW, .title = "Duration"},
    {.kind = PANEL_SERIES,
     .title = "Duration of requests",
     .unit = "ms",
     .description = "Quantiles of duration_ms in JSON log lines, over all chosen services. Traces "
                    "below hold single slow requests; this stack computes no quantiles from them, "
                    "because that would store every span twice.",
     .no_data = NO_DURATIONS,
     .width = 12,
     .height = 8,
     .queries = {{"quantile_over_time(0.5, " DURATIONS " [$__auto]) by ()", "P50"},
                 {"quantile_over_time(0.95, " DURATIONS " [$__auto]) by ()", "P95"},
                 {"quantile_over_time(0.99, " DURATIONS " [$__auto]) by ()", "P99"}}},
    {.kind = PANEL_TABLE,
     .title = "Slowest paths",
     .unit = "ms",
     .description = "95th percentile of duration_ms by path within the time range.",
     .no_data = NO_DURATIONS,
     .width = 12,
     .height = 8,
     .warn = 500,
     .bad = 2000,
     .queries = {{"topk(10, quantile_over_time(0.95, " PATH_DURATIONS " [$__range]) by (path))",
                  "{{path}}"}}},
    {.kind = PANEL_ROW, .title = "Single requests"},
    {.kind = PANEL_TRACES,
     .title = "Slow requests",
     .unit = "ms",
     .description = "Traces with a server span above half a second. Only sampled requests have a "
                    "trace.",
     .no_data = "No sampled request took more than half a second",
     .width = 12,
     .height = 9,
     .queries = {{"{ " SPANS " && duration > 500ms }", NULL}}},
    {.kind = PANEL_TRACES,
     .title = "Failed requests",
     .unit = "ms",
     .description = "Traces with a server span whose status is error. Only sampled requests have a "
                    "trace.",
     .no_data = "No sampled request failed",
     .width = 12,
     .height = 9,
     .queries = {{"{ " SPANS " && status = error }", NULL}}},
    {.kind = PANEL_LOGS,
     .title = "Server errors and tracebacks",
     .unit = "short",
     .description = "Log lines of requests answered with 5xx, and of unhandled exceptions. A trace "
                    "id in a line opens its trace.",
     .no_data = "No such lines",
     .width = 24,
     .height = 9,
     .queries = {{LOGS " |~ `(?:HTTP/[\\d.]+\" |\"status(?:_code)?\": ?)5\\d\\d\\b|Traceback|"
                       "Exception in ASGI application`",
                  NULL}}},
};

const struct dashboard_page dashboard_fastapi = {
    .uid = "simulate-fastapi",
    .title = "FastAPI",
    .description = "Rate, errors and duration of HTTP services, from access logs and traces.",
    .from = "now-1h",
    .refresh = "1m",
    .variables = {{"service", "Service",
                   "The app label of its logs; the same name as service.name in its traces.", "app",
                   ".+"}},
    .panels = panels,
    .panel_count = sizeof panels / sizeof *panels,
};
