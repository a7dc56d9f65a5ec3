/**
 * gp3 volumes with ext4 on them.
 *
 * gp3: up to 64 TiB, with 3,000 IOPS and 125 MiB/s free on any size.
 * ext4 as the EBS CSI driver makes it (mkfs.ext4 -F -m0): one inode (256 B) per 16 KiB (32 KiB from
 * 4 TiB, 64 KiB from 16 TiB), a journal of 32 MiB to 1 GiB, nothing reserved for root; the kernel
 * keeps 2 %, at most 16 MiB, for itself. For whole GiB within one block of what mke2fs 1.47 makes.
 * Source: Amazon EBS user guide; kubernetes/mount-utils mount_linux.go; mke2fs(8), mke2fs.conf(5).
 * Pure functions; thread-safe.
 */
#ifndef MODELS_VOLUME_H
#define MODELS_VOLUME_H

#include "sim/base/units.h"

#define VOLUME_GP3_BYTES_MAX (64 * 1024.0 * GIB)
#define VOLUME_GP3_FREE_IOPS 3000.0
#define VOLUME_GP3_FREE_MIB_PER_SECOND 125.0

/** Bytes and inodes that a fresh ext4 on a volume of `size_bytes` offers to files; 0 for a size
 * that holds none. */
double volume_usable_bytes(double size_bytes);
double volume_inodes(double size_bytes);

#endif
