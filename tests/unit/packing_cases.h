/**
 * What a real kube-scheduler 1.34 (default profile) did on thirteen small clusters.
 *
 * On each node: the DaemonSet pods of packing_daemons. Then, in this order, two CoreDNS and two EBS
 * CSI controller pods (packing_system), Loki, Tempo, Grafana and the OpenTelemetry Collector, none
 * of them owned by a set. Observed, not computed; requests in millicores and MiB.
 */
#ifndef TESTS_UNIT_PACKING_CASES_H
#define TESTS_UNIT_PACKING_CASES_H

struct packing_request {
    int millicores, mib;
};

/** aws-node, kube-proxy, ebs-csi-node, promtail. */
static const struct packing_request packing_daemons[] = {{50, 0}, {100, 0}, {30, 104}, {50, 64}};

static const struct packing_request packing_system[] = {{100, 70}, {100, 70}, {60, 232}, {60, 232}};

#define PACKING_CASE_NODES 3
#define PACKING_CASE_PODS 8

static const struct packing_case {
    const char *types[PACKING_CASE_NODES]; /**< NULL where there are fewer nodes */
    struct packing_request requests[4];    /**< Loki, Tempo, Grafana, collector */
    int placed[PACKING_CASE_PODS];         /**< node index of each pod, in order */
} packing_cases[] = {
    {{"t3.medium", "t3.medium", "t3.small"},
     {{1000, 768}, {250, 768}, {100, 128}, {100, 256}},
     {0, 1, 1, 0, 2, 0, 1, 1}},
    {{"t3.medium", "t3.large"},
     {{250, 2048}, {250, 256}, {100, 512}, {100, 128}},
     {1, 1, 0, 1, 1, 0, 0, 1}},
    {{"t3.medium", "t3.medium"},
     {{1000, 768}, {250, 768}, {100, 512}, {100, 256}},
     {1, 0, 0, 1, 1, 0, 0, 0}},
    {{"t3.medium"}, {{250, 512}, {250, 768}, {100, 128}, {100, 128}}, {0, 0, 0, 0, 0, 0, 0, 0}},
    {{"t3.medium", "t3.medium"},
     {{500, 768}, {250, 1536}, {100, 256}, {100, 128}},
     {1, 0, 1, 0, 0, 1, 0, 0}},
    {{"t3.large", "t3.medium"},
     {{500, 1024}, {250, 1024}, {100, 256}, {100, 128}},
     {0, 0, 1, 1, 0, 1, 0, 1}},
    {{"t3.medium", "t3.small", "t3.medium"},
     {{800, 1024}, {500, 1024}, {100, 128}, {100, 256}},
     {2, 0, 0, 2, 0, 2, 1, 1}},
    {{"t3.medium", "t3.small"},
     {{800, 512}, {500, 1536}, {100, 128}, {100, 256}},
     {0, 0, 0, 0, 1, 0, 1, 0}},
    {{"t3.large", "t3.small"},
     {{1000, 512}, {250, 768}, {100, 128}, {100, 128}},
     {0, 0, 0, 0, 1, 0, 0, 0}},
    {{"t3.medium", "t3.medium"},
     {{800, 1536}, {250, 1024}, {100, 256}, {100, 128}},
     {0, 1, 0, 1, 1, 0, 0, 0}},
    {{"t3.small", "t3.medium"},
     {{800, 2048}, {500, 768}, {100, 256}, {100, 256}},
     {1, 1, 1, 1, 1, 0, 0, 1}},
    {{"t3.small", "t3.medium", "t3.medium"},
     {{800, 768}, {250, 768}, {100, 512}, {100, 256}},
     {1, 2, 1, 2, 1, 2, 2, 0}},
    {{"t3.medium", "t3.small"},
     {{250, 2048}, {500, 256}, {100, 128}, {100, 256}},
     {0, 0, 0, 0, 0, 1, 1, 1}},
};
#define PACKING_CASE_COUNT (sizeof packing_cases / sizeof *packing_cases)

#endif
