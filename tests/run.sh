#!/bin/sh
# Run test programs one after the other: tests/run.sh PROGRAM...
# Stops at the first that fails and shows all it said. The last line is for machines:
# "N passed, N failed".
set -u
limit_seconds=900
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
# libplot's own leaks are passed over, silently: tests read what the program says.
export LSAN_OPTIONS=print_suppressions=0
# Prices that whoever runs the tests has imported stay out of them.
export XDG_DATA_HOME=/nonexistent

# How many tests cmocka counted under a heading: PASSED, FAILED or SKIPPED.
counted() {
    sed -n "s/^\[  $1 *\] \([0-9][0-9]*\) test.*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'
}

for program in "$@"; do
    name=${program#*/tests/}
    start=$(date +%s%3N)
    timeout "$limit_seconds" "$program" >"$log" 2>&1
    status=$?
    took=$(($(date +%s%3N) - start))
    good=$(counted PASSED)
    bad=$(counted FAILED)
    skipped=$(counted SKIPPED)
    passed=$((passed + good))
    if [ "$status" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$good" -gt 0 ]; then
        printf '  ok    %-32s %4d tests %4d.%03d s' "$name" "$good" $((took / 1000)) $((took % 1000))
        [ "$skipped" -eq 0 ] || printf '  %d skipped' "$skipped"
        echo
        continue
    fi
    cat "$log"
    # A program that dies, or runs nothing, has failed once even if no test of it did.
    failed=$((failed + (bad > 0 ? bad : 1)))
    echo "  FAIL  $name: exit status $status, after $((took / 1000)) s"
    break
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
