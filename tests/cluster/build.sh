#!/bin/sh
# Build what tests/cluster/run.sh starts, into a folder: sh tests/cluster/build.sh PROGRAMS
#
# etcd is the one on the PATH, or comes from Debian's package, unpacked and not installed, so that no
# service starts. helm and the rest of the cluster are built from Go modules, which takes some ten
# minutes once, and gigabytes of Go's caches. Exit status 77: this machine cannot build them.
set -eu
helm=v3.18.6
kubernetes=v1.34.4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
programs=$(cd "$1" && pwd)

cannot() {
    echo "cannot build the test cluster: $*" >&2
    exit 77
}

PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null ||
    cannot "no Go. It takes any Go from 1.21 on; Debian 12's own, 1.19, is too old."
# Go 1.21 and later fetch the version that the module asks for by themselves.
minor=$(go env GOVERSION | sed 's/^go1\.\([0-9]*\).*/\1/')
[ "$minor" -ge 21 ] || cannot "$(go env GOVERSION) is too old: Go 1.21 or later is needed."

if ! [ -x "$programs/etcd" ] && command -v etcd >/dev/null; then
    ln -sf "$(command -v etcd)" "$programs/etcd"
elif ! [ -x "$programs/etcd" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    (cd "$folder" && apt-get -q download etcd-server && dpkg-deb -x etcd-server_*.deb .) \
        >"$folder/log" 2>&1 || cannot "no Debian package etcd-server: $(tail -n 1 "$folder/log")"
    install "$folder/usr/bin/etcd" "$programs/etcd"
fi

[ -x "$programs/helm" ] || {
    echo "  building helm $helm, once"
    GOBIN=$programs nice -n 19 go install "helm.sh/helm/v3/cmd/helm@$helm" ||
        cannot "helm"
}

echo "  building Kubernetes $kubernetes: ten minutes the first time"
version=k8s.io/component-base/version
(cd "$here/kube" && nice -n 19 go build -ldflags "-s -w -X $version.gitVersion=$kubernetes \
    -X $version.gitMajor=1 -X $version.gitMinor=34" -o "$programs/cluster" .) || cannot "Kubernetes"
for part in kube-apiserver kube-controller-manager kube-scheduler node-agent free-ports kubectl; do
    ln -sf cluster "$programs/$part"
done
