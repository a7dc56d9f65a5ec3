#include "models/node.h"

#include "sim/base/csv.h"
#include "sim/base/embedded.h"
#include "sim/base/units.h"

#include <math.h>
#include <string.h>

#define TABLE "models/data/instances.csv"
#define SECONDS_PER_CREDIT SECONDS_PER_MINUTE

/** One number of a type: its column, where it goes, what an empty cell means, and the factor from
 *  the column's unit to the field's. */
static const struct field {
    const char *column;
    size_t offset;
    double if_empty;
    double factor;
} fields[] = {
#define FIELD(column, member, if_empty, factor)                                                    \
    { column, offsetof(struct instance_type, member), if_empty, factor }
    FIELD("vcpu", vcpu, 0, 1),
    FIELD("memory_kernel_mib", memory_kernel_mib, 0, 1),
    FIELD("credits_per_hour", credits_per_hour, 0, 1),
    FIELD("credit_cap", credit_cap, 0, 1),
    FIELD("baseline_percent", baseline_fraction, 100, 0.01),
    FIELD("ebs_baseline_iops", ebs_baseline_iops, NAN, 1),
    FIELD("ebs_max_iops", ebs_max_iops, NAN, 1),
    FIELD("ebs_baseline_mbit_per_second", ebs_baseline_mib_per_second, NAN, 1e6 / 8 / MIB),
    FIELD("ebs_max_mbit_per_second", ebs_max_mib_per_second, NAN, 1e6 / 8 / MIB),
#undef FIELD
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

/** Numbers that do not go into a double of the type. */
enum extra { EXTRA_PODS, EXTRA_ARM };
#define EXTRA_COUNT 2
static const char *const extra_columns[EXTRA_COUNT] = {"max_pods", "arm"};

struct columns {
    size_t name, fields[FIELD_COUNT], extras[EXTRA_COUNT];
};

static enum status find_columns(const struct csv_table *csv, struct columns *columns,
                                struct diagnostics *diagnostics) {
    enum status status = csv_column(csv, "type", &columns->name, diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < FIELD_COUNT; i++)
        status = csv_column(csv, fields[i].column, &columns->fields[i], diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < EXTRA_COUNT; i++)
        status = csv_column(csv, extra_columns[i], &columns->extras[i], diagnostics);
    return status;
}

static enum status read_type(const struct csv_table *csv, const struct columns *columns, size_t row,
                             struct instance_type *type, struct diagnostics *diagnostics) {
    type->name = csv_cell(csv, row, columns->name);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        double value = 0;
        enum status status =
            csv_number(csv, row, columns->fields[i], fields[i].if_empty, &value, diagnostics);
        if (status != STATUS_OK)
            return status;
        value *= fields[i].factor;
        memcpy((char *)type + fields[i].offset, &value, sizeof value);
    }
    double extras[EXTRA_COUNT] = {0};
    for (size_t i = 0; i < EXTRA_COUNT; i++) {
        enum status status = csv_number(csv, row, columns->extras[i], 0, &extras[i], diagnostics);
        if (status != STATUS_OK)
            return status;
    }
    type->max_pods = (unsigned)extras[EXTRA_PODS];
    type->arm = extras[EXTRA_ARM] != 0;
    type->burstable = type->credits_per_hour > 0;
    return STATUS_OK;
}

enum status instance_table_shipped(struct arena *arena, struct instance_table *table,
                                   struct diagnostics *diagnostics) {
    size_t length = 0;
    const char *bytes = embedded_file(TABLE, &length);
    if (!bytes)
        return diagnostics_add(diagnostics, STATUS_INTERNAL, TABLE, 0, 0,
                               "the table is not in the program");
    struct csv_table csv;
    struct columns columns;
    enum status status = csv_read(arena, TABLE, bytes, length, &csv, diagnostics);
    if (status == STATUS_OK)
        status = find_columns(&csv, &columns, diagnostics);
    if (status != STATUS_OK)
        return status;
    struct instance_type *types = arena_array(arena, csv.rows, sizeof *types);
    if (!types)
        return diagnostics_out_of_memory(diagnostics, TABLE);
    for (size_t row = 0; status == STATUS_OK && row < csv.rows; row++)
        status = read_type(&csv, &columns, row, &types[row], diagnostics);
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
