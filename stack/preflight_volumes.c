#include "stack/preflight.h"

#include "sim/base/units.h"

#include <stdio.h>
#include <string.h>

/** Sizes are whole bytes; less than one apart is the same. */
static bool is_larger(double a, double b) {
    return a - b >= 1;
}

/** The size that an object asks for at `resources`, 0 when it is none. */
static double asked_bytes(const json_t *spec) {
    double bytes = 0;
    return units_bytes(kubectl_string(spec, "resources", "requests", "storage", NULL), &bytes)
               ? bytes
               : 0;
}

static enum status refuse_smaller(const struct deploy_item *item, double there_bytes,
                                  struct diagnostics *diagnostics) {
    char there[32], wanted[32], hint[240];
    const struct release *release = item->release;
    units_print_quantity(there, sizeof there, there_bytes);
    units_print_quantity(wanted, sizeof wanted, item->volume.wanted_bytes);
    snprintf(hint, sizeof hint,
             "plan with stack.%s.volume at %s or more, or give up the data: deploy --uninstall "
             "--delete-data",
             component_name(release->component), there);
    return deploy_refuse(diagnostics, hint,
                         "%s: volume %s has %s and the plan says %s; a volume cannot shrink",
                         release->name, release->claim, there, wanted);
}

static enum status check_growth(const struct deployment *deployment, const struct deploy_item *item,
                                const char *class_name, struct diagnostics *diagnostics) {
    json_t *class = NULL;
    char there[32], wanted[32];
    enum status status = STATUS_OK;
    if (kubectl_name_is_valid(class_name))
        status = kubectl_get(&deployment->cluster, "storageclass", class_name, &class, diagnostics);
    bool may = json_is_true(json_object_get(class, "allowVolumeExpansion"));
    json_decref(class);
    if (status != STATUS_OK || may)
        return status;
    return deploy_refuse(
        diagnostics, "kubectl patch storageclass can set allowVolumeExpansion: true",
        "%s: volume %s is to grow from %s to %s, but StorageClass %s does not allow it",
        item->release->name, item->release->claim,
        units_print_quantity(there, sizeof there, item->volume.claimed_bytes),
        units_print_quantity(wanted, sizeof wanted, item->volume.wanted_bytes), class_name);
}

static enum status find_claim(const struct deployment *deployment, struct deploy_item *item,
                              struct diagnostics *diagnostics) {
    json_t *claim;
    enum status status = kubectl_get(&deployment->cluster, "persistentvolumeclaim",
                                     item->release->claim, &claim, diagnostics);
    if (status != STATUS_OK || !claim)
        return status;
    struct deploy_volume *volume = &item->volume;
    volume->claimed_bytes = asked_bytes(json_object_get(claim, "spec"));
    if (is_larger(volume->claimed_bytes, volume->wanted_bytes))
        status = refuse_smaller(item, volume->claimed_bytes, diagnostics);
    else if (is_larger(volume->wanted_bytes, volume->claimed_bytes)) {
        volume->grows = true;
        status = check_growth(deployment, item,
                              kubectl_string(claim, "spec", "storageClassName", NULL), diagnostics);
    }
    json_decref(claim);
    return status;
}

/** A StatefulSet's volume template cannot be changed, so one of another size is deleted, its pod
 *  and volume kept, and made anew by the upgrade. */
static enum status find_template(const struct deployment *deployment, struct deploy_item *item,
                                 struct diagnostics *diagnostics) {
    json_t *set;
    enum status status = kubectl_get(&deployment->cluster, "statefulset", item->release->workload,
                                     &set, diagnostics);
    const json_t *templates = kubectl_value(set, "spec", "volumeClaimTemplates", NULL);
    if (json_array_size(templates) > 0) {
        struct deploy_volume *volume = &item->volume;
        volume->template_bytes = asked_bytes(json_object_get(json_array_get(templates, 0), "spec"));
        volume->recreates = is_larger(volume->wanted_bytes, volume->template_bytes);
        if (status == STATUS_OK && is_larger(volume->template_bytes, volume->wanted_bytes))
            status = refuse_smaller(item, volume->template_bytes, diagnostics);
    }
    json_decref(set);
    return status;
}

enum status preflight_volumes(struct deployment *deployment, struct diagnostics *diagnostics) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < deployment->releases.count; i++) {
        struct deploy_item *item = &deployment->items[i];
        enum status found = STATUS_OK;
        if (item->release->claim && item->volume.wanted_bytes > 0)
            found = find_claim(deployment, item, diagnostics);
        if (found == STATUS_OK && item->release->claim && item->volume.wanted_bytes > 0 &&
            strcmp(item->release->workload_kind, "StatefulSet") == 0)
            found = find_template(deployment, item, diagnostics);
        if (status == STATUS_OK)
            status = found;
    }
    return status;
}
