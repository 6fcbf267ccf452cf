#!/usr/bin/env bash
# From a fresh checkout to a first comparison: build, run four strategies against glibc malloc on
# two recorded traces, draw the plots. Arguments are passed to the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-deps.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building ..." >&2
if ! { cmake --preset release && cmake --build --preset release; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "quickstart: the build failed; its log is above" >&2
    exit 1
fi

out=heapbench-results
build/release/heapbench --alloc=firstfit,bestfit,segregated,buddy --trace=gcc,perl --out="$out" "$@"

# Run ids begin with the date, so that the last name is the newest.
run=$(find "$out" -mindepth 1 -maxdepth 1 -type d -not -name '.*' | sort | tail -n 1)
echo
build/release/heapbench plot "$run"
echo "Results: $run/results.jsonl"
