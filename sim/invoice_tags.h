/**
 * Cluster and namespace of a billed resource, from its tags.
 *
 * EKS puts `aws:eks:cluster-name` on the nodes of managed groups, eksctl and Kubernetes
 * `kubernetes.io/cluster/NAME` and others on what they make; the EBS driver puts
 * `kubernetes.io/created-for/pvc/namespace` on volumes; split cost allocation has
 * `aws:eks:namespace`. Bills write the same keys with prefixes and other punctuation, so letters
 * and digits alone are compared. Thread-safe.
 */
#ifndef SIM_INVOICE_TAGS_H
#define SIM_INVOICE_TAGS_H

#include <stdbool.h>

#define INVOICE_NAME_BYTES 104

struct invoice_tags {
    char cluster[INVOICE_NAME_BYTES]; /**< "" when no tag tells */
    char space[INVOICE_NAME_BYTES];   /**< the namespace; "" when no tag tells */
};

/** Could the key tell of either? */
bool invoice_tag_matters(const char *key);

/** Take one tag in. */
void invoice_tag_take(const char *key, const char *value, struct invoice_tags *tags);

/** Take all tags of a JSON object in, as FOCUS and CUR 2.0 write them. False when it is no such
 *  object; an empty text is. */
bool invoice_tags_take_json(const char *json, struct invoice_tags *tags);

#endif
