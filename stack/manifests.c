#include "stack/manifests.h"

#include "stack/names.h"
#include "stack/yaml_writer.h"

static void head(struct yaml_writer *writer, const char *version, const char *kind,
                 const char *name) {
    yaml_writer_string(writer, "apiVersion", version);
    yaml_writer_string(writer, "kind", kind);
    yaml_writer_mapping(writer, "metadata");
    yaml_writer_string(writer, "name", name);
}

enum status manifests_namespace(struct text *text, struct diagnostics *diagnostics) {
    struct yaml_writer writer;
    text_add(text,
             "# Namespace of the stack. Apply before the charts: kubectl apply -f manifests/\n"
             "# The log agent mounts folders of its node, which the baseline level of Pod "
             "Security\n"
             "# Standards forbids; the level is therefore set where it applies, and what the "
             "other\n"
             "# pods would violate is still written to the audit log.\n\n");
    yaml_writer_open(&writer, text);
    yaml_writer_mapping(&writer, NULL);
    head(&writer, "v1", "Namespace", STACK_NAMESPACE);
    yaml_writer_mapping(&writer, "labels");
    yaml_writer_string(&writer, "pod-security.kubernetes.io/enforce", "privileged");
    yaml_writer_string(&writer, "pod-security.kubernetes.io/audit", "restricted");
    yaml_writer_end(&writer);
    yaml_writer_end(&writer);
    yaml_writer_end(&writer);
    return yaml_writer_close(&writer, diagnostics);
}

enum status manifests_storage_class(struct text *text, struct diagnostics *diagnostics) {
    struct yaml_writer writer;
    text_add(text,
             "# StorageClass of the stack's volumes; EKS brings none for gp3. Needs the "
             "add-on aws-ebs-csi-driver.\n"
             "# WaitForFirstConsumer: a volume is made in the zone where its pod lands.\n"
             "# allowVolumeExpansion: gp3 grows in place, at most once in six hours; it never "
             "shrinks.\n\n");
    yaml_writer_open(&writer, text);
    yaml_writer_mapping(&writer, NULL);
    head(&writer, "storage.k8s.io/v1", "StorageClass", STACK_STORAGE_CLASS);
    yaml_writer_end(&writer);
    yaml_writer_string(&writer, "provisioner", "ebs.csi.aws.com");
    yaml_writer_mapping(&writer, "parameters");
    yaml_writer_string(&writer, "type", "gp3");
    /* Parameters are strings: a boolean here is refused by the API server. */
    yaml_writer_string(&writer, "encrypted", "true");
    yaml_writer_string(&writer, "csi.storage.k8s.io/fstype", "ext4");
    yaml_writer_end(&writer);
    yaml_writer_string(&writer, "volumeBindingMode", "WaitForFirstConsumer");
    yaml_writer_string(&writer, "reclaimPolicy", "Delete");
    yaml_writer_plain(&writer, "allowVolumeExpansion", "true");
    yaml_writer_end(&writer);
    return yaml_writer_close(&writer, diagnostics);
}
