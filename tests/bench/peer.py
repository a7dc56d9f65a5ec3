"""What both peers share: constants from the engine's JSON, the processes that are not stepped, and
the comparison. The model's steps are in numpy_peer.py and simpy_peer.py, each written by itself.

A difference is a z-score: the peer's mean less the engine's, over the standard error of both; so is
that of the share of replicas above the engine's 95th percentile, which is blind to outliers. The
larger of the two variances stands for both: a peer of few replicas may see no kill at all and must
not take that for certainty. The engine counts in single precision; differences below
SINGLE_PRECISION of the mean are not held against it.
"""

import json
import math
import sys

import numpy as np

LIMIT = 4.0
TAIL_REPLICAS = 1000  # fewer have too few in the tail for a z-score
SINGLE_PRECISION = 5e-5
SHOWN = [
    ("LOKI_MEMORY_PEAK_MIB", "Loki memory peak, MiB"),
    ("LOKI_CPU_MEAN_CORES", "Loki CPU, cores"),
    ("LOKI_DISK_PEAK_GIB", "Loki disk peak, GiB"),
    ("LOKI_KILLED", "Loki killed"),
    ("LOG_LOSS", "log loss"),
    ("TEMPO_MEMORY_PEAK_MIB", "Tempo memory peak, MiB"),
    ("TEMPO_CPU_MEAN_CORES", "Tempo CPU, cores"),
    ("TEMPO_DISK_PEAK_GIB", "Tempo disk peak, GiB"),
    ("TEMPO_KILLED", "Tempo killed"),
    ("CREDIT_LOW", "lowest CPU credits"),
]


class Record:
    """A JSON object whose members are attributes."""

    def __init__(self, members):
        self.__dict__.update(members)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, object_hook=Record)


def log_spread(spread):
    """Mean and standard deviation of the logarithm, from median and 95th percentile."""
    return math.log(spread.median), math.log(spread.p95 / spread.median) / 1.6448536269514722


