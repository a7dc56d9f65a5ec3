#!/bin/sh
# Run the tests that need helm and a cluster: sh tests/cluster/e2e.sh SIMULATE
#
# They are those that `make cluster-tests` built beside the program; each has a new cluster to itself.
# Builds the cluster's programs first, into build/cluster. Exit status 77 when this machine cannot:
# nothing was tested then.
set -eu
export SIMULATE="$1"
sh tests/cluster/build.sh build/cluster/bin || {
    status=$?
    [ "$status" -ne 77 ] || echo "e2e: skipped, nothing was tested" >&2
    exit "$status"
}
sh tests/cluster/render.sh "$SIMULATE" build/cluster/bin
for source in tests/cluster/test_*.c; do
    sh tests/cluster/run.sh build/cluster/bin \
        sh tests/run.sh "$(dirname "$SIMULATE")/${source%.c}"
done
