#!/usr/bin/env bash
# What does a difference of nothing look like? Measures glibc malloc against itself, many times, each
# with another seed, and tells in how many runs the 95% interval of time_ratio contains 1, and how
# wide it is.
#   scripts/self-compare.sh [--runs=40] [--trace=gcc] [--alloc=glibc] [--repeats=12] [--out=FILE]
# Prints a line for each run, tab-separated: seed, time_ratio, its interval, the interval's width,
# blocks that were disturbed, those of them that are in the figures. FILE gets all results.
# $HEAPBENCH is the program, build/release/heapbench unless set.
# Ends with status 1 if fewer than 35 of 40 intervals contain 1, or half of them are 0.1 wide.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs=40
trace=gcc
alloc=glibc
repeats=12
out=
for argument in "$@"; do
    value=${argument#*=}
    case "$argument" in
    -h | --help)
        sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "scripts/${BASH_SOURCE[0]##*/}"
        exit 0
        ;;
    --runs=*) runs=$value ;;
    --trace=*) trace=$value ;;
    --alloc=*) alloc=$value ;;
    --repeats=*) repeats=$value ;;
    --out=*) out=$value ;;
    *)
        echo "self-compare: there is no option $argument (see --help)" >&2
        exit 2
        ;;
    esac
done
case "$runs" in
'' | *[!0-9]* | 0*)
    echo "self-compare: --runs=$runs is no number of runs" >&2
    exit 2
    ;;
esac
heapbench=${HEAPBENCH-build/release/heapbench}
if [ ! -x "$heapbench" ]; then
    echo "self-compare: $heapbench is not built: cmake --preset release && cmake --build --preset release" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'seed\ttime_ratio\tci95_low\tci95_high\twidth\tbad_blocks\tbad_blocks_kept\n'
for ((seed = 1; seed <= runs; seed++)); do
    "$heapbench" --alloc="$alloc" --baseline="$alloc" --trace="$trace" --passes=time \
        --repeats="$repeats" --seed="$seed" --format=jsonl --out="$work/runs" \
        >"$work/results" 2>"$work/said" || {
        status=$?
        cat "$work/said" >&2
        exit "$status"
    }
    cat "$work/results" >>"$work/all"
    # The second line is the allocator, the first the baseline.
    sed -nE '2{
        s/.*"seed":([0-9]+),.*"time_ratio":([^,]*),"time_ratio_ci95_low":([^,]*),"time_ratio_ci95_high":([^,]*),.*"bad_blocks":([^,]*),"bad_blocks_kept":([^,]*),.*/\1 \2 \3 \4 \5 \6/p
    }' "$work/results" >"$work/line"
    read -r seed_run ratio low high bad kept <"$work/line"
    if [ "$low" = null ]; then
        echo "self-compare: no interval: it takes --repeats=6 or more" >&2
        exit 2
    fi
    awk -v seed="$seed_run" -v ratio="$ratio" -v low="$low" -v high="$high" -v bad="$bad" \
        -v kept="$kept" 'BEGIN {
            printf "%d\t%.4f\t%.4f\t%.4f\t%.4f\t%d\t%d\n", seed, ratio, low, high, high - low, bad, kept
        }' | tee -a "$work/table"
done
[ -z "$out" ] || cp "$work/all" "$out"

sort -t "$(printf '\t')" -k5,5n "$work/table" | awk -F '\t' -v alloc="$alloc" -v trace="$trace" '
    { width[NR] = $5; contained += $3 <= 1 && $4 >= 1; narrow += $5 < 0.1; bad += $6; kept += $7 }
    END {
        median = (width[int((NR + 1) / 2)] + width[int(NR / 2) + 1]) / 2
        printf "%s on %s against itself: %d of %d intervals contain 1; ", alloc, trace, contained, NR
        printf "width %.4f in the median, %.4f at most, %d of %d below 0.1; ", median, width[NR], narrow, NR
        printf "%d blocks were disturbed, %d of them in the figures\n", bad, kept
        exit contained * 40 < 35 * NR || median >= 0.1
    }'
