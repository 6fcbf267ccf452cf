#!/usr/bin/env bash
# What does recording cost, and how large are traces? The tables of docs/recording.md.
#   scripts/measure-recording.sh [--rounds=9] [--only=pairs|programs|sizes]
# Costs are ratios of interleaved runs: bare, recorded, and under heaptrack if it is installed (its raw
# mode, without interpretation). Prints the median, the quartiles and the bare median. Merging, and
# heaptrack's interpreter, come after the command and are not in these.
# $HEAPBENCH is the program, build/release/heapbench unless set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=9
only=
for argument in "$@"; do
    case "$argument" in
    -h | --help)
        sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "scripts/${BASH_SOURCE[0]##*/}"
        exit 0
        ;;
    --rounds=*) rounds=${argument#*=} ;;
    --only=pairs | --only=programs | --only=sizes) only=${argument#*=} ;;
    *)
        echo "measure-recording: there is no option $argument (see --help)" >&2
        exit 2
        ;;
    esac
done
case "$rounds" in
'' | *[!0-9]* | 0*)
    echo "measure-recording: --rounds=$rounds is no number of rounds" >&2
    exit 2
    ;;
esac

heapbench=$(realpath "${HEAPBENCH:-build/release/heapbench}")
built=$(dirname "$heapbench")
bench=$built/tests/recorded_bench
inputs=$PWD/scripts/record-suite
recorder=$built/libheapbench-record.so
for file in "$heapbench" "$bench" "$recorder" "$built/libheapbench-record-callsite.so"; do
    [ -x "$file" ] || {
        echo "measure-recording: no $file; build the release preset first" >&2
        exit 2
    }
done
tracker=
for file in /usr/lib/heaptrack/libheaptrack_preload.so /usr/lib/*/heaptrack/libheaptrack_preload.so; do
    [ ! -e "$file" ] || tracker=$file
done
[ -n "$tracker" ] || echo "heaptrack is not installed: its columns are left out" >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/measure-recording.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# under bare|recorded|heaptrack COMMAND… : run it so.
under() {
    local how=$1
    shift
    rm -rf raw heaptrack.raw
    case $how in
    bare) "$@" ;;
    recorded)
        mkdir raw
        env LD_PRELOAD="$recorder" HEAPBENCH_RECORD_FOLDER="$work/raw" \
            HEAPBENCH_RECORD_PID=0 "$@"
        ;;
    heaptrack) env LD_PRELOAD="$tracker" DUMP_HEAPTRACK_OUTPUT="$work/heaptrack.raw" "$@" ;;
    esac
}

# Seconds from exec to exit.
seconds() {
    local TIMEFORMAT=%R
    { time under "$@" >/dev/null 2>&1; } 2>&1
}

# Median and quartiles of the numbers on standard input.
quartiles() {
    sort -g | awk '{ v[NR] = $1 } END {
        printf "%.2f | %.2f–%.2f", v[int((NR + 1) / 2)], v[int((NR + 3) / 4)], v[int((3 * NR + 3) / 4)] }'
}

# compare NAME UNIT MEASURE COMMAND… : a line of the table.
compare() {
    local name=$1 unit=$2 measure=$3 bare how figure
    shift 3
    rm -f bare.list recorded.list heaptrack.list
    for ((round = 0; round < rounds; round++)); do
        bare=$("$measure" bare "$@")
        echo "$bare" >>bare.list
        for how in recorded ${tracker:+heaptrack}; do
            figure=$("$measure" "$how" "$@")
            awk -v a="$figure" -v b="$bare" 'BEGIN { print a / b }' >>$how.list
        done
    done
    echo "| $name | $(quartiles <recorded.list) | $([ -z "$tracker" ] || quartiles <heaptrack.list) |" \
        "$rounds | $(quartiles <bare.list | cut -d' ' -f1) $unit |"
}

if [ -z "$only" ] || [ "$only" = pairs ]; then
    compare "malloc+free pair, one thread" ns under "$bench"
    compare "the same, and a second thread that sleeps" ns under "$bench" 1 idle
    compare "two threads, a pair of each" ns under "$bench" 2
    compare "four threads, a pair of each" ns under "$bench" 4
fi
if [ -z "$only" ] || [ "$only" = programs ]; then
    cc1=$(gcc-12 -print-prog-name=cc1)
    for file in /usr/include/stb /usr/share/perl/5.36/pod/perlfunc.pod; do
        [ -e "$file" ] || {
            echo "measure-recording: no $file; install the packages gcc-12, libstb-dev and perl-doc" >&2
            exit 2
        }
    done
    compare "gcc's cc1 (the bundled trace), exec to exit" s seconds "$cc1" -quiet \
        -imultiarch "$(gcc-12 -print-multiarch)" -isystem /usr/include/stb -O2 "$inputs/gcc.c" \
        -o /dev/null
    compare "perl (the bundled trace)" s seconds perl /usr/bin/pod2man \
        /usr/share/perl/5.36/pod/perlfunc.pod /dev/null
fi

# The same with --callsite, which heaptrack always does.
tracked=$tracker
recorder=$built/libheapbench-record-callsite.so
tracker=
if [ -z "$only" ] || [ "$only" = pairs ]; then
    compare "malloc+free pair, one thread, --callsite" ns under "$bench"
    compare "the same, each pair at another call site" ns under "$built/tests/recorded_places"
fi
if [ -z "$only" ] || [ "$only" = programs ]; then
    compare "perl (the bundled trace), --callsite" s seconds perl /usr/bin/pod2man \
        /usr/share/perl/5.36/pod/perlfunc.pod /dev/null
fi
tracker=$tracked

# Bytes an operation of perl's run, by everyone's file.
sizes() {
    local command=(perl /usr/bin/pod2man /usr/share/perl/5.36/pod/perlfunc.pod /dev/null) ops
    "$heapbench" record -o perl.hbt -- "${command[@]}" >/dev/null 2>&1
    ops=$("$heapbench" trace dump perl.hbt | wc -l)
    per_op() {
        awk -v what="$1" -v bytes="$2" -v ops="$ops" 'BEGIN {
            printf "| %s | %.2f |\n", what, bytes / ops }'
    }
    echo "perl: $ops operations"
    per_op "heapbench" "$(stat -c %s perl.hbt)"
    "$heapbench" record --callsite -o sites.hbt -- "${command[@]}" >/dev/null 2>&1
    per_op "heapbench, --callsite" "$(stat -c %s sites.hbt)"
    per_op "text, a line an operation with thread and time" "$("$heapbench" trace dump --full perl.hbt | wc -c)"
    per_op "the same, zstd -19" "$("$heapbench" trace dump --full perl.hbt | zstd -19 -q -c | wc -c)"
    under recorded "${command[@]}" >/dev/null 2>&1
    per_op "heapbench's raw files, while recording, --callsite" "$(cat raw/*.raw | wc -c)"
    recorder=$built/libheapbench-record.so
    under recorded "${command[@]}" >/dev/null 2>&1
    per_op "heapbench's raw files, while recording" "$(cat raw/*.raw | wc -c)"
    if [ -n "$tracker" ]; then
        under heaptrack "${command[@]}" >/dev/null 2>&1
        per_op "heaptrack, raw (with stacks)" "$(stat -c %s heaptrack.raw)"
        per_op "the same, zstd -19" "$(zstd -19 -q -c heaptrack.raw | wc -c)"
    fi
}
[ -n "$only" ] && [ "$only" != sizes ] || sizes
