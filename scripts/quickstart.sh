#!/usr/bin/env bash
# From a fresh checkout to a first comparison: build, run four strategies against glibc malloc on
# two recorded traces, draw the plots. Installs the Debian packages that are missing
# (scripts/install-deps.sh). Results and plots are kept in heapbench-results/quickstart-DATE-PID/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1-}" in
'') ;;
-h | --help)
    echo "usage: scripts/quickstart.sh"
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "scripts/${BASH_SOURCE[0]##*/}"
    exit 0
    ;;
*)
    echo "quickstart: it takes no arguments; what to measure is asked of build/release/heapbench" >&2
    exit 2
    ;;
esac

scripts/install-deps.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building ..." >&2
if ! { cmake --preset release && cmake --build --preset release; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "quickstart: the build failed; its log is above" >&2
    exit 1
fi

# A folder of its own, so that the run in it is this one.
mkdir -p heapbench-results
out=heapbench-results/quickstart-$(date -u +%Y%m%dT%H%M%SZ)-$$
mkdir "$out"
trap 'rm -f "$log"; rmdir "$out" 2>/dev/null || true' EXIT
build/release/heapbench --alloc=firstfit,bestfit,segregated,buddy --trace=gcc,perl --out="$out"
run=$(echo "$out"/*)
echo
build/release/heapbench plot "$run"
echo "Results: $run/results.jsonl"
