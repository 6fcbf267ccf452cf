#!/usr/bin/env bash
# heapbench plot: draws each picture with its data and script, redraws, and says what is wrong.
# Arguments: the program, a file of results.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
results=$2
latency=$(dirname "$(realpath "$2")")/latency.jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir run
cp "$results" run/results.jsonl
expect 0 "RESULTS..." "$heapbench" plot --help
expect 2 "name a run's folder" "$heapbench" plot
expect 2 "there is no option --what" "$heapbench" plot --what run
expect 2 "known are png, svg and pdf" "$heapbench" plot --format=gif run
expect 2 "known are page and half" "$heapbench" plot --width=third run
expect 2 "known are ops and bytes" "$heapbench" plot --x=time run
expect 2 "nothing/here: No such file" "$heapbench" plot nothing/here
expect 2 "say where" "$heapbench" plot run run
printf '{"allocator":"a"\n' >cut.jsonl
expect 2 "cut.jsonl: line 1: no valid JSON" "$heapbench" plot cut.jsonl
expect 1 "install the package gnuplot-nox" env PATH=/nowhere "$heapbench" plot run

if ! command -v gnuplot >/dev/null; then
    echo "no gnuplot: nothing drawn"
    exit 77
fi
expect 0 "10 plots in run/plots" "$heapbench" plot run
for name in time frag-time pareto resident frag-table cache memory-gcc memory-perl free-sizes-gcc free-sizes-perl; do
    for ending in png svg tsv gp; do
        [ -s "run/plots/$name.$ending" ] || { echo "no $name.$ending" >&2; exit 1; }
    done
    head -c 8 "run/plots/$name.png" | grep -q PNG
    grep -q "</svg>" "run/plots/$name.svg"
done
[ "$(find run/plots | wc -l)" -eq 41 ]

# The script beside the picture draws it again.
rm run/plots/time.png
(cd run/plots && gnuplot time.gp)
[ -s run/plots/time.png ]
expect 0 "10 plots in run/plots" "$heapbench" plot run/results.jsonl --format=svg

# Memory over the bytes requested: another axis, the same memory.
expect 0 "1 plot in bytes" "$heapbench" plot --x=bytes -o bytes/memory-gcc.png run
grep -q 'x_title = ".*requested so far"' bytes/memory-gcc.gp
grep -q 'x_title = "thousand operations"' run/plots/memory-gcc.gp
[ "$(cut -f2- bytes/memory-gcc.tsv)" = "$(cut -f2- run/plots/memory-gcc.tsv)" ]
[ "$(cut -f1 bytes/memory-gcc.tsv)" != "$(cut -f1 run/plots/memory-gcc.tsv)" ]

# Free blocks over time and huge pages are drawn where they were measured.
[ "$(head -n 1 run/plots/memory-gcc.tsv)" = "$(printf '# op\tlive\tfootprint\tresident\tin huge pages')" ]
grep -q 'has_huge = 0' run/plots/memory-gcc.gp
[ ! -e run/plots/free-series-gcc.png ]
sed 's/}$/,"series_free_op":[0,400000,934922],"series_free_size_bytes":[32,64],"series_free_count":[0,1,2,0,2,1],"series_free_sum_bytes":[0,64,64,0,64,100],"series_huge_op":[0,934922],"series_huge_bytes":[0,2097152]}/' \
    run/results.jsonl >free.jsonl
expect 0 "1 plot in free" "$heapbench" plot free.jsonl -o free/memory-gcc.png
expect 0 "1 plot in free" "$heapbench" plot free.jsonl -o free/free-series-gcc.png
grep -q 'has_huge = 1' free/memory-gcc.gp
[ "$(grep -c '^[0-9]' free/free-series-gcc.tsv)" -eq 20 ] # five rows of four boxes that are not empty
head -c 8 free/free-series-gcc.png | grep -q PNG

# Two runs together, and results without some measures.
expect 0 "1 plot in both" "$heapbench" plot run run/results.jsonl -o both/time.png
[ ! -e both/time.svg ]
sed 's/"series_op":\[[^]]*\]/"series_op":null/' run/results.jsonl >bare.jsonl
expect 0 "not measured: memory over the replay (pass space)" "$heapbench" plot bare.jsonl -o bare --format=png
[ -s bare/time.png ] && [ ! -e bare/memory-gcc.png ]
sed 's/"free_size_count":\[[^]]*\]/"free_size_count":null/' run/results.jsonl >sizeless.jsonl
expect 0 "not measured: sizes of free blocks (pass space, ours only)" "$heapbench" plot sizeless.jsonl -o sizeless --format=png
[ -s sizeless/memory-gcc.png ] && [ ! -e sizeless/free-sizes-gcc.png ]
printf '{"allocator":"a","trace":"t"}\n' >none.jsonl
expect 1 "not measured: warm times (pass time); memory against time" "$heapbench" plot none.jsonl -o none
[ ! -e none ]

