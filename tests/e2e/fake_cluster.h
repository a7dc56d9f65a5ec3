/**
 * kubectl and helm as far as `simulate deploy` calls them, played by the test program itself: tests
 * link it under both names into a folder that comes first in PATH. A folder (FAKE_CLUSTER) is the
 * cluster: what was called, line by line, in `log`; releases in `releases.json`; objects in
 * `KIND.NAME` as `kubectl get --output json` prints them. What a test puts there is how the cluster
 * misbehaves: see fake_cluster.c.
 */
#ifndef TESTS_E2E_FAKE_CLUSTER_H
#define TESTS_E2E_FAKE_CLUSTER_H

#include "tests/e2e/program.h"

/** One of its contexts, beside "prod" and "staging": as long as EKS makes them. */
#define FAKE_CLUSTER_LONG_CONTEXT                                                                  \
    "arn:aws:eks:ap-southeast-2:123456789012:cluster/production-observability-platform-blue"

/** Play kubectl or helm if the program was called by such a name: its exit status, else -1. */
int fake_cluster_play(int argc, char *argv[]);

/** Set up an empty cluster below the test's folder, and PATH and FAKE_CLUSTER for what is run. */
void fake_cluster_begin(struct program *program);

/** Put PATH back. */
void fake_cluster_end(void);

/** Write a file of the cluster. */
void fake_cluster_put(struct program *program, const char *name, const char *content);

/** A file of the cluster, "" when there is none; the test's arena. */
const char *fake_cluster_read(struct program *program, const char *name);

#endif
