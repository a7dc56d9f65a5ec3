#include "models/node.h"

#include "sim/base/csv.h"
#include "sim/base/units.h"

#include <math.h>
#include <string.h>

#define SECONDS_PER_CREDIT SECONDS_PER_MINUTE
#define MIB_PER_MBIT (1e6 / 8 / MIB)

/** A row of models/data/instances.csv in the table's own units. */
struct facts {
    double vcpu, memory_kernel_mib, max_pods, arm;
    double credits_per_hour, credit_cap, baseline_percent;
    double ebs_baseline_iops, ebs_max_iops;
    double ebs_baseline_mbit_per_second, ebs_max_mbit_per_second;
};

#define FACT(name, if_empty)                                                                       \
    { #name, offsetof(struct facts, name), if_empty }
static const struct csv_field fields[] = {
    FACT(vcpu, 0),
    FACT(memory_kernel_mib, 0),
    FACT(max_pods, 0),
    FACT(arm, 0),
    FACT(credits_per_hour, 0),
    FACT(credit_cap, 0),
    FACT(baseline_percent, 100),
    FACT(ebs_baseline_iops, NAN),
    FACT(ebs_max_iops, NAN),
    FACT(ebs_baseline_mbit_per_second, NAN),
    FACT(ebs_max_mbit_per_second, NAN),
};

static struct instance_type type_of(const char *name, const struct facts *facts) {
    return (struct instance_type){
        .name = name,
        .vcpu = facts->vcpu,
        .memory_kernel_mib = facts->memory_kernel_mib,
        .max_pods = (unsigned)facts->max_pods,
        .credits_per_hour = facts->credits_per_hour,
        .credit_cap = facts->credit_cap,
        .baseline_fraction = facts->baseline_percent * 0.01,
        .burstable = facts->credits_per_hour > 0,
        .arm = facts->arm != 0,
        .ebs_baseline_iops = facts->ebs_baseline_iops,
        .ebs_max_iops = facts->ebs_max_iops,
        .ebs_baseline_mib_per_second = facts->ebs_baseline_mbit_per_second * MIB_PER_MBIT,
        .ebs_max_mib_per_second = facts->ebs_max_mbit_per_second * MIB_PER_MBIT,
    };
}

enum status instance_table_shipped(struct arena *arena, struct instance_table *table,
                                   struct diagnostics *diagnostics) {
    struct csv_table csv;
    size_t name = 0;
    enum status status = csv_read_shipped(arena, "models/data/instances.csv", &csv, diagnostics);
    if (status == STATUS_OK)
        status = csv_column(&csv, "type", &name, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct facts *facts = arena_array(arena, csv.rows, sizeof *facts);
    struct instance_type *types = arena_array(arena, csv.rows, sizeof *types);
    if (!facts || !types)
        return diagnostics_out_of_memory(diagnostics, csv.file);
    status =
        csv_fill(&csv, fields, sizeof fields / sizeof *fields, facts, sizeof *facts, diagnostics);
    for (size_t row = 0; row < csv.rows; row++)
        types[row] = type_of(csv_cell(&csv, row, name), &facts[row]);
    *table = (struct instance_table){.types = types, .count = csv.rows};
    return status;
}

const struct instance_type *instance_find(const struct instance_table *table, const char *name) {
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->types[i].name, name) == 0)
            return &table->types[i];
    return NULL;
}

double node_allocatable_cores(const struct instance_type *type) {
    static const struct {
        double up_to_cores, reserved_fraction;
    } tiers[] = {{1, 0.06}, {2, 0.01}, {4, 0.005}, {INFINITY, 0.0025}};
    double reserved = 0, below = 0;
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers && type->vcpu > below; i++) {
        reserved += (fmin(type->vcpu, tiers[i].up_to_cores) - below) * tiers[i].reserved_fraction;
        below = tiers[i].up_to_cores;
    }
    return type->vcpu - reserved;
}

double node_allocatable_bytes(const struct instance_type *type) {
    double reserved_mib = 255 + 11 * (double)type->max_pods;
    double eviction_mib = 100;
    return fmax(type->memory_kernel_mib - reserved_mib - eviction_mib, 0) * MIB;
}

/** Earned credits beyond what is spent: first against surplus, then kept up to the cap. */
static void save(const struct instance_type *type, double credits, struct credit_state *state) {
    double repaid = fmin(credits, state->surplus);
    state->surplus -= repaid;
    state->balance += credits - repaid;
    double lost = fmax(state->balance - type->credit_cap, 0);
    state->balance -= lost;
    state->lost += lost;
}

/** Credits taken from the balance, up to `credits`. */
static double draw(double credits, struct credit_state *state) {
    double drawn = fmin(credits, state->balance);
    state->balance -= drawn;
    return drawn;
}

/** Credits spent that were not there; what exceeds a day's earnings is billed. */
static void borrow(const struct instance_type *type, double credits, struct credit_state *state) {
    state->surplus += credits;
    double charged = fmax(state->surplus - type->credit_cap, 0);
    state->surplus -= charged;
    state->surplus_charged += charged;
}

double credit_step(const struct instance_type *type, bool unlimited, double wanted_cores,
                   double seconds, struct credit_state *state) {
    double served = fmin(fmax(wanted_cores, 0), type->vcpu);
    if (!type->burstable || !(seconds > 0))
        return served;
    double earned = type->credits_per_hour * seconds / SECONDS_PER_HOUR;
    double spent = served * seconds / SECONDS_PER_CREDIT;
    double missing = 0;
    if (spent <= earned) {
        save(type, earned - spent, state);
    } else {
        missing = spent - earned;
        missing -= draw(missing, state);
    }
    if (missing > 0 && unlimited) {
        borrow(type, missing, state);
    } else if (missing > 0) {
        spent -= missing;
        served = spent * SECONDS_PER_CREDIT / seconds;
    }
    state->earned += earned;
    state->spent += spent;
    return served;
}
