/**
 * Places in the bytes of one CSV row. Private to the csv_stream files.
 */
#ifndef SIM_BASE_CSV_STREAM_ROW_H
#define SIM_BASE_CSV_STREAM_ROW_H

#include <stddef.h>

/** Offset of the first field whose quotes are wrong; 0 when none is. */
size_t csv_stream_row_damage(const char *raw, size_t length);

/** Column, from 1, of byte `offset`; moves `*line`, on which the row begins, to its line. */
void csv_stream_row_place(const char *raw, size_t offset, unsigned *line, unsigned *column);

#endif
