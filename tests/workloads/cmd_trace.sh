#!/bin/sh
# cmd_trace.sh -- heapbench trace on the command line: cmd_trace.sh HEAPBENCH TRACE_SAMPLE
set -u
# shellcheck source=tests/workloads/expect.sh
. "$(dirname "$0")/expect.sh"
bench=$1
sample=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

"$sample" ./good.hbt 5000 || exit 1
"$sample" ./large.hbt 200000 || exit 1
size=$(wc -c <large.hbt)
head -c $((size / 2)) large.hbt >cut.hbt
echo "no trace at all, this" >text.hbt

expect 0 '^good.hbt: ok, [0-9]* ops$' "$bench" trace check good.hbt
expect 0 ': ok' "$bench" trace check "$folder/good.hbt"
expect 1 'cut.hbt: damaged at byte [0-9]*, in block [0-9]*' "$bench" trace check good.hbt cut.hbt
expect 2 'text.hbt is not a heapbench trace' "$bench" trace check ./text.hbt
expect 2 'text.hbt is not a heapbench trace' "$bench" trace check cut.hbt text.hbt good.hbt
expect 2 'No such file' "$bench" trace check ./none.hbt
expect 2 "no trace 'none'" "$bench" trace check none
expect 0 '^command  *sample "one" two$' "$bench" trace info good.hbt
expect 0 '^state  *damaged' "$bench" trace info cut.hbt
expect 0 '"null_frees":3,' "$bench" trace info --format=jsonl good.hbt
expect 0 '"is_whole":false,' "$bench" trace info --format=jsonl cut.hbt
expect 0 '^m 0 [0-9]*$' "$bench" trace dump good.hbt
expect 0 '^[0-9]* [0-9]* s$' "$bench" trace dump --full good.hbt
expect 1 'cut.hbt: damaged' "$bench" trace dump cut.hbt
expect 2 'info, dump, check, slice' "$bench" trace
expect 2 "no 'nothing'; see heapbench trace --help" "$bench" trace nothing
expect 2 'it takes --full, --help' "$bench" trace dump --format=jsonl good.hbt
expect 2 'table or jsonl' "$bench" trace info --format=xml good.hbt
expect 2 'which trace' "$bench" trace info
expect 0 'dump' "$bench" trace --help
for command in info dump check slice first filter shuffle amplify merge scale finish; do
    expect 0 '--help' "$bench" trace $command --help
done

expect 0 '^slice.hbt: 987 ops, of 2000 read$' "$bench" trace slice --from=1000 --to=2000 \
    --prologue=no ./good.hbt -o slice.hbt
[ -e slice.hbt ] && expect 0 ok "$bench" trace check ./slice.hbt
expect 0 'ops, of' "$bench" trace first --ops=1K good.hbt -o first.hbt
expect 0 'slice: operations from 0 to before 1024' "$bench" trace info first.hbt
expect 0 'ops, of' "$bench" trace filter --sizes=16-4K --threads=0,2-9 good.hbt -o filter.hbt
expect 0 'objects born by threads 0,2-9 of 16 bytes to 4096,' "$bench" trace info filter.hbt
expect 1 'damaged at byte.*was taken' "$bench" trace slice cut.hbt -o mended.hbt
expect 0 'mended.hbt: ok' "$bench" trace check mended.hbt
expect 2 'exists already' "$bench" trace slice good.hbt -o slice.hbt
expect 2 'cannot begin at operation 100000000' "$bench" trace slice --from=100000000 good.hbt -o new
expect 2 'where to? Give -o OUT' "$bench" trace slice good.hbt
expect 2 'give one FILE' "$bench" trace slice good.hbt large.hbt -o new
expect 2 'give --ops' "$bench" trace first good.hbt -o new
expect 2 'give --threads or --sizes' "$bench" trace filter good.hbt -o new
expect 2 'not both' "$bench" trace slice --phase=1 --to=5 good.hbt -o new
expect 2 '--sizes=9-3: it takes MIN-MAX' "$bench" trace filter --sizes=9-3 good.hbt -o new
expect 2 '--threads=70000: it takes LIST' "$bench" trace filter --threads=70000 good.hbt -o new
expect 2 'it takes --from, --to,' "$bench" trace slice --ops=3 good.hbt -o new
for how in order deaths sizes; do
    expect 0 'ops, of' "$bench" trace shuffle --what=$how --window=1K --seed=3 good.hbt -o $how.hbt
    expect 0 "shuffle: $how" "$bench" trace info $how.hbt