# What is missing is one line, however much it is.
[ "$("$heapbench" plot none.jsonl -o none 2>&1 | wc -l)" -eq 1 ]
grep -v '"trace":"gcc"' bare.jsonl >half.jsonl
grep '"trace":"gcc"' run/results.jsonl >>half.jsonl
expect 0 "(pass space) of perl" "$heapbench" plot half.jsonl -o bare --format=svg
[ "$("$heapbench" plot half.jsonl -o bare --format=svg 2>&1 | wc -l)" -eq 2 ]

# One picture by its name, in the format of its ending; half a page wide.
mkdir one
expect 0 "1 plot in one/" "$heapbench" plot run -o one/pareto.pdf
[ "$(head -c 5 one/pareto.pdf)" = "%PDF-" ] && [ ! -e one/pareto.png ] && [ ! -e one/time.pdf ]
expect 2 "no picture 'no' of these results; known are time, frag-time" "$heapbench" plot run -o one/no.png
expect 0 "1 plot in one/" "$heapbench" plot run --width=half -o one/time.svg
grep -q 'width="560"' one/time.svg || grep -q 'viewBox="0 0 560 ' one/time.svg

# Of the means: the front is drawn after the points, glibc's time is 1.
[ "$(awk -F'\t' '$2 == "glibc" { print $3 }' one/pareto.tsv)" = 1 ]

# The table of fragmentation: rows by their means, which are those of the summary.
"$heapbench" summary run --format=jsonl | sed -nE \
    's/.*"frag_peak_ratio_geomean":([0-9.]+),.*/\1/p' | sort -n | cut -c1-7 >means
awk -F'\t' '$1 == 2 { print substr($3, 1, 7) }' run/plots/frag-table.tsv >drawn
cmp means drawn

# Several runs of a cell: a bar each, the median with its interval.
for size in 0.9 1.0 1.1 1.2 1.3 1.4; do
    sed -E "s/\"resident_peak_ratio\":[0-9.]+/\"resident_peak_ratio\":$size/" run/results.jsonl
done >runs.jsonl
expect 0 "1 plot" "$heapbench" plot runs.jsonl -o one/resident.svg
grep -q "median of 6 runs and 95% interval" one/resident.gp
[ "$(grep -c "	1.15	0.9	1.4	" one/resident.tsv)" -eq "$(grep -c . run/results.jsonl)" ]

# Growth with the heap and with threads is drawn where there are several sizes and numbers.
for live in 1M 4M 16M; do
    sed "s/\"trace\":\"gcc\"/\"trace\":\"synth:random:ops=100000:live=$live:seed=1\"/" run/results.jsonl |
        grep synth:
done >heaps.jsonl
expect 0 "1 plot" "$heapbench" plot heaps.jsonl -o one/heap-scaling.svg
grep -q 'panel_name\[1\] = "synth:random:ops=100000:seed=1"' one/heap-scaling.gp
[ "$(grep -c '^20	' one/heap-scaling.tsv)" -eq "$((2 * $(grep -c . heaps.jsonl) / 3))" ]
# Without live= it is what was live at most.
sed 's/"trace":"gcc"/"trace":"synth:random:ops=100000:seed=1"/' run/results.jsonl | grep synth: >>heaps.jsonl
expect 0 "1 plot" "$heapbench" plot heaps.jsonl -o two/heap-scaling.svg
live=$(sed -n '1s/.*"peak_live_bytes":\([0-9]*\).*/\1/p' run/results.jsonl)
grep -q "^$(awk -v live="$live" 'BEGIN { printf "%.3f", log(live) / log(2) }')" two/heap-scaling.tsv
for threads in 1 2 4; do
    sed "s/\"mode\":\"serial\",\"threads\":1/\"mode\":\"concurrent\",\"threads\":$threads/" run/results.jsonl
done >threads.jsonl
expect 0 "1 plot" "$heapbench" plot threads.jsonl -o one/thread-scaling.svg
grep -q 'panel_name\[2\] = "perl, concurrent"' one/thread-scaling.gp
grep -q '^2	51.59' one/thread-scaling.tsv # glibc on gcc: 19.38 ns are 51.6 million a second
expect 2 "no picture 'heap-scaling'" "$heapbench" plot run -o one/heap-scaling.svg

