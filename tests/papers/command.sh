#!/usr/bin/env bash
# heapbench reproduce: what is asked for wrongly is told; a run goes on with what is missing; what
# was interrupted leaves nothing that is not whole. Argument: heapbench.
set -euo pipefail
heapbench=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# expect STATUS TEXT COMMAND...: it ends so, and says so.
expect() {
    local status=0 said
    said=$("${@:3}" 2>&1) || status=$?
    [ "$status" -eq "$1" ] || { echo "${*:3}: status $status, not $1: $said" >&2; exit 1; }
    [[ $said == *"$2"* ]] || { echo "${*:3}: no '$2' in: $said" >&2; exit 1; }
}

expect 2 "which paper" "$heapbench" reproduce
expect 2 "nearest: robson" "$heapbench" reproduce robsn
expect 2 "no option --fast" "$heapbench" reproduce --fast
expect 2 "cannot make the folder" "$heapbench" reproduce robson --quick --out=no/such/place
expect 2 "" "$heapbench" reproduce robson --quick --out=/dev/null
expect 0 "Robson" "$heapbench" list papers
expect 0 "robson" "$heapbench" reproduce --help

expect 0 "PASS" "$heapbench" reproduce buddy-internal --quick --out=out
touch -d '2001-01-01' out/buddy-internal/verdict.json
expect 0 "buddy-internal: there already" "$heapbench" reproduce buddy-internal --quick --out=out
[ "$(date -r out/buddy-internal/verdict.json +%Y)" = 2001 ] || { echo "measured twice" >&2; exit 1; }
expect 2 "was made with --quick" "$heapbench" reproduce buddy-internal --out=out

# What a killed run leaves is no result, and is in nobody's way.
mkdir -p cut/.buddy-internal.partial
echo rubbish >cut/.buddy-internal.partial/buddy-internal.csv
expect 0 "PASS" "$heapbench" reproduce buddy-internal --quick --out=cut
[ ! -e cut/.buddy-internal.partial ] || { echo "a partial folder stays" >&2; exit 1; }

# Ctrl-C: nothing half-made stays, and the way on is said.
"$heapbench" reproduce robson --out=stopped >said 2>&1 &
running=$!
for _ in $(seq 200); do
    [ -e stopped/.robson.partial/robson.csv ] && break
    sleep 0.02
done
kill -TERM $running
status=0
wait $running || status=$?
[ "$status" -eq 143 ] || { echo "ended with $status: $(cat said)" >&2; exit 1; }
grep -q "with --out=stopped it goes on" said || { cat said >&2; exit 1; }
[ "$(ls -A stopped)" = README.md ] || { echo "left: $(ls -A stopped)" >&2; exit 1; }
