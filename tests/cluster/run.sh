#!/bin/sh
# Run a command with a Kubernetes cluster of its own, and leave nothing of it behind:
#
#     sh tests/cluster/run.sh PROGRAMS COMMAND [ARGUMENT...]
#
# PROGRAMS is the folder that tests/cluster/build.sh filled. Everything listens on free ports of the
# loopback interface and lives in a temporary folder. The command finds the cluster by KUBECONFIG
# (may do all) and KUBECONFIG_READER (may read all, change nothing), kubectl and helm on its PATH
# (whose folder is PROGRAMS). What the parts say is kept in CLUSTER_LOGS, a folder, if that is set.
set -eu
programs=$(cd "$1" && pwd)
shift
umask 077
# A file system in memory spares etcd its waits for the disk.
folder=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/cluster-XXXXXX")
parts=

finish() {
    status=$?
    trap - EXIT INT TERM HUP
    # shellcheck disable=SC2086 # a list of process ids
    [ -z "$parts" ] || kill -KILL $parts 2>/dev/null || true
    wait
    [ -z "${CLUSTER_LOGS-}" ] || { mkdir -p "$CLUSTER_LOGS" && cp "$folder"/*.log "$CLUSTER_LOGS"; }
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start NAME ARGUMENT...: a part of the cluster that dies with this shell, however that ends.
start() {
    name=$1
    shift
    setpriv --pdeathsig KILL "$programs/$name" "$@" >"$folder/$name.log" 2>&1 </dev/null &
    parts="$parts $!"
}

# await WHAT COMMAND...: until the command succeeds, or a minute has passed.
await() {
    what=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then
            return
        fi
        sleep 0.2
    done
    echo "the test cluster has no $what after a minute" >&2
    tail -n 5 "$folder"/*.log >&2
    exit 1
}

kubeconfig() {
    cat <<EOF
apiVersion: v1
kind: Config
clusters: [{name: loopback, cluster: {server: "$server", certificate-authority: $folder/apiserver.crt}}]
users: [{name: $1, user: {token: $2}}]
contexts: [{name: loopback, context: {cluster: loopback, user: $1}}]
current-context: loopback
EOF
}

# shellcheck disable=SC2046 # one port a word
set -- $("$programs/free-ports" 5) "$@"
etcd=http://127.0.0.1:$1 peers=http://127.0.0.1:$2 server=https://127.0.0.1:$3
server_port=$3 controllers_port=$4 scheduler_port=$5
shift 5

owner=$(cat /proc/sys/kernel/random/uuid)
reader=$(cat /proc/sys/kernel/random/uuid)
printf '%s,owner,owner,system:masters\n%s,reader,reader,readers\n' "$owner" "$reader" >"$folder/tokens.csv"
kubeconfig owner "$owner" >"$folder/owner.yaml"
kubeconfig reader "$reader" >"$folder/reader.yaml"
cat >"$folder/egress.yaml" <<EOF
apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection: {proxyProtocol: HTTPConnect, transport: {uds: {udsName: "$folder/tunnel"}}}
EOF
openssl genrsa -out "$folder/accounts.key" 2048 2>/dev/null

export KUBECONFIG="$folder/owner.yaml" KUBECONFIG_READER="$folder/reader.yaml"
export PROGRAMS="$programs" PATH="$programs:$PATH"
export HELM_CACHE_HOME="$folder/helm" HELM_CONFIG_HOME="$folder/helm" HELM_DATA_HOME="$folder/helm"

start etcd --data-dir "$folder/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peers" --initial-advertise-peer-urls "$peers" \
    --initial-cluster "default=$peers"
# The address it advertises is for documentation only: nothing calls it, and none of loopback may be.
start kube-apiserver --etcd-servers "$etcd" --bind-address 127.0.0.1 --secure-port "$server_port" \
    --advertise-address 192.0.2.1 --endpoint-reconciler-type none --cert-dir "$folder" \
    --egress-selector-config-file "$folder/egress.yaml" --service-cluster-ip-range 10.96.0.0/16 \
    --authorization-mode RBAC --allow-privileged \
    --token-auth-file "$folder/tokens.csv" --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$folder/accounts.key" \
    --service-account-signing-key-file "$folder/accounts.key"
await "API server" kubectl get --raw /readyz
start kube-controller-manager --kubeconfig "$KUBECONFIG" --bind-address 127.0.0.1 \
    --secure-port "$controllers_port" --cert-dir "$folder/controllers" --leader-elect=false \
    --service-account-private-key-file "$folder/accounts.key" --root-ca-file "$folder/apiserver.crt"
start kube-scheduler --kubeconfig "$KUBECONFIG" --bind-address 127.0.0.1 \
    --secure-port "$scheduler_port" --cert-dir "$folder/scheduler" --leader-elect=false
start node-agent --kubeconfig "$KUBECONFIG" --socket "$folder/tunnel"
await "service account" kubectl get serviceaccount default
kubectl create clusterrole readers --verb=get,list,watch --resource='*.*' >/dev/null
kubectl create clusterrolebinding readers --clusterrole=readers --group=readers >/dev/null

setpriv --pdeathsig TERM "$@"
