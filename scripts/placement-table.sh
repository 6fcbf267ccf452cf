#!/usr/bin/env bash
# Do both mechanisms of the sequential fits place alike? Replays traces on each of firstfit, nextfit,
# bestfit and worstfit in each order, with index=list and with index=tree, and prints the placement
# hashes side by side (docs/block-model.md).
#   scripts/placement-table.sh [--traces=LIST] [--fits=LIST] [--orders=LIST] [--first=OPS] [--jobs=N]
# LIST is separated by commas. All bundled traces, fits and orders unless named; a trace may be a path
# (with a /). --first=OPS replays the first OPS operations of each trace only. N processes at once, as
# many as there are processors unless named. Each replay that has ended is said on standard error with
# the time it took: worstfit by list takes minutes on some traces.
# $HEAPBENCH is the program, build/release/heapbench unless set.
# Ends with status 1 if a pair differs, or a replay has no hash.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

traces=
first=
fits=firstfit,nextfit,bestfit,worstfit
orders=address,lifo,fifo
jobs=$(nproc)
for argument in "$@"; do
    value=${argument#*=}
    case "$argument" in
    -h | --help)
        sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$root/scripts/${BASH_SOURCE[0]##*/}"
        exit 0
        ;;
    --traces=*) traces=$value ;;
    --fits=*) fits=$value ;;
    --orders=*) orders=$value ;;
    --first=*) first=$value ;;
    --jobs=*) jobs=$value ;;
    *)
        echo "placement-table: there is no option $argument (see --help)" >&2
        exit 2
        ;;
    esac
done
case "$jobs" in
'' | *[!0-9]* | 0*)
    echo "placement-table: --jobs=$jobs is no number of processes" >&2
    exit 2
    ;;
esac
case "$first" in
*[!0-9]* | 0*)
    echo "placement-table: --first=$first is no number of operations" >&2
    exit 2
    ;;
esac
for fit in ${fits//,/ }; do
    case "$fit" in
    firstfit | nextfit | bestfit | worstfit) ;;
    *)
        echo "placement-table: --fits: $fit is none of firstfit, nextfit, bestfit, worstfit" >&2
        exit 2
        ;;
    esac
done
for order in ${orders//,/ }; do
    case "$order" in
    address | lifo | fifo) ;;
    *)
        echo "placement-table: --orders: $order is none of address, lifo, fifo" >&2
        exit 2
        ;;
    esac
done
HEAPBENCH=${HEAPBENCH:-$root/build/release/heapbench}
if [ ! -x "$HEAPBENCH" ]; then
    echo "placement-table: $HEAPBENCH is not built (ninja -C build/release, or set HEAPBENCH)" >&2
    exit 2
fi
if [ -z "$traces" ]; then
    traces=$("$HEAPBENCH" list traces | awk '$2 ~ /^[0-9]+$/ { print $1 }')
    traces=${traces//$'\n'/,}
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "$first" ]; then
    shortened=
    mkdir "$work/first"
    for trace in ${traces//,/ }; do
        name=${trace##*/}
        "$HEAPBENCH" trace first --ops="$first" "$trace" -o "$work/first/${name%.hbt}.hbt" >/dev/null || exit 2
        shortened=$shortened,$work/first/${name%.hbt}.hbt
    done
    traces=${shortened#,}
fi

# One replay: its hash goes to a file named after what was replayed.
replay() {
    local trace=$1 fit=$2 order=$3 index=$4 started=$SECONDS hash
    local name=${trace//\//%}.$fit.$order.$index
    "$HEAPBENCH" --alloc="$fit:order=$order:index=$index" --trace="$trace" --passes=space \
        --baseline=none --format=jsonl --out="$work/out.$name" >"$work/$name.jsonl" 2>"$work/$name.said" || true
    hash=$(sed -n 's/.*"placement_hash": *"\([0-9a-fx]*\)".*/\1/p' "$work/$name.jsonl" | head -1)
    [ -n "$hash" ] || sed "s|^|placement-table: |" "$work/$name.said" >&2
    echo "${hash:--}" >"$work/$name"
    rm -rf "$work/out.$name"
    echo "placement-table: $(basename "$trace" .hbt) $fit:order=$order:index=$index, $((SECONDS - started)) s" >&2
}
export -f replay
export HEAPBENCH work

# The slowest first, so that no processor waits for it at the end.
for fit in worstfit bestfit nextfit firstfit; do
    case ",$fits," in *",$fit,"*) ;; *) continue ;; esac
    for index in list tree; do
        for trace in ${traces//,/ }; do
            for order in ${orders//,/ }; do
                printf '%s\0%s\0%s\0%s\0' "$trace" "$fit" "$order" "$index"
            done
        done
    done
done | xargs -0 -n 4 -P "$jobs" bash -c 'replay "$@"' replay

format='%-12s %-22s %-18s %-18s %s\n'
pairs=0 equal=0
# shellcheck disable=SC2059
printf "$format" trace allocator index=list index=tree same
for trace in ${traces//,/ }; do
    for fit in ${fits//,/ }; do
        for order in ${orders//,/ }; do
            name=$work/${trace//\//%}.$fit.$order
            list=$(cat "$name.list") tree=$(cat "$name.tree") same=no
            if [ "$list" = "$tree" ] && [ "$list" != - ]; then same=yes; fi
            pairs=$((pairs + 1))
            if [ "$same" = yes ]; then equal=$((equal + 1)); fi
            # shellcheck disable=SC2059
            printf "$format" "$(basename "$trace" .hbt)" "$fit:order=$order" "$list" "$tree" "$same"
        done
    done
done
echo "$equal of $pairs placed alike"
[ "$equal" -eq "$pairs" ]
