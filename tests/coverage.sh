#!/bin/sh
# Which lines the tests ran, from gcov's counts: tests/coverage.sh BUILD SOURCE...
set -eu
build=$1
shift
for source in "$@"; do
    gcov --no-output --object-directory "$build/${source%/*}" "$source" 2>/dev/null |
        awk -v source="$source" '
            /^File / { wanted = $2 == "\047" source "\047" }
            wanted && /^Lines executed:/ { print substr($2, 10), $4, source; exit }'
done | awk '
    { sub("%", "", $1); ran += $1 * $2 / 100; lines += $2; printf "%6.1f %%  %5d  %s\n", $1, $2, $3 }
    END { printf "%6.1f %%  %5d  all\n", 100 * ran / lines, lines }'
