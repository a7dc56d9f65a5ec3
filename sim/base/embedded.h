/**
 * The data files that ship inside the program, so that one binary works from any folder.
 */
#ifndef SIM_BASE_EMBEDDED_H
#define SIM_BASE_EMBEDDED_H

#include <stddef.h>

/** Bytes of the shipped file `path` (its path in the source tree, such as
 *  `models/data/instances.csv`), or NULL when there is none. Static storage; thread-safe. */
const char *embedded_file(const char *path, size_t *length);

#endif
