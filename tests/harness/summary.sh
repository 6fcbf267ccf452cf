#!/usr/bin/env bash
# heapbench summary: kept results again, means over traces as a table and as data.
# Arguments: the program, a file of results of two traces.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
results=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir run
cp "$results" run/results.jsonl
expect 0 "RESULTS..." "$heapbench" summary --help
expect 2 "name a run's folder" "$heapbench" summary
expect 2 "there is no option --what" "$heapbench" summary --what run
expect 2 "known are table and jsonl" "$heapbench" summary --format=csv run
expect 2 "nothing: No such file" "$heapbench" summary nothing
printf '{"allocator":"a"\n' >cut.jsonl
expect 2 "cut.jsonl: line 1: no valid JSON" "$heapbench" summary cut.jsonl
expect 0 "geometric means over 2 traces: gcc, perl" "$heapbench" summary run
expect 0 '"time_ratio_geomean":' "$heapbench" summary --format=jsonl run/results.jsonl

# The means do not depend on how the results were cut into files, and are no results themselves.
grep '"trace":"gcc"' run/results.jsonl >gcc.jsonl
grep '"trace":"perl"' run/results.jsonl >perl.jsonl
"$heapbench" summary --format=jsonl run >whole
"$heapbench" summary --format=jsonl gcc.jsonl perl.jsonl >parts
cmp whole parts
expect 2 "names no trace" "$heapbench" summary whole
expect 1 "no two traces" "$heapbench" summary --format=jsonl gcc.jsonl
if "$heapbench" summary gcc.jsonl | grep "geometric"; then exit 1; fi
