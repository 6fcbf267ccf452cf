#!/usr/bin/env bash
# The command line's entry: help, version, names that do not exist.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect 0 "Subcommands" "$heapbench"
expect 0 "Subcommands" "$heapbench" --help
expect 0 "heapbench 0." "$heapbench" --version
expect 2 "nearest: plot" "$heapbench" plto
expect 2 "run, list, record" "$heapbench" zzzzzzzz
expect 0 "RESULTS..." "$heapbench" help plot
for name in run list record trace summary diff plot report doctor; do
    expect 0 "$name" "$heapbench" "$name" --help
    expect 2 "heapbench: " "$heapbench" "$name" --no-such-option
done
expect 0 "bestfit" "$heapbench" list allocators
expect 0 "order=address|lifo|fifo" "$heapbench" list
expect 2 "nearest: traces" "$heapbench" list trace
expect 0 "perf::PAGE-FAULTS:u" "$heapbench" list counters
expect 0 "valgrind" "$heapbench" doctor
expect 0 "disturbances" "$heapbench" doctor
expect 0 "package valgrind" env PATH=/nowhere "$heapbench" doctor
expect 2 "heapbench: " "$heapbench" list allocators traces
[ -z "$("$heapbench" list | grep -v 'installed: /' | grep -E '.{81}')" ]

# Output that cannot be written is a failure; a reader that has had enough is none.
for arguments in --help --version list "run --help" "plot --help" "record --help" "trace --help"; do
    # shellcheck disable=SC2016,SC2086
    expect 1 "standard output could not be written: No space" \
        sh -c '"$@" >/dev/full' sh "$heapbench" $arguments
done
(
    trap '' PIPE
    { sleep 0.2; "$heapbench" list 2>"$work/said"; echo "$?" >>"$work/said"; } | true
)
[ "$(cat "$work/said")" = 0 ]

# A tree that was moved after the build: what it bundles is found from the program's place.
moved=$work/moved
mkdir -p "$moved"/{build/release,workloads/traces}
cp "$heapbench" "$moved/build/release/"
echo broken >"$moved/workloads/traces/moved.hbt"
expect 1 "moved " "$moved/build/release/heapbench" list traces
