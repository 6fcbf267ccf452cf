#!/usr/bin/env bash
# heapbench diff as a gate: status 0, 1 or 2, and what is said.
# Arguments: the program, a file of results.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
results=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir old new
cp "$results" old/results.jsonl
cp "$results" new/results.jsonl
expect 0 "OLD NEW" "$heapbench" diff --help
expect 2 "name two results" "$heapbench" diff old
expect 2 "name two results" "$heapbench" diff old new old
expect 2 "there is no option --what" "$heapbench" diff --what old new
expect 2 "known are table and jsonl" "$heapbench" diff --format=csv old new
for bad in -1 two 2%% '' 1e9 nan; do
    expect 2 "is no threshold in percent" "$heapbench" diff "--threshold=$bad" old new
done
expect 2 "nothing: No such file" "$heapbench" diff old nothing
head -c 1000 "$results" >cut.jsonl
expect 2 "cut.jsonl: line 1: no valid JSON" "$heapbench" diff old cut.jsonl
printf '{"allocator":"a","trace":"t","replay_ns":["x"]}\n' >bad.jsonl
expect 2 "replay_ns is not" "$heapbench" diff bad.jsonl old
printf '{"allocator":"a","trace":"t"}\n' >other.jsonl
expect 2 "no cell in common" "$heapbench" diff old other.jsonl

expect 0 "thresholds: time 5%, memory 2%, cache misses 2%" "$heapbench" diff old new
expect 0 "10 cells compared: 0 regressions" "$heapbench" diff old new
expect 0 '"verdict":"same"' "$heapbench" diff --format=jsonl old new

# A footprint that grew by 3%.
sed 's/"peak_footprint_bytes":7733248/"peak_footprint_bytes":7965245/' "$results" >grown.jsonl
expect 1 "REGRESSION: bestfit: peak_footprint_bytes" "$heapbench" diff old grown.jsonl
expect 1 '"regression":true' "$heapbench" diff --format=jsonl old grown.jsonl
expect 0 ": 0 regressions" "$heapbench" diff --space-threshold=4% old grown.jsonl
expect 0 ": 0 regressions" "$heapbench" diff --threshold=4 old grown.jsonl
expect 1 "beyond 2%" "$heapbench" diff --time-threshold=50 --cache-threshold=50 old grown.jsonl
expect 0 ": 0 regressions" "$heapbench" diff grown.jsonl old

# Strategies that trade their names: one becomes certainly slower.
sed 's/"allocator":"bestfit"/"allocator":"x"/; s/"allocator":"firstfit"/"allocator":"bestfit"/
    s/"allocator":"x"/"allocator":"firstfit"/' "$results" >traded.jsonl
expect 1 "REGRESSION: bestfit: time_ratio" "$heapbench" diff old traded.jsonl
expect 1 '"figure":"time_ratio"' "$heapbench" diff --format=jsonl old traded.jsonl

# A cell that is gone is named, and is no regression.
grep -v '"allocator":"buddy"' "$results" >fewer.jsonl
expect 0 "not in the new results: buddy" "$heapbench" diff old fewer.jsonl
expect 0 '"verdict":"only in old"' "$heapbench" diff --format=jsonl old fewer.jsonl

# Other machines are warned of, once.
echo '{"cpu":"A","cores":2}' >old/machine.json
echo '{"cpu":"B","cores":2}' >new/machine.json
expect 0 "warning: the machines differ, so times and caches may: cpu: A, now B" \
    "$heapbench" diff old new
expect 1 "standard output could not be written" sh -c '"$@" >/dev/full' sh "$heapbench" diff old new
