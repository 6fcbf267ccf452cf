#!/usr/bin/env bash
# scripts/placement-table.sh tells whether lists and trees place alike: what agrees, what differs, what
# was not measured, what it refuses. Arguments: the script, heapbench.
set -euo pipefail
table=$1
export HEAPBENCH=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$table" --traces=sqlite3 --fits=firstfit,bestfit --orders=lifo >said 2>progress
[ "$(grep -c ' yes$' said)" -eq 2 ]
grep -q '^2 of 2 placed alike$' said
[ "$(grep -c ' s$' progress)" -eq 4 ]

# The first operations only, of which a table is another.
"$table" --traces=sqlite3 --fits=firstfit --orders=lifo --first=1000 >first 2>progress
grep -q '^sqlite3 .* yes$' first
if grep -qF "$(awk '/firstfit/ { print $3 }' first)" said; then exit 1; fi

# A heapbench of which the tree places otherwise, and one that measures nothing.
printf '#!/bin/sh\ncase "$*" in *index=tree*) echo "{\\"placement_hash\\": \\"a1\\"}" ;; *) echo "{\\"placement_hash\\": \\"b2\\"}" ;; esac\n' >differs
printf '#!/bin/sh\necho "no trace" >&2\nexit 2\n' >refuses
chmod +x differs refuses
for broken in differs refuses; do
    status=0
    HEAPBENCH=$work/$broken "$table" --traces=t --fits=worstfit --orders=fifo >said 2>progress || status=$?
    [ "$status" -eq 1 ]
    grep -q '^0 of 1 placed alike$' said
done
grep -q '^placement-table: no trace$' progress

for bad in --what --jobs=0 --first=1k --fits=quickfit --orders=size; do
    status=0
    "$table" "$bad" 2>said || status=$?
    [ "$status" -eq 2 ] && [ "$(wc -l <said)" -eq 1 ]
done
status=0
HEAPBENCH=$work/none "$table" 2>said || status=$?
[ "$status" -eq 2 ] && grep -q "is not built" said
"$table" --help | grep -qF -- "[--traces=LIST]"
