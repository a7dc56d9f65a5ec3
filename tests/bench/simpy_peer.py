"""The engine's model again as SimPy processes, one environment a replica, in plain Python numbers:
load, incidents, Loki, Tempo and nodes each live their own life on the common clock.

    simpy_peer.py check PEERS.json REPLICAS   compare with the engine; status 1 when they differ
    simpy_peer.py time PEERS.json             ns per replica-step on one core: best and median

A step of the engine is looked at in its middle: an incident that begins at t is seen by the steps
whose middle comes later, which rounds its begin and end as the engine does.
"""

import bisect
import collections
import math
import random
import statistics
import sys
import time

import numpy as np
import simpy

import peer

BACKLOG_DRAIN_SECONDS = 600.0
COLLECTOR_SHARE_MAX = 0.5


class Curve:
    """A broken line: value and slope from each knot on."""

    def __init__(self, curve):
        self.knots, self.values, self.slopes = curve.knot, [curve.start], []
        slope = 0.0
        for i, bend in enumerate(curve.bend):
            slope += bend
            self.slopes.append(slope)
            if i + 1 < len(curve.knot):
                self.values.append(self.values[i] + slope * (curve.knot[i + 1] - curve.knot[i]))

    def at(self, x):
        i = max(bisect.bisect_right(self.knots, x) - 1, 0)
        return self.values[i] + self.slopes[i] * (x - self.knots[i])


class Window:
    def __init__(self, length):
        self.values = collections.deque([0.0] * int(length))
        self.sum = 0.0

    def push(self, value):
        self.values.append(value)
        self.sum = max(self.sum + value - self.values.popleft(), 0.0)


class Process:
    """What Loki and Tempo have in common."""

    def __init__(self, replica, k, window_steps):
        self.replica, self.k = replica, k
        self.window, self.buckets = Window(window_steps), Window(k.bucket_count)
        self.free_peak = self.cores_peak = self.cores_sum = self.factor_peak = self.factor_sum = 0.0
        self.disk_peak = self.inodes_peak = self.full_share = 0.0
        self.down = self.collector = self.filling = self.cores = self.resident = 0.0
        self.full = self.throttled = self.kills = 0
        self.share, self.killed = 1.0, False
        self.collector_curve = Curve(k.collector)
        replica.env.process(self.live())

    def live(self):
        dt = self.replica.plan.step_seconds
        yield self.replica.env.timeout(dt / 2)
        while True:
            self.step(dt)
            if (self.replica.step + 1) % self.k.bucket_steps == 0 or self.replica.last():
                self.store(dt)
            yield self.replica.env.timeout(dt)

    def serve(self, want, most, draw, dt):
        """Cores that are taken anyhow, cores a scale, and what is served of `want`."""
        k = self.k
        rest, per_scale = k.cpu_base * draw + self.collector, k.cpu_per_scale * draw
        cap = max(k.cpu_limit * self.share - rest, 0.0) / max(per_scale, 1e-9)
        down = min(self.down, dt)
        self.down -= down
        self.throttled += want > cap
        return rest, per_scale, min(want, most, cap) * (1 - down / dt)

    def use(self, cores):
        self.cores = min(cores, self.k.cpu_limit)
        self.cores_sum += self.cores
        self.cores_peak = max(self.cores_peak, self.cores)

    def collect(self, scale):
        k = self.k
        if k.collects:
            self.collector = min(self.collector_curve.at(scale), COLLECTOR_SHARE_MAX * k.cpu_limit)

    def trimmed(self, free):
        heap = self.k.heap
        return min(free, max(heap.goal_mib, heap.slope * free + heap.offset_mib))

    def hold(self, free):
        self.free_peak = max(self.free_peak, free)
        self.resident = self.trimmed(free)
        self.killed = free > self.k.heap.kill_free_mib

    def retained(self, dt):
        """Scale-seconds and seconds inside the retention, as a bucket closes."""
        self.buckets.push(self.filling)
        self.filling = 0.0
        most = self.k.bucket_steps * self.k.bucket_count
        return self.buckets.sum * dt, min(self.replica.step + 1, most) * dt

    def keep(self, disk, inodes, full):
        self.disk_peak = max(self.disk_peak, disk)
        self.inodes_peak = max(self.inodes_peak, inodes)
        self.full += full * (self.replica.step % self.k.bucket_steps + 1)

    def restart(self):
        scale = self.window.sum / len(self.window.values)
        self.kills += 1
        self.down = self.k.restart_seconds + self.k.replay_seconds_per_scale * scale
        self.killed = False