def shape(workload):
    """Daily profile x weekend x growth at each step; the first is Monday midnight."""
    seconds = np.arange(workload.steps) * workload.step_seconds
    hours = np.array(workload.daily)[(seconds // 3600 % 24).astype(int)]
    weekend = np.where(seconds // 86400 % 7 >= 5, workload.weekend_fraction, 1.0)
    growth = (1 + workload.growth_fraction_per_month) ** (seconds / workload.seconds_per_month)
    return hours * weekend * growth / ((5 + 2 * workload.weekend_fraction) / 7)


def finish_small(plan, draws, result):
    """Grafana, the collector and the agent follow from the load's mean and peak."""
    small = plan.small
    mib = 1024.0 * 1024.0

    def collector(factor):
        c, spans = small.collector, small.spans_per_second * factor
        busy = spans / (spans + c.half_rate_spans_per_second)
        return (
            c.memory_base_bytes + c.memory_busy_bytes * busy + c.memory_bytes_per_span_per_second * spans,
            c.cpu_base_cores + c.cpu_busy_cores * busy + c.cpu_seconds_per_span * spans,
        )

    def agent(factor):
        a, rate, files = small.agent, small.agent_bytes_per_second * factor, small.agent_files
        busy = rate / (rate + a.memory_half_rate_bytes_per_second)
        return (
            a.memory_base_bytes + a.memory_bytes_at_rate * busy + a.memory_bytes_per_file * files,
            a.cpu_base_cores + (a.cpu_busy_cores + a.cpu_cores_per_file * files) * busy
            + a.cpu_seconds_per_byte * rate,
        )

    log_peak, log_mean = result["LOG_FACTOR_PEAK"], result["LOG_FACTOR_MEAN"]
    trace_peak, trace_mean = result["TRACE_FACTOR_PEAK"], result["TRACE_FACTOR_MEAN"]
    result["GRAFANA_MEMORY_PEAK_MIB"] = small.memory_peak_bytes / mib * draws["grafana_memory"]
    result["GRAFANA_CPU_CORES"] = small.cpu_cores * draws["grafana_cpu"]
    result["COLLECTOR_MEMORY_PEAK_MIB"] = collector(trace_peak)[0] / mib * draws["collector_memory"]
    result["COLLECTOR_CPU_CORES"] = collector(trace_mean)[1] * draws["collector_cpu"]
    result["AGENT_MEMORY_PEAK_MIB"] = agent(log_peak)[0] / mib * draws["agent_memory"]
    result["AGENT_CPU_CORES"] = agent(log_mean)[1] * draws["agent_cpu"]
    result["LOKI_MEMORY_MEAN_MIB"] = (
        plan.loki.mean_base + plan.loki.mean_per_scale * log_mean
    ) * draws["loki_memory"]
    result["TEMPO_MEMORY_MEAN_MIB"] = (
        plan.tempo.mean_base + plan.tempo.mean_per_scale * trace_mean
    ) * draws["tempo_memory"]
    result["LOKI_KILLED"] = np.asarray(result["LOKI_KILLS"]) > 0
    result["TEMPO_KILLED"] = np.asarray(result["TEMPO_KILLS"]) > 0


def draw(errors, rng, count):
    """What is uncertain of `count` installations: exp(sigma t), and normal for the small ones."""
    loki, tempo = errors.loki, errors.tempo

    def student(sigma, freedom):
        spread = np.maximum(rng.chisquare(freedom, count) / freedom, 0.01)
        return np.exp(sigma * rng.standard_normal(count) / np.sqrt(spread))

    def normal(sigma):
        return np.exp(sigma * rng.standard_normal(count))

    return {
        "synchrony": rng.random(count),
        "loki_memory": student(loki.memory_peak, loki.degrees_of_freedom),
        "loki_cpu": student(loki.cpu, loki.degrees_of_freedom),
        "loki_disk": student(loki.chunk_bytes, loki.degrees_of_freedom),
        "loki_wal": student(loki.wal_peak, loki.degrees_of_freedom),
        "tempo_memory": student(tempo.memory_peak, tempo.degrees_of_freedom),
        "tempo_cpu": student(tempo.cpu, tempo.degrees_of_freedom),
        "tempo_disk": student(tempo.block_bytes, tempo.degrees_of_freedom),
        "grafana_memory": normal(errors.grafana.memory_error),
        "grafana_cpu": normal(errors.grafana.cpu_error),
        "collector_memory": normal(errors.collector.memory_error),
        "collector_cpu": normal(errors.collector.cpu_error),
        "agent_memory": normal(errors.agent.memory_error),
        "agent_cpu": normal(errors.agent.cpu_error),
    }


def z_of_mean(values, expected, replicas):
    values = np.asarray(values, dtype=float)
    difference = values.mean() - expected.mean
    variance = max(values.var(ddof=1), expected.variance)
    error = math.sqrt(variance * (1 / len(values) + 1 / replicas))
    rounding = SINGLE_PRECISION * abs(expected.mean)
    total = math.hypot(error, rounding)
    return difference / total if total > 0 else (0.0 if difference == 0 else math.inf)


def z_of_tail(values, expected, replicas):
    """The share of replicas above the engine's 95th percentile."""
    values = np.asarray(values, dtype=float)
    if len(values) < TAIL_REPLICAS:
        return 0.0
    above = np.mean(values > expected.level)
    pooled = (above * len(values) + expected.above * replicas) / (len(values) + replicas)
    error = math.sqrt(pooled * (1 - pooled) * (1 / len(values) + 1 / replicas))
    return (above - expected.above) / error if error > 0 else 0.0


def compare(peer, plans, results):
    """Print the differences of all plans; returns whether all are within LIMIT."""
    count = len(next(iter(results[0].values())))
    print(f"  {f'{peer}, {count} replicas':<24}" + "".join(f"{plan.name:>26}" for plan in plans))
    print(f"  {'':<24}" + f"{'engine':>10}{'peer':>10}{'z':>6}" * len(plans))
    scores = []
    for plan, result in zip(plans, results):
        names = vars(plan.results)
        missing = sorted(set(names) ^ set(result))
        if missing:
            sys.exit(f"{peer} and the engine do not know the same metrics: {', '.join(missing)}")
        scores.append({
            (name, kind): z(result[name], expected, plan.replicas)
            for name, expected in names.items()
            for kind, z in (("mean", z_of_mean), ("tail", z_of_tail))
        })
    for name, title in SHOWN:
        print(f"  {title:<24}" + "".join(
            f"{getattr(plan.results, name).mean:>10.4g}{np.mean(result[name]):>10.4g}"
            f"{z[name, 'mean']:>6.1f}" for plan, result, z in zip(plans, results, scores)))
    print(f"  {f'largest of {len(scores[0])} means, tails':<24}" + "".join(
        f"{abs(max(z.values(), key=abs)):>26.1f}" for z in scores))
    wrong = [(plan, *key, z[key]) for plan, z in zip(plans, scores) for key in z
             if not abs(z[key]) < LIMIT]
    largest = max(abs(value) for z in scores for value in z.values())
    print(f"  {'largest of all':<24}{largest:>26.1f}   {LIMIT:.1f} allowed")
    for plan, name, kind, z in wrong:
        print(f"  DIFFERS: {name} of '{plan.name}', z of the {kind} {z:.1f}")
    return not wrong
