"""The engine's model again, vectorised over replicas in NumPy, with random numbers of its own.

    numpy_peer.py check PEERS.json REPLICAS   compare with the engine; status 1 when they differ
    numpy_peer.py time PEERS.json             ns per replica-step on one core: best and median

The check counts in double precision, the stop-watch in single: the faster, as the engine does.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core, as the engine it is timed against

import statistics
import sys
import time

import numpy as np

import peer

BLOCK = 4096  # replicas at a time
BACKLOG_DRAIN_SECONDS = 600.0
COLLECTOR_SHARE_MAX = 0.5


class Incidents:
    """Excess over 1 of the log load, as jumps at the steps where incidents begin and end."""

    def __init__(self, workload, count, rng, real):
        horizon = workload.steps * workload.step_seconds
        arrivals = rng.poisson(workload.per_month / workload.seconds_per_month * horizon, count)
        lane = np.repeat(np.arange(count), arrivals)
        seconds = rng.random(len(lane)) * horizon
        magnitude = rng.lognormal(*peer.log_spread(workload.magnitude), len(lane))
        duration = rng.lognormal(*peer.log_spread(workload.duration_seconds), len(lane))
        begin = np.rint(seconds / workload.step_seconds).astype(int)
        end = np.rint((seconds + duration) / workload.step_seconds).astype(int)
        real_ones = (magnitude > 1) & (end > begin)
        begin, end, lane = begin[real_ones], end[real_ones], lane[real_ones]
        excess = magnitude[real_ones] - 1
        step = np.concatenate([begin, end])
        order = np.argsort(step, kind="stable")
        self.lane = np.concatenate([lane, lane])[order]
        self.jump = np.concatenate([excess, -excess])[order].astype(real)
        self.bounds = np.searchsorted(step[order], np.arange(workload.steps + 1))

    def apply(self, step, excess):
        first, last = self.bounds[step], self.bounds[step + 1]
        if first < last:
            np.add.at(excess, self.lane[first:last], self.jump[first:last])
            np.maximum(excess, 0, out=excess)


class Window:
    """A ring of the newest values and their sum."""

    def __init__(self, length, count, real):
        self.ring = np.zeros((int(length), count), real)
        self.sum = np.zeros(count, real)
        self.at = 0

    def push(self, values):
        slot = self.ring[self.at]
        self.sum += values - slot
        np.maximum(self.sum, 0, out=self.sum)
        slot[:] = values
        self.at = (self.at + 1) % len(self.ring)


class Retention:
    """A window of buckets and the one that is filling; what is on disk is seen as it closes."""

    def __init__(self, k, count, real):
        self.bucket_steps, self.bucket_count = int(k.bucket_steps), int(k.bucket_count)
        self.buckets = Window(k.bucket_count, count, real)
        self.filling = np.zeros(count, real)

    def steps_kept(self, step):
        return min(step + 1, self.bucket_steps * self.bucket_count)

    def closes(self, step, last):
        return last or (step + 1) % self.bucket_steps == 0

    def close(self):
        self.buckets.push(self.filling)
        self.filling[:] = 0
        return self.buckets.sum


class Hinges:
    """Several broken lines on the same knots, evaluated together."""

    def __init__(self, curves, real):
        self.knots = np.array(curves[0].knot, real)[:, None]
        assert all(c.knot == curves[0].knot for c in curves)
        self.bends = np.array([c.bend for c in curves], real)
        self.starts = np.array([c.start for c in curves], real)[:, None]

    def at(self, x):
        return self.bends @ np.maximum(x - self.knots, 0) + self.starts


def resident(heap, free):
    return np.minimum(free, np.maximum(heap.goal_mib, heap.slope * free + heap.offset_mib))


class Process:
    """State that Loki and Tempo have in common."""

    def __init__(self, k, window_steps, count, real):
        zeros = lambda: np.zeros(count, real)
        self.k = k
        self.window = Window(window_steps, count, real)
        self.retention = Retention(k, count, real)
        self.down, self.collector, self.full_share = zeros(), zeros(), zeros()
        self.share = np.ones(count, real)
        self.killed = np.zeros(count, bool)
        self.free_peak, self.cores_peak, self.cores_sum = zeros(), zeros(), zeros()
        self.disk_peak, self.inodes_peak = zeros(), zeros()
        self.full, self.throttled, self.kills = zeros(), zeros(), zeros()
        self.factor_peak = zeros()

    def spent(self, cores):
        self.cores = cores
        self.cores_sum += cores
        np.maximum(self.cores_peak, cores, out=self.cores_peak)

    def collect(self, scale):
        most = COLLECTOR_SHARE_MAX * self.k.cpu_limit
        self.collector = np.minimum(self.collector_curve.at(scale)[0], most)

    def stored(self, step, disk, inodes, full):
        np.maximum(self.disk_peak, disk, out=self.disk_peak)
        np.maximum(self.inodes_peak, inodes, out=self.inodes_peak)
        self.full += full * (step % self.retention.bucket_steps + 1)

    def restart(self):
        self.kills += self.killed
        scale = self.window.sum / len(self.window.ring)
        down = self.k.restart_seconds + self.k.replay_seconds_per_scale * scale
        self.down = np.where(self.killed, down, self.down)


class Loki(Process):
    def __init__(self, k, draws, count, real):
        super().__init__(k, k.window_steps, count, real)
        self.backlog = np.zeros(count, real)
        self.fresh = np.ones(count, real)
        self.offered, self.stored_logs, self.lost = (np.zeros(count, real) for _ in range(3))
        self.curves = Hinges([k.free_spread, k.free_rise], real)
        self.collector_curve = Hinges([k.collector], real)
        self.cpu_per_scale = k.cpu_per_scale * draws["loki_cpu"]
        self.cpu_base = k.cpu_base * draws["loki_cpu"]
        self.cpu_query = k.cpu_query_per_scale * draws["loki_cpu"]
        self.rising = 1 - draws["synchrony"]

    def step(self, factor, draws, step, dt):
        k = self.k
        rest = self.cpu_base + self.collector
        want = factor + self.backlog * (1 / max(dt, BACKLOG_DRAIN_SECONDS))
        cap = np.maximum(k.cpu_limit * self.share - rest, 0) / np.maximum(self.cpu_per_scale, 1e-9)
        down = np.minimum(self.down, dt)
        served = np.minimum(np.minimum(want, k.rate_cap_scale), cap) * (1 - down * (1 / dt))
        self.down -= down
        self.throttled += want > cap

        waiting = self.backlog + (factor - served) * dt
        dropped = np.where(served < factor, np.minimum(waiting, k.drop_per_second * dt), 0)
        waiting -= dropped
        rotated = np.maximum(waiting - k.backlog_cap, 0)
        self.backlog = np.maximum(waiting - rotated, 0)

        self.window.push(served)
        scale = self.window.sum * (1 / k.window_steps)
        spread, rise = self.curves.at(scale)
        synchrony = draws["synchrony"] + self.rising * self.fresh
        free = (spread + synchrony * rise) * draws["loki_memory"]
        self.fresh *= k.synchrony_keep
        np.maximum(self.free_peak, free, out=self.free_peak)
        self.resident = resident(k.heap, free)
        self.killed = free > k.heap.kill_free_mib

        cores = rest + self.cpu_per_scale * served + self.cpu_query * scale
        self.spent(np.minimum(cores, k.cpu_limit))
        if k.collects:
            self.collect(scale)

        self.retention.filling += served
        refused = served * (k.stream_loss + (1 - k.stream_loss) * self.full_share)
        self.offered += factor * dt
        self.stored_logs += (served - refused) * dt
        self.lost += dropped + rotated + refused * dt
        np.maximum(self.factor_peak, factor, out=self.factor_peak)

    def store(self, draws, step, dt):
        k = self.k
        kept = self.retention.steps_kept(step) * dt
        retained = self.retention.close() * dt
        wal = k.wal_base + k.wal_per_scale * self.window.sum * (1 / k.window_steps)
        disk = (retained * k.disk_per_scale_second + kept * k.disk_per_second) * draws["loki_disk"]
        disk += wal * draws["loki_wal"]
        inodes = retained * k.inodes_per_scale_second + kept * k.inodes_per_second
        over = np.maximum(1 - k.usable_gib / disk, 1 - k.usable_inodes / inodes)
        self.full_share = np.maximum(over, 0)
        self.stored(step, disk, inodes, over > 0)

    def restart(self):
        super().restart()
        self.fresh[self.killed] = 1


class Tempo(Process):
    def __init__(self, k, draws, count, real):
        super().__init__(k, k.block_steps, count, real)
        self.real = real
        self.pending = np.zeros(count, bool)
        self.factor_sum = np.zeros(count, real)
        self.curve = Hinges([k.free_peak], real)
        self.collector_curve = Hinges([k.collector], real)
        self.cpu_per_scale = k.cpu_per_scale * draws["tempo_cpu"]
        self.cpu_base = k.cpu_base * draws["tempo_cpu"]

    def step(self, factor, draws, step, dt, rng):
        k = self.k
        rest = self.cpu_base + self.collector
        cap = np.maximum(k.cpu_limit * self.share - rest, 0) / np.maximum(self.cpu_per_scale, 1e-9)
        down = np.minimum(self.down, dt)
        served = np.minimum(factor, cap) * (1 - down * (1 / dt))
        self.down -= down
        self.throttled += factor > cap

        self.window.push(served)
        scale = self.window.sum * (1 / k.block_steps)
        free = (k.idle_base + k.idle_per_scale * served) * draws["tempo_memory"]
        cut = (step + 1) % int(k.block_steps) == 0
        if cut or self.pending.any():
            chance = np.exp(k.chance_sigma * rng.standard_normal(len(free), dtype=self.real))
            block = self.curve.at(scale)[0] * draws["tempo_memory"] * chance
            free = np.where(cut | self.pending, np.maximum(free, block), free)
            self.pending[:] = False
        np.maximum(self.free_peak, free, out=self.free_peak)
        self.resident = resident(k.heap, free)
        self.killed = free > k.heap.kill_free_mib

        self.spent(np.minimum(rest + self.cpu_per_scale * served, k.cpu_limit))
        if cut and k.collects:
            self.collect(scale)

        self.retention.filling += served
        self.factor_sum += factor
        np.maximum(self.factor_peak, factor, out=self.factor_peak)

    def store(self, draws, step, dt):
        k = self.k
        inodes = self.retention.steps_kept(step) * dt * k.inodes_per_second
        retained = self.retention.close() * dt
        extra = k.extra_base + k.extra_per_scale * self.window.sum * (1 / k.block_steps)
        disk = (retained * k.disk_per_scale_second + extra) * draws["tempo_disk"]
        self.stored(step, disk, inodes, (disk > k.usable_gib) | (inodes > k.usable_inodes))

    def restart(self):
        super().restart()
        self.pending |= self.killed


class Node:
    def __init__(self, plan, facts, count, real):
        self.plan, self.facts = plan, facts
        self.credits, self.charged = np.zeros(count, real), np.zeros(count, real)

    def step(self, loki, tempo, exhausted):
        plan, node = self.plan, self.facts
        per_core = plan.step_seconds / 60
        cores = np.full_like(self.credits, node.fixed_cores)
        memory = np.full_like(self.credits, node.fixed_mib)
        for process, here in ((loki, node.hosts_loki), (tempo, node.hosts_tempo)):
            if here:
                cores += process.cores
                memory += process.resident
        used = np.minimum(cores, node.vcpu) * per_core
        earned = np.minimum(self.credits + node.earn_per_step - used, node.cap)
        throttled = 0
        if node.burstable:
            free = node.surplus_cap if plan.credits_unlimited else 0
            missing = np.maximum(-free - earned, 0)
            earned += missing
            if plan.credits_unlimited:
                self.charged += missing
            else:
                throttled = missing
                exhausted |= missing > 0
        self.credits = earned
        share = np.clip((used - throttled) / (np.maximum(cores, 1e-6) * per_core), 0, 1)
        if node.hosts_loki:
            loki.share = share
        if node.hosts_tempo:
            tempo.share = share
        pressed = memory > node.allocatable_mib
        if pressed.any():
            self.kill(loki, tempo, pressed)

    def kill(self, loki, tempo, pressed):
        """The one furthest above its request goes."""
        node = self.facts
        above = [
            process.resident - request if here else np.zeros_like(self.credits)
            for process, request, here in (
                (loki, self.plan.loki_request_mib, node.hosts_loki),
                (tempo, self.plan.tempo_request_mib, node.hosts_tempo),
            )
        ]
        loki_worst = above[0] >= above[1]
        if node.hosts_loki:
            loki.killed = loki.killed | (pressed & loki_worst)
        if node.hosts_tempo:
            tempo.killed = tempo.killed | (pressed & ~loki_worst)


def simulate(data, plan, count, steps, rng, real):
    workload, dt = data.workload, plan.step_seconds
    draws = {name: values.astype(real) for name, values in peer.draw(data.errors, rng, count).items()}
    loki, tempo = Loki(plan.loki, draws, count, real), Tempo(plan.tempo, draws, count, real)
    nodes = [Node(plan, facts, count, real) for facts in plan.nodes]
    exhausted = np.zeros(count, bool)
    low = np.full(count, max(node.cap for node in plan.nodes), real)
    incidents, excess = Incidents(workload, count, rng, real), np.zeros(count, real)
    shape = peer.shape(workload).astype(real)
    keep = float(np.exp(-workload.step_seconds / workload.noise_correlation_seconds))
    add = float(np.sqrt(1 - keep * keep))
    variance = float(np.log1p(workload.noise_cv**2))
    sigma = variance**0.5
    state = rng.standard_normal(count, dtype=real)
    for step in range(steps):
        state = keep * state + add * rng.standard_normal(count, dtype=real)
        base = shape[step] * np.exp(sigma * state - variance / 2)
        incidents.apply(step, excess)
        loki.step(base * (1 + excess), draws, step, dt)
        tempo.step(base * (1 + workload.incident_trace_share * excess), draws, step, dt, rng)
        for process in (loki, tempo):
            if process.retention.closes(step, step + 1 == steps):
                process.store(draws, step, dt)
        for node in nodes:
            node.step(loki, tempo, exhausted)
            if node.facts.burstable and step >= plan.day_steps:
                np.minimum(low, node.credits, out=low)
        if loki.killed.any():
            loki.restart()
        if tempo.killed.any():
            tempo.restart()
    return results(plan, draws, loki, tempo, nodes, exhausted, low, steps)


def results(plan, draws, loki, tempo, nodes, exhausted, low, steps):
    result = {}
    for name, process, floor in (
        ("LOKI", loki, plan.loki.free_spread.start * draws["loki_memory"]),
        ("TEMPO", tempo, plan.tempo.idle_base * draws["tempo_memory"]),
    ):
        result[f"{name}_FLOOR_MIB"] = resident(process.k.heap, floor)
        result[f"{name}_FREE_PEAK_MIB"] = process.free_peak
        result[f"{name}_MEMORY_PEAK_MIB"] = resident(process.k.heap, process.free_peak)
        result[f"{name}_CPU_MEAN_CORES"] = process.cores_sum / steps
        result[f"{name}_CPU_PEAK_CORES"] = process.cores_peak
        result[f"{name}_DISK_PEAK_GIB"] = process.disk_peak
        result[f"{name}_INODES_PEAK"] = process.inodes_peak
        result[f"{name}_KILLS"] = process.kills
        result[f"{name}_THROTTLED"] = process.throttled / steps
        result[f"{name}_FULL_SECONDS"] = process.full * plan.step_seconds
    result["LOG_LOSS"] = loki.lost / loki.offered
    result["LOG_STORED"] = loki.stored_logs / loki.offered
    result["LOG_PENDING"] = loki.backlog / loki.offered
    result["LOG_FACTOR_MEAN"] = loki.offered / (steps * plan.step_seconds)
    result["LOG_FACTOR_PEAK"] = loki.factor_peak
    result["TRACE_FACTOR_MEAN"] = tempo.factor_sum / steps
    result["TRACE_FACTOR_PEAK"] = tempo.factor_peak
    result["CREDIT_LOW"] = low
    result["CREDITS_EXHAUSTED"] = exhausted
    result["SURPLUS_USD"] = sum(node.charged * node.facts.usd_per_credit for node in nodes)
    peer.finish_small(plan, draws, result)
    return result


def check(data, replicas):
    results = []
    for index, plan in enumerate(data.plans):
        rng = np.random.Generator(np.random.SFC64([index, 20]))
        blocks = [
            simulate(data, plan, BLOCK, data.workload.steps, rng, np.float64)
            for _ in range(max(1, replicas // BLOCK))
        ]
        results.append({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]})
    return peer.compare("NumPy", data.plans, results)


def stopwatch(data, repeats=5, days=2):
    """Of the block size that suits this machine best."""
    plan, rng = data.plans[0], np.random.Generator(np.random.SFC64(1))
    steps = int(days * plan.day_steps)
    best = []
    for count in (BLOCK, 2 * BLOCK, 4 * BLOCK):
        seconds = []
        for _ in range(repeats):
            start = time.process_time()
            simulate(data, plan, count, steps, rng, np.float32)
            seconds.append(time.process_time() - start)
        ns = [1e9 * s / (count * steps) for s in seconds]
        best.append((min(ns), statistics.median(ns)))
    print("{:.1f} {:.1f}".format(*min(best)))


if __name__ == "__main__":
    constants = peer.read(sys.argv[2])
    if sys.argv[1] == "time":
        stopwatch(constants)
    else:
        sys.exit(0 if check(constants, int(sys.argv[3])) else 1)
