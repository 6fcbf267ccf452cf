#!/usr/bin/env bash
# An allocator against itself: a line for each run, a tally that follows from the lines, and results
# that hold what the lines say. Arguments: the scripts' folder, the program.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HEAPBENCH=$2

status=0
"$1/self-compare.sh" --runs=2 --repeats=6 --trace=git --out="$work/all" >"$work/said" || status=$?
[ "$status" -le 1 ] # on a busy machine an interval may be wide
[ "$(wc -l <"$work/said")" -eq 4 ]
contained=$(awk -F '\t' 'NR == 2 || NR == 3 { n += $3 <= 1 && 1 <= $4 } END { print n + 0 }' "$work/said")
grep -q "glibc on git against itself: $contained of 2 intervals contain 1; " "$work/said"
[ "$(grep -c '"allocator":"glibc"' "$work/all")" -eq 4 ]
grep -q '"seed":2,' "$work/all"

# Too few repeats for an interval, and what heapbench refuses, end with its status.
status=0
"$1/self-compare.sh" --runs=1 --repeats=2 --trace=git >"$work/said" 2>&1 || status=$?
[ "$status" -eq 2 ] && grep -q "no interval" "$work/said"
status=0
"$1/self-compare.sh" --runs=1 --trace=nosuch >"$work/said" 2>&1 || status=$?
[ "$status" -eq 2 ] && grep -q "no trace 'nosuch'" "$work/said"
