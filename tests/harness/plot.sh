#!/usr/bin/env bash
# heapbench plot: draws each picture with its data and script, redraws, and says what is wrong.
# Arguments: the program, a file of results.
set -euo pipefail
heapbench=$1
results=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# expect STATUS TEXT COMMAND...: it ends so and says so.
expect() {
    local status=0 expected=$1 text=$2 output
    shift 2
    output=$("$@" 2>&1) || status=$?
    if [ "$status" -ne "$expected" ] || ! grep -qF -- "$text" <<<"$output"; then
        echo "expected status $expected and \"$text\" of: $*" >&2
        echo "got $status: $output" >&2
        exit 1
    fi
}

mkdir run
cp "$results" run/results.jsonl
expect 0 "RESULTS..." "$heapbench" plot --help
expect 2 "name a run's folder" "$heapbench" plot
expect 2 "there is no option --what" "$heapbench" plot --what run
expect 2 "known are png and svg" "$heapbench" plot --format=gif run
expect 2 "nothing/here: No such file" "$heapbench" plot nothing/here
expect 2 "say where" "$heapbench" plot run run
printf '{"allocator":"a"\n' >cut.jsonl
expect 2 "cut.jsonl: line 1: no valid JSON" "$heapbench" plot cut.jsonl
expect 1 "install the package gnuplot-nox" env PATH=/nowhere "$heapbench" plot run

if ! command -v gnuplot >/dev/null; then
    echo "no gnuplot: nothing drawn"
    exit 77
fi
expect 0 "4 plots in run/plots" "$heapbench" plot run
for name in time frag-time memory-gcc memory-perl; do
    for ending in png svg tsv gp; do
        [ -s "run/plots/$name.$ending" ] || { echo "no $name.$ending" >&2; exit 1; }
    done
    head -c 8 "run/plots/$name.png" | grep -q PNG
    grep -q "</svg>" "run/plots/$name.svg"
done
[ "$(find run/plots | wc -l)" -eq 17 ]

# The script beside the picture draws it again.
rm run/plots/time.png
(cd run/plots && gnuplot time.gp)
[ -s run/plots/time.png ]
expect 0 "4 plots in run/plots" "$heapbench" plot run/results.jsonl --format=svg

# Two runs together, and results without some measures.
expect 0 "4 plots in both" "$heapbench" plot run run/results.jsonl -o both --format=png
[ ! -e both/time.svg ]
sed 's/"series_op":\[[^]]*\]/"series_op":null/' run/results.jsonl >bare.jsonl
expect 0 "no memory series of gcc" "$heapbench" plot bare.jsonl -o bare
[ -s bare/time.png ] && [ ! -e bare/memory-gcc.png ]
printf '{"allocator":"a","trace":"t"}\n' >none.jsonl
expect 1 "no warm times" "$heapbench" plot none.jsonl -o none
[ -z "$(find none -type f)" ]