class Loki(Process):
    def __init__(self, replica):
        super().__init__(replica, replica.plan.loki, replica.plan.loki.window_steps)
        self.spread, self.rise = Curve(self.k.free_spread), Curve(self.k.free_rise)
        self.backlog = self.offered = self.stored = self.lost = 0.0
        self.fresh = 1.0

    def step(self, dt):
        k, draws, offered = self.k, self.replica.draws, self.replica.log_factor
        want = offered + self.backlog / max(dt, BACKLOG_DRAIN_SECONDS)
        rest, per_scale, served = self.serve(want, k.rate_cap_scale, draws["loki_cpu"], dt)
        waiting = self.backlog + (offered - served) * dt
        dropped = min(waiting, k.drop_per_second * dt) if served < offered else 0.0
        rotated = max(waiting - dropped - k.backlog_cap, 0.0)
        self.backlog = max(waiting - dropped - rotated, 0.0)
        self.window.push(served)
        scale = self.window.sum / k.window_steps
        synchrony = draws["synchrony"] + (1 - draws["synchrony"]) * self.fresh
        self.fresh *= k.synchrony_keep
        self.hold((self.spread.at(scale) + synchrony * self.rise.at(scale)) * draws["loki_memory"])
        queries = k.cpu_query_per_scale * scale * draws["loki_cpu"]
        self.use(rest + per_scale * served + queries)
        self.collect(scale)
        self.filling += served
        refused = served * (k.stream_loss + (1 - k.stream_loss) * self.full_share)
        self.offered += offered * dt
        self.stored += (served - refused) * dt
        self.lost += dropped + rotated + refused * dt
        self.factor_peak = max(self.factor_peak, offered)

    def store(self, dt):
        k, draws = self.k, self.replica.draws
        load, seconds = self.retained(dt)
        wal = k.wal_base + k.wal_per_scale * self.window.sum / k.window_steps
        chunks = load * k.disk_per_scale_second + seconds * k.disk_per_second
        disk = chunks * draws["loki_disk"] + wal * draws["loki_wal"]
        inodes = load * k.inodes_per_scale_second + seconds * k.inodes_per_second
        over = max(1 - k.usable_gib / disk, 1 - k.usable_inodes / inodes)
        self.full_share = max(over, 0.0)
        self.keep(disk, inodes, over > 0)

    def restart(self):
        super().restart()
        self.fresh = 1.0


class Tempo(Process):
    def __init__(self, replica):
        super().__init__(replica, replica.plan.tempo, replica.plan.tempo.block_steps)
        self.block_peak = Curve(self.k.free_peak)
        self.pending = False

    def step(self, dt):
        k, replica, factor = self.k, self.replica, self.replica.trace_factor
        memory = replica.draws["tempo_memory"]
        rest, per_scale, served = self.serve(factor, math.inf, replica.draws["tempo_cpu"], dt)
        self.window.push(served)
        scale = self.window.sum / k.block_steps
        free = (k.idle_base + k.idle_per_scale * served) * memory
        cut = (replica.step + 1) % k.block_steps == 0
        if self.pending or cut:
            chance = math.exp(k.chance_sigma * random.gauss(0, 1))
            free = max(free, self.block_peak.at(scale) * memory * chance)
            self.pending = False
        self.hold(free)
        self.use(rest + per_scale * served)
        if cut:
            self.collect(scale)
        self.filling += served
        self.factor_sum += factor
        self.factor_peak = max(self.factor_peak, factor)

    def store(self, dt):
        k = self.k
        load, seconds = self.retained(dt)
        extra = k.extra_base + k.extra_per_scale * self.window.sum / k.block_steps
        disk = (load * k.disk_per_scale_second + extra) * self.replica.draws["tempo_disk"]
        inodes = seconds * k.inodes_per_second
        self.keep(disk, inodes, disk > k.usable_gib or inodes > k.usable_inodes)

    def restart(self):
        super().restart()
        self.pending = True


