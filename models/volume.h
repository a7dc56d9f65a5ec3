/**
 * gp3 volumes with ext4 on them.
 *
 * gp3: IOPS <= 500 per GiB (3,000 free, 16,000 at most), throughput <= 0.25 MiB/s per IOPS
 * (125 MiB/s free, 1,000 at most). ext4 as the EBS CSI driver makes it: one inode (256 B) per
 * 16 KiB, no reserved blocks, a journal. Source: Amazon EBS user guide; mke2fs(8).
 * Pure functions; thread-safe.
 */
#ifndef MODELS_VOLUME_H
#define MODELS_VOLUME_H

#include "sim/base/status.h"

#define VOLUME_GP3_FREE_IOPS 3000.0
#define VOLUME_GP3_FREE_MIB_PER_SECOND 125.0

struct volume {
    double size_bytes;       /**< as provisioned */
    double iops;             /**< provisioned; VOLUME_GP3_FREE_IOPS by default */
    double mib_per_second;   /**< provisioned; VOLUME_GP3_FREE_MIB_PER_SECOND by default */
};

/** Bytes and inodes a fresh ext4 on it offers to files. */
double volume_usable_bytes(const struct volume *volume);
double volume_inodes(const struct volume *volume);

/** STATUS_OK, or a diagnostic that names the gp3 rule broken. */
enum status volume_check(const struct volume *volume, const char *what,
                         struct diagnostics *diagnostics) MUST_CHECK;

#endif
