#include "models/volume.h"
#include "sim/base/units.h"
#include "tests/unit/assert_close.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* dumpe2fs -h after `mke2fs -t ext4 -F -m0` (e2fsprogs 1.47.0, Debian's mke2fs.conf) on sparse
 * files: free blocks of 4 KiB and free inodes. The kernel's own 16 MiB (4,096 blocks; 2 % below
 * 800 MiB) come off the blocks. From 200 GiB the journal's map takes one more block. */
static const struct {
    double gib, free_blocks, free_inodes;
} measured[] = {
    {1, 249189, 65525},
    {2, 498132, 131061},
    {5, 1268642, 327669},
    {8, 2038641, 524277},
    {10, 2554687, 655349},
    {20, 5116558, 1310709},
    {50, 12822642, 3276789},
    {100, 25656552, 6553589},
    {200, 51328499, 13107189},
    {500, 128734265, 32767989},
    {1000, 257747999, 65535989},
    {2048, 528161765, 134217717},
    {5 * 1024, 1331310819, 167772149},
    {15 * 1024, 3994515424, 503316469},
};

static void ext4_offers_what_mke2fs_leaves(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        const double size_bytes = measured[i].gib * GIB;
        assert_close(volume_usable_bytes(size_bytes), (measured[i].free_blocks - 4096) * 4096, 0,
                     4096);
        assert_close(volume_inodes(size_bytes), measured[i].free_inodes, 0, 0);
    }
}

static void no_size_gives_more_than_it_has(void **state) {
    (void)state;
    static const double sizes[] = {-1, 0, 1, 4096, 1e6, 1e8, 1.5e9, 1e14, 1e18};
    double before = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double usable = volume_usable_bytes(sizes[i]);
        assert_true(usable >= before && usable <= fmax(sizes[i], 0));
        assert_true(volume_inodes(sizes[i]) >= 0);
        before = usable;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ext4_offers_what_mke2fs_leaves),
        cmocka_unit_test(no_size_gives_more_than_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
