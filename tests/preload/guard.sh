#!/usr/bin/env bash
# guard.sh LIBRARY STRATEGY MISUSE: under guard=on each misuse that the program MISUSE commits ends it
# by SIGABRT with exactly the one line that it announces.
set -uo pipefail
library=$1
strategy=$2
misuse=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
ulimit -c 0

# dies NAME OPTIONS
dies() {
    local status
    { # bash says on stderr how it ended
        LD_PRELOAD=$library HEAPBENCH_OPTIONS=guard=on$2 "$misuse" "$1" "$strategy" \
            >"$folder/expected" 2>"$folder/said"
        status=$?
    } 2>/dev/null
    if [ "$1" = write_to_a_free_list ]; then
        # Of the strategy's own law, any; with place and both values.
        said=$(sed -nE 's/^(heapbench: guard: [a-z]+: malloc: corrupted heap: ).*: at 0x[0-9a-f]+, found 0x[0-9a-f]+, expected 0x[0-9a-f]+$/\1/p' "$folder/said")
        [ "$(wc -l <"$folder/said")" = 1 ] && echo "$said" >"$folder/said.short" &&
            mv "$folder/said.short" "$folder/said"
    fi
    if [ "$status" -ne 134 ] || ! cmp -s "$folder/expected" "$folder/said" || ! [ -s "$folder/said" ]; then
        echo "$strategy$2, $1: status $status (expected 134, SIGABRT)"
        echo "expected: $(cat "$folder/expected")"
        echo "said:     $(cat "$folder/said")"
        failed=1
    fi
}

names=$("$misuse" list) && [ -n "$names" ] || { echo "$misuse names no misuse"; exit 1; }
for name in $names; do
    # bump has no list of free blocks, and next fit's index of them is outside of the heap.
    case "$strategy-$name" in
    bump-write_to_a_free_list | nextfit-write_to_a_free_list) continue ;;
    esac
    dies "$name" ""
    dies "$name" ":backend=mmap:grow=4096"
done
[ "$failed" -eq 0 ] && echo "$(wc -w <<<"$names") misuses, each ends with its line"
exit "$failed"
