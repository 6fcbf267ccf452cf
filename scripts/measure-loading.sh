#!/usr/bin/env bash
# What does it cost to bring a trace to the worker? The tables of docs/metrics.md, "Loading and streaming".
#   scripts/measure-loading.sh [--rounds=9] [--ops=10000000] [--only=load|stream]
# load: reading a bundled trace into memory ÷ replaying it once on glibc malloc.
# stream: replaying a trace that is streamed ÷ the same from memory, of two generated traces of --ops
# operations: 1 and 64 MiB live. Interleaved; medians of ratios, 95% intervals from 6 rounds on. Keep
# the machine quiet meanwhile.
# $HEAPBENCH is the program, build/release/heapbench unless set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=9
ops=10000000
only=
for argument in "$@"; do
    case "$argument" in
    -h | --help)
        sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "scripts/${BASH_SOURCE[0]##*/}"
        exit 0
        ;;
    --rounds=*) rounds=${argument#*=} ;;
    --ops=*) ops=${argument#*=} ;;
    --only=load | --only=stream) only=${argument#*=} ;;
    *)
        echo "measure-loading: there is no option $argument (see --help)" >&2
        exit 2
        ;;
    esac
done
for number in "$rounds" "$ops"; do
    case "$number" in
    '' | *[!0-9]* | 0*)
        echo "measure-loading: $number is no number of rounds or operations" >&2
        exit 2
        ;;
    esac
done

heapbench=${HEAPBENCH:-build/release/heapbench}
bench=$(dirname "$heapbench")/loading_bench
for file in "$heapbench" "$bench"; do
    [ -x "$file" ] || {
        echo "measure-loading: no $file; build the release preset first" >&2
        exit 2
    }
done

if [ -z "$only" ] || [ "$only" = load ]; then
    "$bench" load "$rounds" workloads/traces/*.hbt
fi
if [ -z "$only" ] || [ "$only" = stream ]; then
    work=$(mktemp -d "${TMPDIR:-/tmp}/measure-loading.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    for live in 1M 64M; do
        "$heapbench" generate "synth:random:ops=$ops:live=$live" -o "$work/random-$live.hbt"
    done
    "$bench" stream "$rounds" "$work"/random-*.hbt
fi
