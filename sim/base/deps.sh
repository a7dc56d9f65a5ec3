#!/bin/sh
# Install the compiler and libraries from Debian packages when one is missing.
set -eu
packages="gcc make pkg-config libc6-dev libgsl-dev libyaml-dev libcsv-dev libplot-dev libjansson-dev libcmocka-dev zlib1g-dev"
missing=
for p in $packages; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
echo "installing:$missing" >&2
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# The list is words on purpose.
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >&2
