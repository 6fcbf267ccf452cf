#!/usr/bin/env bash
# bench-fits.sh BUILD OUT: the time of the sequential fits against the number of free blocks, from 10^2
# to 10^6 by index=tree, to 10^4 by index=list: a table OUT/FIT-INDEX.tsv each, drawn in OUT/fits.png.
set -euo pipefail
if [ "$#" -ne 2 ] || [ ! -x "$1/tests/fit_bench" ]; then
    echo "usage: bench-fits.sh BUILD OUT, with BUILD/tests/fit_bench built (ninja -C BUILD fit_bench)" >&2
    exit 2
fi
mkdir -p "$2"
for index in tree list; do
    for fit in firstfit nextfit bestfit worstfit; do
        out=$2/$fit-$index.tsv
        echo "# free blocks, ns an allocation and its free: median, lowest, highest of 9 rounds" >"$out"
        for count in 100 300 1000 3000 10000 30000 100000 300000 1000000; do
            if [ "$index" = list ] && [ "$count" -gt 10000 ]; then break; fi
            "$1/tests/fit_bench" "$fit:index=$index:backend=mmap:mmap_threshold=off" "$count" >>"$out"
        done
    done
done
gnuplot -e "folder='$2'" "$(dirname "$0")/gnuplot/fits.gp"
