/**
 * What must hold before a deployment may change anything.
 *
 * Every check only reads. All problems are collected, so that one run names them all; only what
 * makes further checks pointless (an unreachable cluster, missing permissions) ends them early.
 */
#ifndef STACK_PREFLIGHT_H
#define STACK_PREFLIGHT_H

#include "stack/deploy.h"

/** The cluster answers; sets deployment->server_version, and warns when kubectl is too far from
 *  it. */
enum status preflight_server(struct deployment *deployment,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** May this user do what a deployment does? The message lists the verbs that are missing. */
enum status preflight_permissions(struct deployment *deployment,
                                  struct diagnostics *diagnostics) MUST_CHECK;

/** The namespace, the CSI driver, the StorageClass, Grafana's secret. */
enum status preflight_storage(struct deployment *deployment,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Releases that are there: ours, and in a state from which helm can go on. */
enum status preflight_releases(struct deployment *deployment,
                               struct diagnostics *diagnostics) MUST_CHECK;

/** Volumes that are there against the plan's: a larger one is noted, a smaller one refused. */
enum status preflight_volumes(struct deployment *deployment,
                              struct diagnostics *diagnostics) MUST_CHECK;

/** Is there room on the real nodes for what is not there yet? */
enum status preflight_nodes(struct deployment *deployment,
                            struct diagnostics *diagnostics) MUST_CHECK;

/** Every release rehearsed on the server: the chart is to be had, it renders, and nothing of
 *  somebody else is in its way. Finds what would change. */
enum status preflight_charts(struct deployment *deployment,
                             struct diagnostics *diagnostics) MUST_CHECK;

/** All of them. */
enum status preflight_check(struct deployment *deployment,
                            struct diagnostics *diagnostics) MUST_CHECK;

#endif
