/**
 * What runs in the cluster against what the plan says.
 *
 * Four looks, each a list of lines: releases (chart versions and values, by helm), objects
 * (requests, limits, GOMEMLIMIT, replicas, volumes, nodes), settings (what Loki and Tempo answer
 * when asked for the configuration they run with, retention among it) and usage (their /metrics and
 * the kubelets' figures against the simulated bands). A line that differs is drift; what could not
 * be seen is said, and is no drift.
 *
 * Everything is read through kubectl and helm; nothing is changed. Thread safety: reentrant.
 */
#ifndef STACK_VERIFY_H
#define STACK_VERIFY_H

#include "sim/base/arena.h"
#include "sim/base/text.h"
#include "sim/result.h"
#include "stack/kubectl.h"
#include "stack/releases.h"
#include "stack/smoke.h"

enum verify_verdict {
    VERIFY_SAME,   /**< as planned, or within the predicted band */
    VERIFY_DRIFT,  /**< not as planned */
    VERIFY_UNSEEN, /**< could not be read: `remark` says why */
};

enum verify_look { VERIFY_RELEASES, VERIFY_OBJECTS, VERIFY_SETTINGS, VERIFY_USAGE };
#define VERIFY_LOOKS 4

struct verify_line {
    enum verify_look look;
    enum verify_verdict verdict;
    const char *part;    /**< "Loki", "nodes" */
    const char *what;    /**< "memory limit" */
    const char *planned; /**< "2Gi" */
    const char *live;    /**< "1Gi"; "-" when there is none */
    const char *remark;  /**< one sentence, or NULL */
};

struct verify {
    struct arena *arena; /**< owns the lines and their texts */
    struct verify_line *lines;
    size_t count, capacity;
    size_t drifts, unseen;
    int revision[RELEASES_MAX]; /**< helm's, of each release in order; 0: it is not there */
    /** Commands, a line each, that put back what somebody changed past helm: simulate deploy leaves
     *  a release alone whose values are as planned. NULL: nothing of the kind was found. */
    const char *mend;
    bool out_of_memory;
};

/** What to compare with. All borrowed. */
struct verify_plan {
    const struct scenario *scenario;
    const struct result *result;
    const struct plan_outcome *outcome; /**< the plan that is meant to run */
};

/** Look at everything. STATUS_OK when the cluster answered, whatever it said: judge `drifts`.
 *  `verify` is empty and has its arena; cluster_find() has been called. */
enum status verify_cluster(const struct cluster *cluster, const struct verify_plan *plan,
                           struct verify *verify, struct diagnostics *diagnostics) MUST_CHECK;

/** A table to read, at most `width` columns wide. */
void verify_write_text(const struct verify *verify, const struct cluster *cluster, unsigned width,
                       bool color, struct text *text);

/** {"context", "drifts", "unseen", "lines": [{"look", "part", "what", "planned", "live",
 *  "verdict", "remark"}], "mend", "smoke": {...}}, one object and a newline; `smoke` NULL:
 *  without it. */
enum status verify_write_json(const struct verify *verify, const struct cluster *cluster,
                              const struct smoke_answer *smoke, struct text *text,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** One line about a smoke test that went well. */
void verify_write_smoke(const struct smoke_answer *smoke, struct text *text);

#endif
