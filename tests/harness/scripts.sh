#!/usr/bin/env bash
# --help of the scripts, and what they refuse, come before anything is installed or built.
# Argument: their folder.
set -euo pipefail
scripts=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy, in which there is nothing to install with or to build.
mkdir "$work/scripts"
cp "$scripts/quickstart.sh" "$scripts/test.sh" "$scripts/self-compare.sh" "$work/scripts/"
cd /
grep -q "^usage: scripts/quickstart.sh" <<<"$("$work/scripts/quickstart.sh" --help)"
grep -qF "scripts/test.sh [release]" <<<"$("$work/scripts/test.sh" --help)"
grep -qF -- "[--runs=40]" <<<"$("$work/scripts/self-compare.sh" --help)"
for script in quickstart test self-compare; do
    status=0
    said=$("$work/scripts/$script.sh" --what 2>&1) || status=$?
    [ "$status" -eq 2 ] && [ "$(wc -l <<<"$said")" -eq 1 ]
done
for bad in --runs=0 --runs=x --runs=; do
    status=0
    "$work/scripts/self-compare.sh" "$bad" 2>"$work/said" || status=$?
    [ "$status" -eq 2 ] && grep -q "is no number of runs" "$work/said"
done
status=0
"$work/scripts/self-compare.sh" 2>"$work/said" || status=$?
[ "$status" -eq 2 ] && grep -q "is not built" "$work/said"
rm "$work/said"
[ "$(find "$work" -type f | wc -l)" -eq 3 ]
