/**
 * What Loki, Tempo and the log agent say of themselves in their logs, as LogQL.
 *
 * The stack has no Prometheus, so dashboards and alert rules read these lines: Go's garbage
 * collector (GODEBUG=gctrace=1) tells the heap, Loki's flushes and Tempo's compactions tell what
 * goes onto the volumes. Loki logs queries too: patterns hold `msg="` so that no query finds
 * itself. Checked against Loki 3.5.0 and Tempo 2.6.1; the same lines stand in Loki 3.7.6 and
 * Tempo 2.10.8.
 */
#ifndef STACK_OWN_LOGS_H
#define STACK_OWN_LOGS_H

#include "stack/names.h"

/** Setting of GODEBUG that writes one line a collection, some 140 bytes. */
#define OWN_LOGS_GODEBUG "gctrace=1"

#define OWN_LOGS_OF(name) "{namespace=\"" STACK_NAMESPACE "\", app=\"" name "\"}"
#define OWN_LOGS_LOKI OWN_LOGS_OF(STACK_LOKI_NAME)
#define OWN_LOGS_TEMPO OWN_LOGS_OF(STACK_TEMPO_NAME)
#define OWN_LOGS_COLLECTOR OWN_LOGS_OF(STACK_COLLECTOR_NAME)
#define OWN_LOGS_AGENT                                                                             \
    "{namespace=\"" STACK_NAMESPACE "\", app=~\"" STACK_PROMTAIL_NAME "|" STACK_ALLOY_NAME "\"}"
#define OWN_LOGS_PROGRAMS                                                                          \
    "{namespace=\"" STACK_NAMESPACE "\", app=~\"" STACK_LOKI_NAME "|" STACK_TEMPO_NAME             \
    "|" STACK_GRAFANA_NAME "\"}"

/** Highest heap in MiB over `range`, as the collector finds it before it frees anything. */
#define OWN_LOGS_HEAP_MIB(program, range)                                                          \
    "max(max_over_time(" program                                                                   \
    " |~ `^gc \\d+ @` | regexp `\\d+->(?P<heap>\\d+)->\\d+ MB` | unwrap heap [" range "]))"

/** Loki writing a stream's chunks out. */
#define OWN_LOGS_FLUSHES OWN_LOGS_LOKI " |= `msg=\"flushing stream\"`"
/** Sum over `range` of a size that a flush names, in bytes: `total_comp`, `total_uncomp`. */
#define OWN_LOGS_FLUSHED(size, range)                                                              \
    "sum(sum_over_time(" OWN_LOGS_FLUSHES " | logfmt " size " | unwrap bytes(" size ") [" range    \
    "]))"

/** Tempo's new blocks as the compactor takes them up; each passes level 0 once. One expression a
 *  figure: a second one would be a label, and each block a series of its own. */
#define OWN_LOGS_BLOCKS OWN_LOGS_TEMPO " |= `msg=\"compacting block\"` | regexp "
#define OWN_LOGS_STORED_BYTES(range)                                                               \
    "sum(sum_over_time(" OWN_LOGS_BLOCKS "`(?i)Size[:=](?P<bytes>\\d+) CompactionLevel[:=]0` | "   \
    "unwrap bytes [" range "]))"
#define OWN_LOGS_STORED_TRACES(range)                                                              \
    "sum(sum_over_time(" OWN_LOGS_BLOCKS "`(?i)TotalObjects[:=](?P<traces>\\d+) "                  \
    "Size[:=]\\d+ CompactionLevel[:=]0` | unwrap traces [" range "]))"

/** The log agent met Loki's 429, or gave up on a batch. */
#define OWN_LOGS_REFUSED OWN_LOGS_AGENT " |= `error sending batch` |= `status=429`"
#define OWN_LOGS_DROPPED OWN_LOGS_AGENT " |= `final error sending batch`"
/** The collector gave spans up. */
#define OWN_LOGS_DROPPED_SPANS OWN_LOGS_COLLECTOR " |~ `(Dropping|Rejecting) data`"

/** A program's first line. */
#define OWN_LOGS_STARTS OWN_LOGS_PROGRAMS " |~ `msg=\"Starting (Loki|Tempo|Grafana)\"`"

/** A volume without room. The brackets keep the query's own text from matching. */
#define OWN_LOGS_NO_SPACE OWN_LOGS_PROGRAMS " |~ `[:] no space left on device`"

#endif