# Counted and simulated: a plot of each.
sed -E 's/"cache_source":"sim"/"cache_source":"pmu","sim_ops":9,"sim_l1d_misses_per_op":0.25,"sim_llc_misses_per_op":0.125/' \
    run/results.jsonl >counted.jsonl
expect 0 "1 plot in counted" "$heapbench" plot counted.jsonl -o counted/cache.png
expect 0 "1 plot in counted" "$heapbench" plot counted.jsonl -o counted/cache-sim.png
grep -q "Counted by the processor" counted/cache.gp
grep -q "Simulated caches" counted/cache-sim.gp
[ "$(grep -c '	0.25	0.125	' counted/cache-sim.tsv)" -eq 10 ]
grep -q '	0.312	' counted/cache.tsv

# Tails of latency: even within a bucket, up to where 10 samples lie beyond; not drawn if not run.
set_of() {
    awk -v number="$1" '/^$/ { empty++; next } !/^#/ && int(empty / 2) == number' tails/latency.tsv
}
[ ! -e run/plots/latency.png ]
expect 0 "1 plot in tails" "$heapbench" plot "$latency" -o tails
[ -s tails/latency.png ] && grep -q "</svg>" tails/latency.svg
[ "$(set_of 1 | grep -c '^2	35$')" -eq 2 ] # glibc's malloc: half of them in up to 35 ns
[ "$(set_of 1 | tail -n 1)" = "10000	1023" ]
[ "$(set_of 8 | tail -n 1)" = "200	65" ] # bestfit's free: 2000 samples, the last 10 left out
[ "$(set_of 9 | tail -n 2 | cut -f 2 | tr '\n' ' ')" = "NaN NaN " ]

# A folder that cannot be drawn in is one line, whatever there is to draw.
expect 2 "cannot draw in run/results.jsonl: it is no folder" "$heapbench" plot run -o run/results.jsonl
[ "$("$heapbench" plot run -o run/results.jsonl 2>&1 | wc -l)" -eq 1 ]
expect 2 "cannot make the folder nowhere/plots" "$heapbench" plot run -o nowhere/plots
head -n 1 bare.jsonl |
    sed -E 's/"(resident_peak_ratio|l1d_misses_per_op|llc_misses_per_op)":[^,]*/"\1":null/g' >one.jsonl
expect 0 "1 plot in alone" "$heapbench" plot one.jsonl -o alone

# A full disk is one line, too, and leaves nothing behind. Needs a disk of its own.
on_small_disk() {
    # shellcheck disable=SC2016
    unshare -Urm sh -c 'mount -t tmpfs -o size="$1" none small && shift && "$@"' sh "$@"
}
mkdir small
if on_small_disk 64k true 2>/dev/null; then
    for size in 4k 16k 40k; do
        # shellcheck disable=SC2016
        expect 0 "no space" on_small_disk "$size" sh -c '
            "$1" plot run -o small/plots >said 2>&1
            [ $? -eq 1 ] && [ "$(wc -l <said)" -eq 1 ] && [ ! -e small/plots ] && cat said' \
            sh "$heapbench"
    done
fi

# A signal ends gnuplot and leaves nothing behind.
mkdir bin
cat >bin/gnuplot <<'END'
#!/bin/sh
[ "$1" = --version ] && exit
touch "$DRAWING"
exec sleep 60
END
chmod +x bin/gnuplot
for signal in INT TERM; do
    rm -f drawing
    DRAWING=$PWD/drawing PATH=$PWD/bin:$PATH "$heapbench" plot run -o stopped >said 2>&1 &
    while [ ! -e drawing ]; do sleep 0.05; done
    kill -s "$signal" $!
    status=0
    wait $! || status=$?
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status" >&2; exit 1; }
    [ ! -e stopped ] && [ ! -s said ]
done
printf '#!/nowhere/sh\n' >bin/gnuplot
chmod -x bin/gnuplot
expect 1 "gnuplot cannot be run: Permission denied" env PATH="$PWD/bin" "$heapbench" plot run

# A replay that was too short to time has no bar, and the others' axis ends where it should.
mkdir short
sed -n '1,2{2s/"ns_per_op\(_ci95_[a-z]*\)\{0,1\}":[^,]*/"ns_per_op\1":null/g;p}' "$results" >short/results.jsonl
expect 0 "1 plot in" "$heapbench" plot short -o short/time.svg
