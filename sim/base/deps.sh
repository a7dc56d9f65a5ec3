#!/bin/sh
# Install the compiler and the libraries from Debian packages where one is missing, and any package
# named as an argument. Quick and silent when nothing is.
set -eu
packages="gcc libc6-dev libgsl-dev libyaml-dev libcsv-dev libplot-dev libjansson-dev libcmocka-dev
    zlib1g-dev libsnappy-dev libzstd-dev libcurl4-openssl-dev $*"

if ! command -v dpkg-query >/dev/null; then
    # Not Debian: the compiler will say what it does not find.
    exit 0
fi
# The list is words on purpose, here and below.
# shellcheck disable=SC2086
missing=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $packages 2>/dev/null |
    awk -v wanted="$packages" '
        $1 == "installed" { have[$2] = 1 }
        END {
            n = split(wanted, name)
            for (i = 1; i <= n; i++)
                if (!(name[i] in have)) printf "%s ", name[i]
        }') || true
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null; then
        echo "these packages are missing, and there is no sudo to install them: $missing" >&2
        exit 1
    fi
fi
echo "installing with apt-get: $missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
    # Old lists may still do: if they do not, the second command says so.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q update || true
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y \
        --no-install-recommends install $missing
} >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
