#!/usr/bin/env bash
# Install the Debian packages that heapbench is built with and measures against. Says nothing and
# asks nobody where all are there. `--list` prints their names; `--tests` takes those in, too, without
# which some tests are skipped.
set -euo pipefail

packages=(
    build-essential cmake ninja-build pkg-config git
    libhwloc-dev libpfm4-dev libzstd-dev zlib1g-dev libcjson-dev libcmocka-dev
    gnuplot-nox valgrind
)
# Measured beside ours where they are installed; nothing needs them.
peers=(libjemalloc2 libtcmalloc-minimal4 libmimalloc2.0 libtbbmalloc2)
# Look at the manual and at reports as a reader would.
watchers=(mandoc chromium)

[ "${1:-}" != --tests ] || peers+=("${watchers[@]}")
if [ "${1:-}" = --list ]; then
    printf '%s\n' "${packages[@]}" "${peers[@]}"
    exit 0
fi

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v dpkg-query >/dev/null; then
    echo "install-deps: no Debian, nothing checked; needed is what these provide: ${packages[*]}" >&2
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
done
# Any gnuplot with the cairo terminals draws the plots.
if command -v gnuplot >/dev/null; then
    missing=("${missing[@]/#gnuplot-nox/}")
    read -ra missing <<<"${missing[*]}"
fi
for package in "${peers[@]}"; do
    if [ "$(id -u)" -eq 0 ] || [ "${#missing[@]}" -gt 0 ]; then
        is_installed "$package" || missing+=("$package")
    fi
done
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
        echo "install-deps: as root, install: apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi

echo "install-deps: installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install-deps: apt-get failed; still missing: ${missing[*]}" >&2
    exit 1
fi
