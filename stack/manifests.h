/**
 * The Kubernetes objects that must be there before the charts: namespace and StorageClass.
 */
#ifndef STACK_MANIFESTS_H
#define STACK_MANIFESTS_H

#include "sim/base/status.h"
#include "sim/base/text.h"

/** Add the namespace `observability`. */
enum status manifests_namespace(struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

/** Add the StorageClass `gp3`: encrypted ext4, bound to the zone where the pod lands, growable. */
enum status manifests_storage_class(struct text *text, struct diagnostics *diagnostics) MUST_CHECK;

#endif
