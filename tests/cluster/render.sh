#!/bin/sh
# Hold what is emitted to the schemas of Kubernetes: sh tests/cluster/render.sh SIMULATE PROGRAMS
#
# Emits every scenario, has helm render each release for Kubernetes 1.31 and 1.34, and validates all
# of it and the manifests strictly, offline: the Python package kubernetes-validate carries the
# schemas. Charts are those of the folder CHARTS, or our own small ones. Exit status 77: there is no
# Python to do it with.
set -eu
simulate=$1
programs=$2
charts=${CHARTS:-tests/e2e/charts}
environment=build/cluster/venv
if ! [ -x "$environment/bin/kubernetes-validate" ]; then
    { python3 -m venv "$environment" &&
        "$environment/bin/pip" --quiet install kubernetes-validate==1.37.0; } >&2 || {
        echo "render: no Python environment with kubernetes-validate; nothing was tested" >&2
        exit 77
    }
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

for scenario in scenarios/*.yaml; do
    "$simulate" emit "$scenario" --replicas 64 --quiet --output "$folder" || [ $? -eq 1 ]
done
# Alloy belongs to the other profile of charts, whose version is the same here.
"$simulate" emit "$scenario" --replicas 64 --quiet --output "$folder/successor" \
    --set stack.charts.profile=successor --set stack.agent.kind=alloy || [ $? -eq 1 ]
mkdir -p "$folder/alloy/values"
mv "$folder"/successor/*/values/alloy.yaml "$folder/alloy/values"

for version in 1.31 1.34; do
    for values in "$folder"/*/values/*.yaml; do
        chart=$(basename "$values" .yaml)
        into=$folder/rendered/$version/$(basename "$(dirname "$(dirname "$values")")")
        mkdir -p "$into"
        "$programs/helm" template "$chart" "$charts/$chart" --namespace observability \
            --kube-version "$version.0" --values "$values" >"$into/$chart.yaml" 2>"$folder/helm.log" ||
            { cat "$folder/helm.log" && exit 1; }
    done
    "$environment/bin/python" tests/cluster/render.py "$version" \
        "$folder/rendered/$version"/*/*.yaml "$folder"/*/manifests/*.yaml
done
