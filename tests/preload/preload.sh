#!/usr/bin/env bash
# preload.sh LIBRARY STRATEGY PROGRAMS: LIBRARY is a malloc as C wants it, by the small programs in the
# folder PROGRAMS: conform, sbrks, forks, tally. Options reach it, and figures come back.
set -uo pipefail
library=$1
strategy=$2
programs=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset HEAPBENCH_OPTIONS HEAPBENCH_STATS
never=
[ "$strategy" = bump ] && never=never

fail() {
    echo "$strategy: $*"
    exit 1
}

# says LINE PROGRAM ARGUMENT… : under the library, with the options in the environment.
says() {
    local line=$1 output
    shift
    output=$(LD_PRELOAD=$library "$@" 2>&1) && [ "$output" = "$line" ] ||
        fail "$* under '${HEAPBENCH_OPTIONS-}' says: $output"
}

[ "$("$programs/conform")" = conforms ] || fail "conform is wrong: the C library does not pass it"
for options in "" backend=mmap:grow=1M guard=on mmap_threshold=64K:grow=4K; do
    export HEAPBENCH_OPTIONS=$options
    says conforms "$programs/conform"
done
for options in "" backend=mmap guard=on; do
    export HEAPBENCH_OPTIONS=$options
    says survived "$programs/sbrks" $never
done
unset HEAPBENCH_OPTIONS
says forked "$programs/forks"
echo "conforms; shares the break and survives its limit; forks among handlers that allocate"

# refused VARIABLE=VALUE LINE: one line, status 2.
refused() {
    local output status
    output=$(env "$1" LD_PRELOAD="$library" "$programs/tally" 2>&1)
    status=$?
    [ "$status" -eq 2 ] && [ "$output" = "heapbench: $2" ] || fail "$1: status $status, says: $output"
}
known=$(HEAPBENCH_OPTIONS=nosuch=1 LD_PRELOAD=$library "$programs/tally" 2>&1 | sed 's/.*it knows //')
refused HEAPBENCH_OPTIONS=nosuch=1 \
    "HEAPBENCH_OPTIONS: $strategy has no option 'nosuch'; it knows $known"
refused HEAPBENCH_OPTIONS=guard=maybe \
    "HEAPBENCH_OPTIONS: $strategy: 'maybe' is no value of guard; it takes off, on"
refused HEAPBENCH_OPTIONS=scale=16 \
    "HEAPBENCH_OPTIONS: scale is for replayed traces; a program's requests are its own"
refused HEAPBENCH_STATS=yes "HEAPBENCH_STATS: it takes 1, for a line of figures at exit, or 0"
echo "options: obeyed, and refused in one line when wrong"

# What tally.c does. Footprint and system calls are the strategy's.
counts="mallocs=4 callocs=2 reallocs=2 aligned=1 frees=2 failed=3 live_bytes=21007 peak_live_bytes=121307"
own='footprint_bytes=[0-9]+ peak_footprint_bytes=[0-9]+ frag_peak_ratio=[0-9]+\.[0-9]{3} brk_calls=[0-9]+ mmap_calls=[0-9]+ munmap_calls=[0-9]+ mremap_calls=[0-9]+'
for options in "" guard=on; do
    line=$(HEAPBENCH_OPTIONS=$options HEAPBENCH_STATS=1 LD_PRELOAD=$library "$programs/tally" 2>&1)
    [[ $line =~ ^heapbench:\ $strategy\ program=tally\ pid=[0-9]+\ $counts\ $own$ ]] ||
        fail "figures: $line"
done
[ -z "$(HEAPBENCH_STATS=0 LD_PRELOAD=$library "$programs/tally" 2>&1)" ] || fail "figures unasked"
echo kept >"$folder/file"
HEAPBENCH_STATS=1 LD_PRELOAD=$library "$programs/tally" closed "$folder/file" 2>"$folder/said" ||
    fail "tally closed: status $?"
[ "$(cat "$folder/file")" = kept ] && [ ! -s "$folder/said" ] ||
    fail "figures were written to a file that is not stderr"
echo "figures: those of the calls that were made"
