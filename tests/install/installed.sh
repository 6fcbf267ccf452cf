#!/usr/bin/env bash
# An installed heapbench works wherever its prefix is moved to, without the tree it was built from.
# Arguments: the build folder, the source folder.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "installed: $*" >&2
    exit 1
}

DESTDIR=$work/staged cmake --install "$build" --prefix /opt/heapbench >log || fail "$(cat log)"
[ "$(ls -A staged)" = opt ] && [ "$(ls -A staged/opt)" = heapbench ] || fail "files outside the prefix"
mkdir elsewhere
mv staged/opt/heapbench elsewhere/hb
hb=$work/elsewhere/hb

# Where a namespace of our own is allowed, both folders are out of reach.
out_of_reach() {
    "$@"
}
if unshare -Urm true 2>/dev/null; then
    out_of_reach() {
        # shellcheck disable=SC2016
        unshare -Urm sh -c 'mount -t tmpfs none "$1" && if [ -d "$2" ]; then
            mount -t tmpfs none "$2"; fi && shift 2 && exec "$@"' sh "$source" "$build" "$@"
    }
    expect 1 "" out_of_reach test -e "$source/CMakeLists.txt"
fi
heapbench() {
    out_of_reach "$hb/bin/heapbench" "$@"
}

for trace in "$source"/workloads/traces/*.hbt; do
    expect 0 "$(basename "$trace" .hbt)  " heapbench list traces
done
expect 0 "own.hbt: " heapbench record -o own.hbt -- ls -l /usr
expect 0 "bestfit" heapbench --alloc=bestfit --trace=./own.hbt --passes=check,space,time --repeats=2 --out=runs
run=$(echo runs/*)
[ -s "$run/results.jsonl" ] || fail "no results"
if command -v gnuplot >/dev/null; then
    expect 0 "in $run/plots" heapbench plot "$run" --format=svg
    grep -q "</svg>" "$run/plots/memory-own.svg"
fi
library=$(find "$hb" -name libheapbench-bestfit.so)
expect 0 "heapbench" out_of_reach env LD_PRELOAD="$library" ls "$hb/share"
ln -s "$hb/bin/heapbench" linked
expect 0 "gcc" out_of_reach ./linked list traces

# What is gone is missed: nothing was taken from the source tree.
rm "$hb/share/heapbench/traces/gcc.hbt"
expect 2 "gcc" "$hb/bin/heapbench" --alloc=bestfit --trace=gcc --out=none
rm "$hb/share/heapbench/gnuplot/memory.gp"
if command -v gnuplot >/dev/null; then
    expect 1 "memory.gp was not found in share/heapbench/gnuplot" "$hb/bin/heapbench" plot "$run" -o none
fi
rm "$hb/libexec/heapbench/heapbench-worker" "${library%bestfit.so}record.so"
expect 1 "heapbench-worker is neither" "$hb/bin/heapbench" --alloc=bestfit --trace=perl --out=none
expect 1 "libheapbench-record.so" "$hb/bin/heapbench" record -o none.hbt -- true