class Node:
    def __init__(self, replica, facts):
        self.replica, self.facts = replica, facts
        here = ((replica.loki, facts.hosts_loki, replica.plan.loki_request_mib),
                (replica.tempo, facts.hosts_tempo, replica.plan.tempo_request_mib))
        self.guests = [(process, request) for process, hosted, request in here if hosted]
        self.credits = self.charged = 0.0
        replica.env.process(self.live())

    def live(self):
        dt = self.replica.plan.step_seconds
        yield self.replica.env.timeout(dt / 2)
        while True:
            self.burst(dt / 60)
            self.press()
            yield self.replica.env.timeout(dt)

    def burst(self, credits_per_core):
        replica, node = self.replica, self.facts
        unlimited = replica.plan.credits_unlimited
        cores = node.fixed_cores + sum(process.cores for process, _ in self.guests)
        used = min(cores, node.vcpu) * credits_per_core
        self.credits = min(self.credits + node.earn_per_step - used, node.cap)
        least = -node.surplus_cap if unlimited else 0.0
        if node.burstable and self.credits < least:
            missing, self.credits = least - self.credits, least
            if unlimited:
                self.charged += missing
            else:
                used -= missing
                replica.exhausted = True
        if node.burstable and replica.step >= replica.plan.day_steps:
            replica.credit_low = min(replica.credit_low, self.credits)
        share = min(max(used / (max(cores, 1e-6) * credits_per_core), 0.0), 1.0)
        for process, _ in self.guests:
            process.share = share

    def press(self):
        """Beyond the node's memory the process furthest above its request is killed."""
        memory = self.facts.fixed_mib + sum(process.resident for process, _ in self.guests)
        if memory > self.facts.allocatable_mib and self.guests:
            victim = max(self.guests, key=lambda guest: guest[0].resident - guest[1])[0]
            victim.killed = True


