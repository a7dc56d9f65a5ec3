#include "models/volume.h"

#include <math.h>
#include <stddef.h>

#define TIB (1024.0 * GIB)

#define BLOCK_BYTES 4096.0
#define BLOCKS_PER_GROUP 32768.0
#define INODE_BYTES 256.0
#define INODES_PER_BLOCK (BLOCK_BYTES / INODE_BYTES)
#define DESCRIPTORS_PER_BLOCK 64.0
#define RESERVED_DESCRIPTOR_BLOCKS_MAX 1024.0
#define BITMAP_BLOCKS 2.0
#define ROOT_BLOCKS 6.0    /* root folder, lost+found, the journal's map */
#define SYSTEM_INODES 11.0 /* ten reserved ones and lost+found */
#define KERNEL_RESERVE_FRACTION 0.02
#define KERNEL_RESERVE_BLOCKS_MAX 4096.0

/** A value that holds up to a size; the last row's size is infinite. */
struct step {
    double below;
    double value;
};

/** mke2fs's journal in blocks, by the blocks of the file system. */
static const struct step journal_steps[] = {
    {32768, 1024},    {262144, 4096},    {524288, 8192},     {4194304, 16384},
    {8388608, 32768}, {16777216, 65536}, {33554432, 131072}, {INFINITY, 262144},
};

/** Bytes per inode in mke2fs.conf, by the bytes of the file system. */
static const struct step inode_steps[] = {
    {4 * TIB, 16384},
    {16 * TIB, 32768},
    {INFINITY, 65536},
};

static double step_value(const struct step *steps, double size) {
    while (!(size < steps->below) && isfinite(steps->below))
        steps++;
    return steps->value;
}

/** Block groups that keep a copy of the superblock: 0, 1 and the powers of 3, 5 and 7. */
static double superblock_copies(double groups) {
    static const double bases[] = {3, 5, 7};
    double copies = fmin(groups, 2);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        for (double group = bases[i]; group < groups; group *= bases[i])
            copies++;
    return copies;
}

struct layout {
    double blocks, groups, inodes_per_group;
};

static struct layout lay_out(double size_bytes) {
    struct layout layout = {.blocks = floor(fmax(size_bytes, 0) / BLOCK_BYTES)};
    layout.groups = ceil(layout.blocks / BLOCKS_PER_GROUP);
    if (layout.groups > 0) {
        double inodes = size_bytes / step_value(inode_steps, size_bytes);
        double even = ceil(inodes / layout.groups / INODES_PER_BLOCK) * INODES_PER_BLOCK;
        layout.inodes_per_group = fmin(even, 8 * BLOCK_BYTES);
    }
    return layout;
}

/** Superblock, group descriptors and the descriptors kept free for growing to 1,024 times. */
static double copied_blocks(const struct layout *layout) {
    double descriptors = ceil(layout->groups / DESCRIPTORS_PER_BLOCK);
    double grown_blocks = fmin(layout->blocks * 1024, 4294967296.0);
    double grown = ceil(grown_blocks / BLOCKS_PER_GROUP / DESCRIPTORS_PER_BLOCK);
    double reserved = fmin(fmax(grown - descriptors, 0), RESERVED_DESCRIPTOR_BLOCKS_MAX);
    return 1 + descriptors + reserved;
}

double volume_usable_bytes(double size_bytes) {
    struct layout layout = lay_out(size_bytes);
    double group_blocks = BITMAP_BLOCKS + layout.inodes_per_group / INODES_PER_BLOCK;
    double taken = layout.groups * group_blocks +
                   superblock_copies(layout.groups) * copied_blocks(&layout) +
                   step_value(journal_steps, layout.blocks) + ROOT_BLOCKS +
                   fmin(layout.blocks * KERNEL_RESERVE_FRACTION, KERNEL_RESERVE_BLOCKS_MAX);
    return fmax(layout.blocks - taken, 0) * BLOCK_BYTES;
}

double volume_inodes(double size_bytes) {
    struct layout layout = lay_out(size_bytes);
    return fmax(layout.groups * layout.inodes_per_group - SYSTEM_INODES, 0);
}
