#include "stack/names.h"
#include "stack/preflight.h"
#include "stack/secret.h"

#include <stdio.h>
#include <string.h>

#define EBS_DRIVER "ebs.csi.aws.com"
/** Compiled into Kubernetes once; today the same driver answers to it. */
#define EBS_IN_TREE "kubernetes.io/aws-ebs"

static enum status find_namespace(struct deployment *deployment, struct diagnostics *diagnostics) {
    json_t *object;
    const char *name = deployment->cluster.name_space;
    enum status status = kubectl_get(&deployment->cluster, "namespace", name, &object, diagnostics);
    if (status != STATUS_OK)
        return status;
    deployment->namespace_exists = object != NULL;
    if (strcmp(kubectl_string(object, "status", "phase", NULL), "Terminating") == 0)
        status = deploy_refuse(diagnostics, "wait until kubectl get namespace no longer lists it",
                               "the namespace %s is being deleted", name);
    json_decref(object);
    return status;
}

static void warn_of_class(struct deployment *deployment, const json_t *class) {
    const char *name = STACK_STORAGE_CLASS;
    const char *provisioner = kubectl_string(class, "provisioner", NULL);
    if (!strstr(provisioner, "ebs"))
        deploy_warn(deployment,
                    "StorageClass %s is served by %s, not EBS: the plan's volume prices are EBS's.",
                    name, provisioner);
    if (strcmp(kubectl_string(class, "volumeBindingMode", NULL), "WaitForFirstConsumer") != 0)
        deploy_warn(deployment,
                    "StorageClass %s binds volumes at once: one may land in a zone that has no "
                    "room for its pod.",
                    name);
    if (!json_is_true(json_object_get(class, "allowVolumeExpansion")))
        deploy_warn(deployment, "StorageClass %s does not let volumes grow.", name);
    if (strcmp(kubectl_string(class, "parameters", "encrypted", NULL), "true") != 0)
        deploy_warn(deployment, "StorageClass %s does not ask for encrypted volumes.", name);
}

/** The class that is there is kept: its parameters cannot be changed. */
static enum status find_class(struct deployment *deployment, char *driver, size_t size,
                              struct diagnostics *diagnostics) {
    json_t *class;
    enum status status =
        kubectl_get(&deployment->cluster, "storageclass", STACK_STORAGE_CLASS, &class, diagnostics);
    snprintf(driver, size, "%s", EBS_DRIVER);
    deployment->storage_class_exists = class != NULL;
    if (status != STATUS_OK || !class)
        return status;
    const char *provisioner = kubectl_string(class, "provisioner", NULL);
    if (strcmp(provisioner, EBS_IN_TREE) != 0)
        snprintf(driver, size, "%s", provisioner);
    warn_of_class(deployment, class);
    json_decref(class);
    return STATUS_OK;
}

static enum status find_driver(struct deployment *deployment, const char *driver,
                               struct diagnostics *diagnostics) {
    json_t *object;
    if (!kubectl_name_is_valid(driver))
        return deploy_refuse(diagnostics, NULL, "StorageClass %s names no usable provisioner",
                             STACK_STORAGE_CLASS);
    enum status status =
        kubectl_get(&deployment->cluster, "csidriver", driver, &object, diagnostics);
    if (status == STATUS_OK && !object)
        status = deploy_refuse(
            diagnostics,
            strcmp(driver, EBS_DRIVER) == 0
                ? "aws eks create-addon --addon-name aws-ebs-csi-driver --cluster-name CLUSTER "
                  "installs it (it needs a role with AmazonEBSCSIDriverPolicy)"
                : NULL,
            "the CSI driver %s is not installed: no volume can be made", driver);
    json_decref(object);
    return status;
}

enum status preflight_storage(struct deployment *deployment, struct diagnostics *diagnostics) {
    char driver[254];
    enum status status = find_namespace(deployment, diagnostics);
    enum status found = find_class(deployment, driver, sizeof driver, diagnostics);
    if (found == STATUS_OK)
        found = find_driver(deployment, driver, diagnostics);
    if (status == STATUS_OK)
        status = found;
    found = secret_find(&deployment->cluster, &deployment->secret_exists, diagnostics);
    return status == STATUS_OK ? found : status;
}