class Replica:
    def __init__(self, workload, shape, plan, draws, steps):
        self.workload, self.shape, self.plan, self.draws = workload, shape, plan, draws
        self.steps, self.step = steps, -1
        self.excess = 0.0
        self.exhausted, self.credit_low = False, max(node.cap for node in plan.nodes)
        self.env = simpy.Environment()
        self.env.process(self.incidents())
        # Those that act at the same moment do so in the order of their making.
        self.env.process(self.load())
        self.loki, self.tempo = Loki(self), Tempo(self)
        self.nodes = [Node(self, facts) for facts in plan.nodes]
        self.env.process(self.kubelet())
        self.env.run(until=steps * plan.step_seconds)

    def last(self):
        return self.step + 1 == self.steps

    def incidents(self):
        rate = self.workload.per_month / self.workload.seconds_per_month
        while rate > 0:
            yield self.env.timeout(random.expovariate(rate))
            magnitude = random.lognormvariate(*peer.log_spread(self.workload.magnitude))
            if magnitude > 1:
                self.env.process(self.incident(magnitude - 1))

    def incident(self, excess):
        self.excess += excess
        yield self.env.timeout(random.lognormvariate(*peer.log_spread(self.workload.duration_seconds)))
        self.excess = max(self.excess - excess, 0.0)

    def load(self):
        workload, dt = self.workload, self.plan.step_seconds
        keep = math.exp(-dt / workload.noise_correlation_seconds)
        add = math.sqrt(1 - keep * keep)
        variance = math.log1p(workload.noise_cv**2)
        sigma, state = math.sqrt(variance), random.gauss(0, 1)
        yield self.env.timeout(dt / 2)
        while True:
            self.step += 1
            state = keep * state + add * random.gauss(0, 1)
            base = self.shape[self.step] * math.exp(sigma * state - variance / 2)
            self.log_factor = base * (1 + self.excess)
            self.trace_factor = base * (1 + workload.incident_trace_share * self.excess)
            yield self.env.timeout(dt)

    def kubelet(self):
        dt = self.plan.step_seconds
        yield self.env.timeout(dt / 2)
        while True:
            for process in (self.loki, self.tempo):
                if process.killed:
                    process.restart()
            yield self.env.timeout(dt)

    def results(self):
        loki, tempo, steps, dt = self.loki, self.tempo, self.steps, self.plan.step_seconds
        result = {}
        for name, process, floor in (
            ("LOKI", loki, loki.k.free_spread.start * self.draws["loki_memory"]),
            ("TEMPO", tempo, tempo.k.idle_base * self.draws["tempo_memory"]),
        ):
            result[f"{name}_FLOOR_MIB"] = process.trimmed(floor)
            result[f"{name}_FREE_PEAK_MIB"] = process.free_peak
            result[f"{name}_MEMORY_PEAK_MIB"] = process.trimmed(process.free_peak)
            result[f"{name}_CPU_MEAN_CORES"] = process.cores_sum / steps
            result[f"{name}_CPU_PEAK_CORES"] = process.cores_peak
            result[f"{name}_DISK_PEAK_GIB"] = process.disk_peak
            result[f"{name}_INODES_PEAK"] = process.inodes_peak
            result[f"{name}_KILLS"] = process.kills
            result[f"{name}_THROTTLED"] = process.throttled / steps
            result[f"{name}_FULL_SECONDS"] = process.full * dt
        result["LOG_LOSS"] = loki.lost / loki.offered
        result["LOG_STORED"] = loki.stored / loki.offered
        result["LOG_PENDING"] = loki.backlog / loki.offered
        result["LOG_FACTOR_MEAN"] = loki.offered / (steps * dt)
        result["LOG_FACTOR_PEAK"] = loki.factor_peak
        result["TRACE_FACTOR_MEAN"] = tempo.factor_sum / steps
        result["TRACE_FACTOR_PEAK"] = tempo.factor_peak
        result["CREDIT_LOW"] = self.credit_low
        result["CREDITS_EXHAUSTED"] = self.exhausted
        result["SURPLUS_USD"] = sum(n.charged * n.facts.usd_per_credit for n in self.nodes)
        return result


def draws_of(data, rng, count):
    draws = peer.draw(data.errors, rng, count)
    return [{name: float(values[i]) for name, values in draws.items()} for i in range(count)]


def check(data, replicas):
    shape, results = peer.shape(data.workload).tolist(), []
    for index, plan in enumerate(data.plans):
        random.seed(index)
        draws = draws_of(data, np.random.default_rng([index, 30]), replicas)
        each = [Replica(data.workload, shape, plan, d, data.workload.steps).results() for d in draws]
        result = {name: np.array([r[name] for r in each], float) for name in each[0]}
        columns = {name: np.array([d[name] for d in draws]) for name in draws[0]}
        peer.finish_small(plan, columns, result)
        results.append(result)
    return peer.compare("SimPy", data.plans, results)


def stopwatch(data, repeats=5, days=3):
    shape, plan = peer.shape(data.workload).tolist(), data.plans[0]
    steps, seconds = int(days * plan.day_steps), []
    for draws in draws_of(data, np.random.default_rng(1), repeats):
        start = time.process_time()
        Replica(data.workload, shape, plan, draws, steps)
        seconds.append(time.process_time() - start)
    ns = [1e9 * s / steps for s in seconds]
    print(f"{min(ns):.0f} {statistics.median(ns):.0f}")


if __name__ == "__main__":
    constants = peer.read(sys.argv[2])
    if sys.argv[1] == "time":
        stopwatch(constants)
    else:
        sys.exit(0 if check(constants, int(sys.argv[3])) else 1)
