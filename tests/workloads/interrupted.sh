#!/bin/sh
# interrupted.sh -- a signal ends what writes a trace, and nothing of it is left:
# interrupted.sh HEAPBENCH
set -u
# shellcheck source=tests/workloads/expect.sh
. "$(dirname "$0")/expect.sh"
bench=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# unfinished_await: until the file under its temporary name is there
unfinished_await() {
    for _ in $(seq 1000); do
        [ -z "$(ls -A made)" ] || return 0
        sleep 0.01
    done
}

# ends STATUS SIGNAL COMMAND…: the signal in the middle of its writing; made is empty then
ends() {
    wanted=$1
    signal=$2
    shift 2
    # A shell's background commands ignore SIGINT.
    env --default-signal=INT "$@" >said 2>&1 &
    command=$!
    unfinished_await
    [ -n "$(ls -A made)" ] || fail "wrote nothing: $* $(cat said)"
    kill "-$signal" $command
    wait $command
    got=$?
    [ $got -eq "$wanted" ] || fail "($got, not $wanted) SIG$signal: $*"
    [ -z "$(ls -A made)" ] || fail "SIG$signal left $(ls -A made): $*"
    rm -rf made && mkdir made
}

mkdir made
mkfifo pipe
ends 130 INT "$bench" generate synth:random:ops=1000000000000 -o made/t.hbt
ends 143 TERM "$bench" generate synth:random:ops=1000000000000 -o made/t.hbt
ends 129 HUP "$bench" generate synth:random:ops=1000000000000 -o made/t.hbt

# The importer waits for the rest of its input.
exec 3<>pipe
seq -f '1: malloc 0x%.0f0 16' 1 30000 >&3 &
feeder=$!
ends 130 INT "$bench" import pipe -o made/t.hbt
kill $feeder 2>said
exec 3>&-

"$bench" generate synth:random:ops=30000 -o short.hbt || fail "generate"
ends 143 TERM "$bench" trace amplify --copies=4096 short.hbt -o made/t.hbt

# Who asked for it to be ignored is heeded.
trap '' HUP
"$bench" generate synth:random:ops=3000000 -o made/t.hbt &
unfinished_await
kill -HUP $!
wait $! || fail "an ignored signal ended it"
expect 0 ': ok, 3000000 ops' "$bench" trace check made/t.hbt
[ $failures -eq 0 ]
