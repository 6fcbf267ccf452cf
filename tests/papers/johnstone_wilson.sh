#!/usr/bin/env bash
# Johnstone and Wilson's study says of a trace what `heapbench run` says of it, in both modes, and its
# verdict follows from its conditions. Argument: heapbench.
set -euo pipefail
heapbench=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "johnstone-wilson: $*" >&2
    exit 1
}

"$heapbench" reproduce johnstone-wilson --quick --out="$work/out" >/dev/null 2>"$work/talk" ||
    fail "status $?: $(cat "$work/talk")"
data=$work/out/johnstone-wilson/johnstone-wilson.csv
for policy in bestfit:order=lifo buddy:system=fibonacci; do
    for settings in :preset=paper:scale=16 ''; do
        mode=${settings:+policy}
        ratio=$("$heapbench" --alloc="$policy$settings" --trace=git --baseline=none --passes=space \
            --out="$work/run$mode$policy" --format=jsonl 2>/dev/null |
            sed -n 's/.*"frag_peak_ratio":\([0-9.]*\).*/\1/p')
        said=$(awk -F, -v m="${mode:-real}" -v p="$policy" \
            '$1 == "git" && $2 == m && $3 == p { print $7 }' "$data")
        [ -n "$said" ] || fail "no $policy in ${mode:-real} mode"
        awk -v a="$ratio" -v b="$said" 'BEGIN { exit !(a >= 1 && a - b < 1e-6 && b - a < 1e-6) }' ||
            fail "$policy, ${mode:-real} mode: $said, but heapbench run: $ratio"
    done
done
verdict=PASS
grep -q '"holds":	false' "$work/out/johnstone-wilson/verdict.json" && verdict=PARTIAL
grep -A1 '"holds":	false' "$work/out/johnstone-wilson/verdict.json" | grep -q FAIL && verdict=FAIL
grep -q "\"verdict\":	\"$verdict\"" "$work/out/johnstone-wilson/verdict.json" ||
    fail "the verdict is not $verdict"
