#!/usr/bin/env bash
# traffic.sh PROGRAM FAMILY [race]: the exchange of blocks between threads is clean for the sanitizer
# that PROGRAM is built with; with `race`, it is a data race and must be reported.
set -uo pipefail
export TSAN_OPTIONS=halt_on_error=1:exitcode=66
unset HEAPBENCH_OPTIONS HEAPBENCH_STATS
output=$("$1" "$2" 2>&1)
status=$?
# Thread sanitizers of before 2024 do not know the addresses of kernels that scatter them more.
if [[ $output == *"unexpected memory mapping"* ]]; then
    output=$(setarch -R "$1" "$2" 2>&1)
    status=$?
fi
if [ "${3-}" = race ]; then
    [[ $output == *"WARNING: ThreadSanitizer: data race"* ]] && exit 0
    echo "no data race was reported without the lock; status $status"
    echo "$output" | head -20
    exit 1
fi
# whole OPTIONS: what the last run said, or why not.
whole() {
    [ "$status" -eq 0 ] && [ "$output" = whole ] && return
    echo "$1 $2: status $status"
    echo "$output" | head -60
    exit 1
}

whole "$2" ""
case "$1" in
*tsan) ;;
*)
    output=$(HEAPBENCH_OPTIONS=guard=on "$1" "$2" 2>&1)
    status=$?
    whole "$2" guard=on
    ;;
esac
