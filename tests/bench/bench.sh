#!/bin/sh
# What `make bench` prints: tests/bench/bench.sh BUILD SCENARIO, after the programs are built.
#
# Times are held against the project's targets, met or not met, but never fail: machines differ and
# are busy. Two things do fail: bits that
# differ between instruction sets, compilers or numbers of threads, and peers that differ from the
# engine by more than chance. The run of 10^6 replicas takes most of the time, a minute on two cores:
# BENCH_REPLICAS=100000 looks no further than that. BENCH_LONG=1 gives the peers more replicas.
set -u
export PYTHONDONTWRITEBYTECODE=1
build=$1
scenario=$2
programs=$build/bench
shipped=$programs/shipped/bench_engine
venv=${BENCH_VENV:-build/bench-venv}
long=${BENCH_LONG:-0}
most=${BENCH_REPLICAS:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "  FAIL: $*"
    failed=1
}

# target TITLE WANTED FOUND [least]: kept for the end; at most WANTED is met, or at least with `least`
target() {
    [ -n "$3" ] || return 0
    awk -v title="$1" -v wanted="$2" -v found="$3" -v least="${4:-}" 'BEGIN {
        met = least ? found + 0 >= wanted + 0 : found + 0 <= wanted + 0
        printf "  %-52s%14s%10s   %s\n", title, (least ? "at least " : "at most ") wanted, found,
            met ? "met" : "NOT MET"
    }' >>"$work/targets"
}

runs_here() {
    [ -x "$programs/$1/bench_engine" ] || return 1
    case $1 in avx*) "$shipped" supports "$1" ;; esac
}

# field NAME BUILD COLUMN: a figure of `bench_engine time`, or nothing
field() {
    awk -v name="$1" -v column="$3" '$1 == name { print $column }' "$work/time.$2" 2>/dev/null
}

# row TITLE NAME: best and median of each build
row() {
    printf '  %-32s' "$1"
    for name in $timed; do
        printf '%16s' "$(field "$2" "$name" 2 | awk '{ printf "%.1f", $1 }') ($(field "$2" "$name" 3 |
            awk '{ printf "%.1f", $1 }'))"
    done
    echo
}

# The highest roof of all builds is the shipped one's: it picks its instructions as it runs.
roof() {
    [ "$1" = shipped ] && set -- "[a-z0-9]*"
    # shellcheck disable=SC2086 # it may be a pattern
    awk '$1 == "peak_gflops" && $2 > most { most = $2 } END { print most }' "$work"/time.$1
}

# wanted BUILD: ns per replica-step on one core that the project wants there
wanted() {
    case $1 in avx2) echo 8 ;; avx512) echo 4 ;; *) echo 0 ;; esac
}

# ratio TITLE EXPRESSION: of each build, from best times; one is a plan on one core, two on two
ratio() {
    printf '  %-32s' "$1"
    for name in $timed; do
        awk -v one="$(field one_plan_one_core "$name" 2)" -v two="$(field one_plan_two_cores "$name" 2)" \
            -v flops="$(field flops "$name" 2)" -v peak="$(roof "$name")" \
            -v wanted="$(wanted "$name")" "BEGIN { printf \"%16s\", $2 }"
    done
    echo
}

engine() {
    timed=
    for name in shipped sse2 avx2 avx512; do
        runs_here "$name" || continue
        timed="$timed $name"
        "$programs/$name/bench_engine" time "$scenario" >"$work/time.$name" || fail "$name"
    done
    echo
    printf '%-34s' "Engine, ns per replica-step"
    for name in $timed; do printf '%16s' "$name"; done
    echo
    row "load paths alone, one core" path
    row "one plan, one core" one_plan_one_core
    row "each of eight, one core" eight_plans_one_core
    if [ -n "$(field one_plan_two_cores shipped 2)" ]; then
        row "one plan, two cores" one_plan_two_cores
        row "each of eight, two cores" eight_plans_two_cores
        ratio "one core over two" 'sprintf("%.2f", one / two)'
    fi
    ratio "one core over the 8 or 4 wanted" 'wanted ? sprintf("%.2f", one / wanted) : "-"'
    ratio "one plan's flops" 'sprintf("%.0f", flops)'
    ratio "GFLOP/s, of at most" 'sprintf("%.1f / %.1f", flops / one, peak)'
    ratio "share of the roofline" 'sprintf("%.0f %%", 100 * flops / one / peak)'
    for name in avx2 avx512; do
        target "engine on $name, ns a replica-step a core" "$(wanted $name)" \
            "$(field one_plan_one_core $name 2 | awk '{ printf "%.1f", $1 }')"
    done
    echo "  Best (median) of 7. One core by the thread's own clock, two by the wall clock, which other"
    echo "  work slows down; the roof is independent products and sums in registers, without FMA."
}

# same NAME HASH: against the shipped build on one thread
same() {
    printf '  %-32s%16s\n' "$1" "$2"
    [ "$2" = "$expected" ] || fail "$1: the samples differ from the shipped build's on one thread"
}

