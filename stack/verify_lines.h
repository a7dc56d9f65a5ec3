/**
 * Adding lines to a comparison. Private to the stack/verify*.c files.
 */
#ifndef STACK_VERIFY_LINES_H
#define STACK_VERIFY_LINES_H

#include "stack/verify.h"

/** Where a line belongs. */
struct verify_place {
    enum verify_look look;
    const char *part; /**< borrowed for the life of the comparison */
};

/** What every look is given. */
struct verify_view {
    const struct verify_plan *plan;
    const struct release_list *releases;
    const json_t *nodes; /**< as `kubectl get nodes` lists them */
};

/** A line about a release. */
struct verify_place verify_place(enum verify_look look, const struct release *release);

/** Add a line; `planned` and `live` are copied, NULL shows as "-". The remark is a printf format,
 *  NULL for none. Failure is kept in verify->out_of_memory. */
void verify_add(struct verify *verify, struct verify_place place, const char *what,
                enum verify_verdict verdict, const char *planned, const char *live,
                const char *remark, ...) __attribute__((format(printf, 7, 8)));

/** The same for two texts that are the same or drift. */
void verify_compare(struct verify *verify, struct verify_place place, const char *what,
                    const char *planned, const char *live);

/** The same for quantities as Kubernetes writes them ("2Gi" is "2048Mi", "2" is "2000m").
 *  `planned` 0: none is set. A live text that is no quantity drifts. */
void verify_compare_bytes(struct verify *verify, struct verify_place place, const char *what,
                          double planned, const char *live);
void verify_compare_cores(struct verify *verify, struct verify_place place, const char *what,
                          double planned, const char *live);

/** What kubectl and helm were told: each look fills its lines. STATUS_EXTERNAL only when the
 *  cluster itself cannot be asked. */
enum status verify_releases(const struct cluster *cluster, const struct verify_view *view,
                            struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;
enum status verify_objects(const struct cluster *cluster, const struct verify_view *view,
                           struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;
enum status verify_settings(const struct cluster *cluster, const struct verify_view *view,
                            struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;
enum status verify_usage(const struct cluster *cluster, const struct verify_view *view,
                         struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;

/** The part of verify_usage() that asks Loki and Tempo themselves. */
enum status verify_ingest(const struct cluster *cluster, const struct verify_view *view,
                          struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;

/** Set verify->mend from the lines. */
void verify_find_mend(const struct cluster *cluster, const struct release_list *releases,
                      struct verify *verify);

/** What the cluster answers to `kubectl get --raw PATH`: an arena copy, or NULL with the reason
 *  (its last line of errors) in `*why`. STATUS_EXTERNAL only when kubectl itself cannot run. */
enum status verify_raw(const struct cluster *cluster, const char *path, struct verify *verify,
                       const char **answer, const char **why,
                       struct diagnostics *diagnostics) MUST_CHECK;

#endif
