#!/usr/bin/env bash
# heapbench tour: shows every claim, in ASCII where that is asked for, on narrow terminals too, and says
# what is wrong with its arguments. Arguments: the program, the source folder.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "tour: $*" >&2
    exit 1
}

expect 0 "CLAIM..." "$heapbench" tour --help
expect 2 "nearest: segments" "$heapbench" tour segmenst
expect 2 "there is no option --plane" "$heapbench" tour --plane
expect 2 "nearest: bestfit" "$heapbench" tour --alloc=bestift
expect 2 "null has no heap" "$heapbench" tour --alloc=null
expect 0 "[break]" "$heapbench" tour 2

# Plain is ASCII of at most 80 columns, without colour; all claims are in it.
"$heapbench" tour --list --plain >list
"$heapbench" tour --plain >all
LC_ALL=C grep -nP '[^\x20-\x7e]' all && fail "--plain is not ASCII"
awk 'length > 80 { print; bad = 1 } END { exit bad }' all || fail "lines of more than 80 columns"
for claim in $(grep -oE '\[[a-z]+\]$' list); do
    grep -qF "$claim" all || fail "$claim is not shown"
done

# What MALLOC_ variables say to glibc's malloc does not reach the claims.
MALLOC_MMAP_THRESHOLD_=4096 MALLOC_TOP_PAD_=0 GLIBC_TUNABLES=glibc.malloc.tcache_count=0 \
    "$heapbench" tour --plain >again
grep -c '^ok  ' all >holds
[ "$(grep -c '^ok  ' again)" = "$(cat holds)" ] || fail "variables change the claims: $(diff all again)"

# On a terminal of 40 columns no line is longer; Enter leads on, q ends it.
if command -v script >/dev/null; then
    printf 'q' >quit
    script -qec "stty cols 40 rows 24; NO_COLOR=1 TERM=xterm $heapbench tour break resident" narrow <quit >/dev/null ||
        fail "the tour on a terminal failed: $(cat narrow)"
    grep -q "q: quit" narrow || fail "no pause on a terminal"
    grep -q "mincore" narrow && fail "q does not end the tour"
    sed -e '1d;$d' -e 's/\r$//' narrow | awk '/\033/ { print "an escape: " $0; exit 1 }' || fail "colour in spite of NO_COLOR"
    sed -e '1d;$d' -e 's/\r$//' narrow | LC_ALL=C.UTF-8 grep -E '.{41}' && # not awk: mawk counts bytes
        fail "lines of more than 40 columns"
fi

# docs/heap.md tells the claims: its headings are their titles, its items their promises, in order.
titles_and_items='/^[0-9]+ / { sub(/^[0-9]+ +/, ""); sub(/ \[[a-z]+\]$/, ""); print; next }
    / - / && /^ +- / { if (item) print item; item = $0; sub(/^ +- /, "", item); next }
    /^ +[^ ]/ && item { text = $0; sub(/^ +/, "", text); item = item " " text; next }
    { if (item) print item; item = "" }
    END { if (item) print item }'
awk "$titles_and_items" list >claims
sed -nE 's/^## ([0-9]+)\. /\1  /; s/^- /   - /; s/^  ([^ ])/     \1/; /^[0-9]+  |^   - |^     |^$/p' \
    "$source/docs/heap.md" | awk "$titles_and_items" >told
diff claims told || fail "docs/heap.md does not tell what the tour shows"

# Pictures, with their data, where there is gnuplot.
expect 2 "cannot make the folder" "$heapbench" tour sizes --plot=no/such/folder
if command -v gnuplot >/dev/null; then
    expect 0 "Drawn: drawn/tour-pinned.png" "$heapbench" tour sizes pinned isolated --plain --plot=drawn
    for name in tour-sizes tour-pinned tour-isolated; do
        head -c 8 "drawn/$name.png" | grep -q PNG || fail "no $name.png"
        [ -s "drawn/$name.tsv" ] && [ -s "drawn/$name.gp" ] || fail "no data or script of $name"
    done
fi
