#!/usr/bin/env bash
# heapbench report: one page, whole or not at all, with nothing in it that was not escaped.
# Arguments: the program, a file of results.
set -euo pipefail
# shellcheck source=tests/expect.sh
. "$(dirname "$0")/../expect.sh"
heapbench=$1
results=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# has FILE TEXT, lacks FILE TEXT
has() {
    grep -qF -- "$2" "$1" || { echo "$1 lacks: $2" >&2; exit 1; }
}
lacks() {
    ! grep -qF -- "$2" "$1" || { echo "$1 has: $2" >&2; exit 1; }
}

mkdir run
cp "$results" run/results.jsonl
cat >run/machine.json <<'END'
{"cpu":"A <b>CPU</b>","date":"2026-01-01T00:00:00Z","memory_bytes":4294967296,
 "caches":[{"name":"L1d","count":2,"size_bytes":32768}],"governor":null,"Bad Key":"unseen"}
END
echo "heapbench --alloc=bestfit,firstfit --trace=gcc,perl '--out=<a&b>'" >run/command.txt

expect 0 "RESULTS..." "$heapbench" report --help
expect 2 "name a run's folder" "$heapbench" report
expect 2 "there is no option --what" "$heapbench" report --what run
expect 2 "say where to write" "$heapbench" report run run
expect 2 "nothing/here: No such file" "$heapbench" report nothing/here
expect 2 "cannot write nowhere/a.html: No such file" "$heapbench" report run -o nowhere/a.html

expect 0 "run/report.html" "$heapbench" report run
expect 2 "run/report.html exists and is not overwritten" "$heapbench" report run
[ "$(ls -A run | wc -l)" -eq 4 ] # no hidden file is left
page=run/report.html

# What is said of time is what intervals support; they are those of the summary.
has $page "<strong>firstfit</strong> is <span class=\"verdict slower\">slower</span>: it takes"
mean=$("$heapbench" summary run --format=jsonl |
    sed -nE 's/.*"allocator":"firstfit".*"time_ratio_geomean":([0-9.]+).*/\1/p')
has $page "it takes $(printf %.3f "$mean") times the time of glibc"
lacks $page "<strong>glibc</strong> is"
sed -E 's/"time_ratio_ci95_low":[0-9.]+/"time_ratio_ci95_low":0.5/
        s/"time_ratio_ci95_high":[0-9.]+/"time_ratio_ci95_high":5/
        s/"(baseline_)?replay_ns":\[[^]]*\]/"\1replay_ns":null/g' run/results.jsonl >unsure.jsonl
expect 0 "unsure.html" "$heapbench" report unsure.jsonl -o unsure.html
has unsure.html "no difference of time was measured"
lacks unsure.html "it takes"

# Figures: those of the results, to be sorted by all their digits.
has $page 'data-value="3.605340927713486'
has $page "gcc: 934,923 ops, peak live 4.28 MiB"
has $page "footprint and fragmentation of a foreign allocator are not visible"

# The machine, and how to repeat it.
has $page "A &lt;b&gt;CPU&lt;/b&gt;"
has $page "L1d 2 × 32 KiB"
has $page "4.0 GiB"
lacks $page "unseen"
has $page "&#39;--out=&lt;a&amp;b&gt;&#39;"
has $page "heapbench run --alloc=&#39;firstfit,"
has $page "--trace=&#39;gcc,perl&#39; --baseline=&#39;glibc&#39; --passes=space,time --repeats=12 --seed=1"

# Nothing is fetched from anywhere.
has $page "default-src 'none'"
[ -z "$(grep -oE "(src|href|action|data)=[\"'][^#].{0,40}" $page)" ]
lacks $page "http-equiv=\"refresh\""
[ "$(grep -c '<script' $page)" -eq 1 ]

# Pictures are in the page, each with names of its own.
if command -v gnuplot >/dev/null; then
    [ "$(grep -c '<svg class="plot"' $page)" -eq 10 ]
    [ -z "$(grep -oE " id=['\"][^'\"]+" $page | sort | uniq -d)" ]
    lacks $page "Produced by GNUPLOT"
fi
mkdir tmp
expect 0 "no pictures: gnuplot was not found" env PATH=/nowhere "$heapbench" report run -o bare.html
lacks bare.html "<svg"
has bare.html "</html>"
TMPDIR=$PWD/tmp "$heapbench" report run -o again.html >/dev/null
[ -z "$(ls -A tmp)" ]
cmp <(sed 's/>again</>run</' again.html) $page

# Names are text, whoever made them.
evil='<script>alert(1)</script>\\\" onload=\\\"x \u0001 \ud800 <\/title>'
sed "s#\"allocator\":\"firstfit\"#\"allocator\":\"$evil\"#; s#\"trace\":\"perl\"#\"trace\":\"$evil\"#
     s#\"run_id\":\"[^\"]*\"#\"run_id\":\"'; rm -rf / #; s#^{#{\"error\":\"<img src=x onerror=alert(1)>\",#" \
    run/results.jsonl | sed 's#rm -rf / ,#rm -rf /",#' >evil.jsonl
expect 0 "evil.html" "$heapbench" report evil.jsonl -o evil.html
has evil.html "&lt;script&gt;alert(1)&lt;/script&gt;"
[ "$(grep -c '<script' evil.html)" -eq 1 ]
lacks evil.html "<img"
lacks evil.html "</title> "
for tag in h1 html body main; do
    [ "$(grep -oE "<$tag[ >]" evil.html | wc -l)" -eq 1 ]
done

# A full disk leaves no part of a page. Needs a disk of its own.
mkdir small
if unshare -Urm sh -c 'mount -t tmpfs -o size=64k none small' 2>/dev/null; then
    # shellcheck disable=SC2016
    expect 0 "No space left" unshare -Urm sh -c '
        mount -t tmpfs -o size=64k none small && "$1" report run -o small/a.html >said 2>&1
        [ $? -eq 1 ] && [ -z "$(ls -A small)" ] && cat said' sh "$heapbench"
fi

# Nor does a signal.
mkdir bin
printf '#!/bin/sh\n[ "$1" = --version ] && exit\ntouch "$DRAWING"\nexec sleep 60\n' >bin/gnuplot
chmod +x bin/gnuplot
DRAWING=$PWD/drawing PATH=$PWD/bin:$PATH TMPDIR=$PWD/tmp "$heapbench" report run -o stopped.html >said 2>&1 &
while [ ! -e drawing ]; do sleep 0.05; done
kill -s TERM $!
status=0
wait $! || status=$?
[ "$status" -eq $((128 + $(kill -l TERM))) ] && [ ! -s said ]
[ ! -e stopped.html ] && [ -z "$(ls -A tmp)" ] && [ -z "$(find . -name '.heapbench-report*')" ]
