#!/usr/bin/env bash
# How fast foreign traces are imported: scripts/bench-import.sh [HEAPBENCH] [MILLIONS]
# Makes a trace of that many millions of calls (2.5), 32768 objects at most alive, in four formats and
# packed; imports each and prints the calls a second and, where GNU time is installed, the most memory.
set -euo pipefail
bench=${1:-$(dirname "${BASH_SOURCE[0]}")/../build/release/heapbench}
calls=$(awk -v millions="${2:-2.5}" 'BEGIN { printf "%d", millions * 1e6 }')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

awk -v calls="$calls" -v folder="$folder" 'BEGIN {
    srand(1)
    print "v 10400 3" >(folder "/heaptrack")
    printf "1\n32768\n%d\n1\n", calls >(folder "/rep")
    for (i = 0; i < calls; i++) {
        slot = int(rand() * 32768)
        at = sprintf("%x", 34091302912 + slot * 4096)
        size = 8 + int(rand() * rand() * 4000)
        if (alive[slot]) {
            printf "%d: free 0x%s\n", 100 + i % 4, at >(folder "/android")
            printf "@ ./a.out:[0x401136] - 0x%s\n", at >(folder "/mtrace")
            printf "- %s\n", at >(folder "/heaptrack")
            printf "f %d\n", slot >(folder "/rep")
        } else {
            printf "%d: malloc 0x%s %d\n", 100 + i % 4, at, size >(folder "/android")
            printf "@ ./a.out:[0x401136] + 0x%s 0x%x\n", at, size >(folder "/mtrace")
            printf "+ %x 1 %s\n", size, at >(folder "/heaptrack")
            printf "a %d %d\n", slot, size >(folder "/rep")
        }
        alive[slot] = !alive[slot]
    }
}'
gzip -k "$folder/android"
zstd -q "$folder/android"

printf '%-14s %12s %9s %14s %10s\n' input bytes seconds calls/second 'peak KiB'
for name in android android.gz android.zst mtrace heaptrack rep; do
    timer=()
    [ -x /usr/bin/time ] && timer=(/usr/bin/time -f %M -o "$folder/peak")
    start=$(date +%s%N)
    "${timer[@]}" "$bench" import "$folder/$name" -o "$folder/$name.hbt" 2>"$folder/said" ||
        { cat "$folder/said"; exit 1; }
    end=$(date +%s%N)
    grep -q " $calls operations" "$folder/said" || { cat "$folder/said"; exit 1; }
    awk -v name="$name" -v bytes="$(stat -c %s "$folder/$name")" -v ns=$((end - start)) -v calls="$calls" \
        -v peak="$(cat "$folder/peak" 2>/dev/null || echo -)" 'BEGIN {
        printf "%-14s %12d %9.2f %14.0f %10s\n", name, bytes, ns / 1e9, calls / (ns / 1e9), peak }'
done
