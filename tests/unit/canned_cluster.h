/**
 * kubectl and helm that answer from files: a folder with one script under both names, first in
 * PATH. A pattern is the shell's, over all words of the command: "kubectl * get pods *". What
 * matches none fails with a message.
 */
#ifndef TESTS_UNIT_CANNED_CLUSTER_H
#define TESTS_UNIT_CANNED_CLUSTER_H

#include <jansson.h>

struct canned_cluster {
    char folder[64];
    char *path_before;
};

/** Make the folder and put it first in PATH. Fails the running test on any error. */
void canned_cluster_start(struct canned_cluster *fake);

/** Remove the folder; PATH is as it was. */
void canned_cluster_stop(struct canned_cluster *fake);

/** From now on a command like `pattern` prints `text`; later patterns win over earlier ones. */
void canned_cluster_answer(struct canned_cluster *fake, const char *pattern, const char *text);

/** The same for JSON, which is taken over. */
void canned_cluster_answer_json(struct canned_cluster *fake, const char *pattern, json_t *json);

#endif