bits() {
    echo
    echo "Same bits: hash of all samples of eight plans"
    expected=$("$shipped" hash "$scenario" 1)
    [ -n "$expected" ] || fail "no hash"
    same "shipped, 1 thread" "$expected"
    for threads in 2 7; do
        same "shipped, $threads threads" "$("$shipped" hash "$scenario" $threads)"
    done
    for name in sse2 avx2 avx512 unoptimised other; do
        if runs_here "$name"; then
            same "$name" "$("$programs/$name/bench_engine" hash "$scenario" 2)"
        else
            printf '  %-32s%16s\n' "$name" "not on this machine"
        fi
    done
    # glibc has other exp() and log() for machines without FMA.
    if runs_here sse2; then
        same "sse2, C library without FMA" "$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-FMA4 \
            "$programs/sse2/bench_engine" hash "$scenario" 2)"
    fi
}

# simulate REPLICAS REPEATS: the run of least wall time; its figures go to $work/run.REPLICAS
simulate() {
    for _ in $(seq "$2"); do
        "$shipped" watch "$build/simulate" "$scenario" --output "$work/out" --replicas "$1" || echo "0 0 0"
    done | sort -n | head -1 >"$work/run.$1"
    awk -v title="$1 replicas" '{ printf "  %-32s%16.2f%16.2f%16.1f\n", title, $1, $2, $3 }' "$work/run.$1"
    grep -q '^0 ' "$work/run.$1" && fail "simulate --replicas $1"
}

# figure REPLICAS COLUMN FORMAT: of a run above
figure() {
    awk -v column="$2" -v format="$3" '{ printf format, $column }' "$work/run.$1"
}

# against REPLICAS: the run of most replicas over one of fewer, in CPU time and resident memory
against() {
    cat "$work/run.$1" "$work/run.$most" | awk -v title="$most over $1 replicas" '
        { cpu[NR] = $2; mib[NR] = $3 }
        END { printf "  %-32s%16s%16.2f%16.2f\n", title, "", cpu[2] / cpu[1], mib[2] / mib[1] }'
}

program() {
    echo
    printf '%-34s%16s%16s%16s\n' "Whole program, all reports" "wall s" "CPU s" "resident MiB"
    simulate 1000 3
    simulate 10000 3
    [ "$most" -gt 100000 ] && simulate 100000 1
    simulate "$most" 1
    against 1000
    against 10000
    target "whole program, all reports, wall s" 1.0 "$(figure 10000 1 %.2f)"
    target "resident at $most replicas, MiB" 64 "$(figure "$most" 3 %.0f)"
    target "resident at $most replicas, times that at 10000" 1.10 "$(awk -v few="$(figure 10000 3 %f)" \
        '{ printf "%.2f", $3 / few }' "$work/run.$most")"
    echo "  Replicas come in rounds of 32,768, and only counts and histograms outlive a round."
}

peers_ready() {
    command -v python3 >/dev/null || { echo "  skipped: no python3"; return 1; }
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >"$work/venv" 2>&1 ||
        { echo "  skipped: python3 -m venv does not work here"; return 1; }
    "$venv/bin/python" -c 'import numpy, simpy' 2>/dev/null ||
        "$venv/bin/python" -m pip install -q numpy simpy >"$work/pip" 2>&1 ||
        { echo "  skipped: pip cannot install numpy and simpy"; return 1; }
}

# peer_time NAME TITLE TARGET: beside the engine on one core
peer_time() {
    "$venv/bin/python" "tests/bench/$1_peer.py" time "$work/peers.json" >"$work/$1" || { fail "$2"; return; }
    printf '  %-32s' "$2 ($3 wanted)"
    for name in $timed; do
        awk -v engine="$(field one_plan_one_core "$name" 2)" \
            '{ printf "%16s", sprintf("%.1f times", $1 / engine) }' "$work/$1"
    done
    awk '{ printf "   %.0f (%.0f) ns\n", $1, $2 }' "$work/$1"
    target "$2, times the shipped engine's time" "$3" \
        "$(awk -v engine="$(field one_plan_one_core shipped 2)" '{ printf "%.1f", $1 / engine }' "$work/$1")" least
}

peer_check() {
    "$venv/bin/python" "tests/bench/$1_peer.py" check "$work/peers.json" "$2" >"$work/$1.check" ||
        fail "$1: differs from the engine by more than chance"
    cat "$work/$1.check"
    target "$1 against the engine, largest |z|" 4.0 "$(awk '/largest of all/ { print $4 }' "$work/$1.check")"
}

peers() {
    echo
    echo "Peers: the same model in Python, how many times the engine's time on one core"
    peers_ready || return
    "$shipped" peers "$scenario" >"$work/peers.json" || { fail "no constants for the peers"; return; }
    peer_time numpy "NumPy, vectorised" 10
    peer_time simpy "SimPy, processes" 300
    many=4096 few=48
    [ "$long" = 1 ] && many=65536 few=256
    peer_check numpy $many
    peer_check simpy $few
}

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1), $(nproc) cores," \
    "$(${CC:-cc} --version | head -1), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
engine
bits
program
peers
echo
printf '%-54s%14s%10s\n' Targets wanted found
cat "$work/targets"
echo
[ "$failed" -eq 0 ] && echo "bench: same bits everywhere, peers agree where they ran" || echo "bench: FAILED"
exit "$failed"
