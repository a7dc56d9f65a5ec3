/**
 * SIMD_CLONES: compile a function for several instruction sets and pick one when the program
 * starts, so that one binary runs everywhere and fast. Results are the same bits on all of them:
 * the kernels use no contraction and no reassociation.
 */
#ifndef SIM_SIMD_H
#define SIM_SIMD_H

/* Sanitizers cannot instrument the resolver, and clang 14 does not know these target names. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(SIMD_NO_CLONES)
#define SIMD_CLONES                                                                                \
    __attribute__((noinline, target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
/* Not inlined either: a caller would lose what `restrict` says, and with it the vector loop. */
#define SIMD_CLONES __attribute__((noinline))
#endif

#endif
