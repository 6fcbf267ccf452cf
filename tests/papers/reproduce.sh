#!/usr/bin/env bash
# A paper's quick form runs, and its verdict is PASS. Arguments: heapbench, the paper.
set -euo pipefail
heapbench=$1 paper=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$paper: $*" >&2
    cat "$work"/out/"$paper"/verdict.json >&2 || true
    exit 1
}

"$heapbench" reproduce "$paper" --quick --out="$work/out" >"$work/said" 2>"$work/talk" ||
    fail "status $?: $(cat "$work/talk")"
grep -q '"verdict":	"PASS"' "$work/out/$paper/verdict.json" || fail "no PASS"
grep -q "^$paper  *PASS" "$work/said" || fail "the table has: $(cat "$work/said")"
grep -q "\*\*PASS\*\* (quick)" "$work/out/README.md" || fail "README.md has no PASS"
for file in "$work/out/$paper"/*.csv "$work/out/$paper"/*.png; do
    [ -s "$file" ] || fail "$file is empty"
done
