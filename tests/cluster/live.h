/**
 * The live cluster of a test, looked at and steered past the program: with kubectl and helm.
 *
 * Texts belong to the test's arena. Any command that fails, fails the running test.
 */
#ifndef TESTS_CLUSTER_LIVE_H
#define TESTS_CLUSTER_LIVE_H

#include "tests/e2e/program.h"

#include <jansson.h>

/** What `kubectl WORDS...` prints. */
#define LIVE_KUBECTL(program, ...)                                                                 \
    live_run((program), (const char *const[]){"kubectl", __VA_ARGS__, NULL})
/** What `helm WORDS...` prints. */
#define LIVE_HELM(program, ...)                                                                    \
    live_run((program), (const char *const[]){"helm", __VA_ARGS__, NULL})
char *live_run(struct program *program, const char *const words[]);

/** Like a new cluster of one node: nothing fails any more, the stack's namespace and StorageClass
 *  are gone. */
void live_renew(struct program *program);

/** The newest revision of a release in the stack's namespace; 0 when there is none. `*status` (may
 *  be NULL) is "deployed", "failed", ... */
int live_revision(struct program *program, const char *release, const char **status);

/** The sum of all releases' revisions, and their number: changes with any install or upgrade. */
int live_revisions(struct program *program, size_t *count);

/** Tell the node agent one thing, and no longer what it was told before; NULL: nothing at all. Keys
 *  are those of readSettings() in tests/cluster/kube/agent.go: "fail.grafana=CrashLoopBackOff". */
void live_tell(struct program *program, const char *setting);

/** What a JSONPath gives of one thing in the stack's namespace: live_field(program, "pvc",
 *  "storage-loki-0", "{.spec.resources.requests.storage}"). "" when the thing is not there. */
char *live_field(struct program *program, const char *kind, const char *name, const char *path);

#endif
