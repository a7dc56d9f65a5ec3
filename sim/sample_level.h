/**
 * The level of a line, as Loki 3.5 detects it for the `detected_level` that it stores with every
 * line (pkg/distributor/field_detection.go).
 *
 * Loki reads the level's field in JSON and logfmt first, then looks for words. Here the field is
 * looked for by its name, which gives the same for lines that have one. Thread safety: pure.
 */
#ifndef SIM_SAMPLE_LEVEL_H
#define SIM_SAMPLE_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_LEVEL_COUNT 8

/** Names as Loki stores them; the last is `unknown`. */
extern const char *const sample_level_names[SAMPLE_LEVEL_COUNT];

/** Index into sample_level_names. */
uint32_t sample_level_of(const char *line, size_t length);

#endif