done
expect 0 'ops, of' "$bench" trace amplify --copies=3 first.hbt -o three.hbt
expect 0 'before 1024; amplify: 3 copies, each with threads of its own' "$bench" trace info three.hbt
expect 0 'ops, of' "$bench" trace merge --order=time good.hbt first.hbt three.hbt -o merged.hbt
expect 0 'merge: 3 traces, by time' "$bench" trace info merged.hbt
expect 0 'ops, of' "$bench" trace scale --factor=1.5 good.hbt -o scaled.hbt
expect 0 'sizes times 15/10' "$bench" trace info scaled.hbt
expect 0 'ops, of' "$bench" trace finish --order=reverse good.hbt -o finished.hbt
expect 0 'never freed  *0$' "$bench" trace info finished.hbt
for made in order deaths sizes three merged scaled finished; do
    expect 0 ': ok' "$bench" trace check ./$made.hbt
done
expect 2 '--factor=0: it takes F' "$bench" trace scale --factor=0 good.hbt -o new
expect 2 '--factor=1e9: it takes F' "$bench" trace scale --factor=1e9 good.hbt -o new
expect 2 '--copies=5000: it takes K' "$bench" trace amplify --copies=5000 good.hbt -o new
expect 2 '--what=all: it takes order|deaths|sizes' "$bench" trace shuffle --what=all good.hbt -o new
expect 2 'give 1 to 64 FILEs' "$bench" trace merge -o new
[ ! -e new ] || failures=$((failures + 1))

# What a trace does over its course, counted by hand: object 0 outlives one birth, two operations and
# 40 bytes; thread 1 frees what thread 0 bore.
"$sample" ./lives.hbt lives || exit 1
lives() {
    expect 0 "$1" "$bench" trace info --format=jsonl lives.hbt
}
lives '"immortal_count":1,"foreign_free_count":1,"foreign_realloc_count":1,'
lives '"lifetime_births_class_count":\[0,1\],"lifetime_ops_class_count":\[0,0,1\],'
lives '"lifetime_bytes_class_count":\[0,0,0,0,0,0,1\],"phase_start_op":\[0\]'
lives '"request_class_count":\[0,0,0,0,1,2\]'
expect 0 "of others' objects *1 frees, 1 reallocs" "$bench" trace info lives.hbt
expect 0 '^ *1 *2 *0 *1 *1 *0 B$' "$bench" trace info lives.hbt
expect 0 '^phases of live bytes' "$bench" trace info synth:random:ops=20000
expect 0 '14516 ops, of 20000 read' "$bench" trace slice --from=5000 --prologue=no synth:random:ops=20000 \
    -o generated.hbt

# Pictures, where there is a gnuplot: each with its data and its script.
if command -v gnuplot >/dev/null; then
    expect 0 '^3 pictures of lives in drawn$' "$bench" trace info --plot=drawn lives.hbt
    for picture in sizes lifetimes live; do
        for ending in png svg tsv gp; do
            [ -s drawn/$picture-lives.$ending ] || fail "no $picture-lives.$ending"
        done
    done
    expect 2 'cannot make the folder' "$bench" trace info --plot=none/none lives.hbt
fi

# Every line of a dump is an operation, and there are as many as the trace says.
"$bench" trace dump good.hbt >dump
grep -Evc '^([mcr] [0-9]+ [0-9]+|a [0-9]+ [0-9]+ [0-9]+|f [0-9]+)$' dump >odd
said=$("$bench" trace info --format=jsonl good.hbt | sed 's/.*"op_count":\([0-9]*\).*/\1/')
if [ "$(cat odd)" != 0 ] || [ "$(wc -l <dump)" != "$said" ]; then
    echo "FAILED: a dump of $(wc -l <dump) lines, $(cat odd) odd, of $said operations"
    failures=$((failures + 1))
fi

# A reader that has seen enough ends it without a word.
noise=$( { "$bench" trace dump large.hbt | head -1 >/dev/null; } 2>&1)
quiet=$( (trap '' PIPE; "$bench" trace dump large.hbt | head -1 >/dev/null) 2>&1)
if [ -n "$noise$quiet" ]; then
    echo "FAILED: dump | head says: $noise$quiet"
    failures=$((failures + 1))
fi
[ $failures -eq 0 ]
