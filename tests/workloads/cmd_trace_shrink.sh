#!/bin/sh
# cmd_trace_shrink.sh -- heapbench trace shrink: cmd_trace_shrink.sh HEAPBENCH TRACE_SAMPLE
set -u
# shellcheck source=tests/workloads/expect.sh
. "$(dirname "$0")/expect.sh"
bench=$1
sample=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir tmp
TMPDIR=$folder/tmp
export TMPDIR
PATH=$(dirname "$bench"):$PATH

"$sample" ./good.hbt 2000 || exit 1

# One call of a kind is left, of the trace named in either way; its neighbours are gone.
expect 0 '^one.hbt: 1 ops, 1 objects, of [0-9]* ops; [0-9]* runs; without any one of its objects' \
    "$bench" trace shrink --while='heapbench trace dump {} | grep -q "^a"' good.hbt -o one.hbt
expect 0 '^a 0 [0-9]* 1$' "$bench" trace dump one.hbt
# shellcheck disable=SC2016
expect 0 '^two.hbt: 2 ops, 1 objects' "$bench" trace shrink \
    --while='heapbench trace dump "$HEAPBENCH_TRACE" | grep -q "^r"' good.hbt -o two.hbt
expect 0 'shrink: from [0-9]* operations, without any one object it fails, while heapbench' \
    "$bench" trace info two.hbt
expect 0 ': ok' "$bench" trace check one.hbt two.hbt

# A limit keeps the best so far, for which the command holds.
count='[ $(heapbench trace dump {} | grep -c "^c") -ge 20 ]'
expect 0 'few.hbt: .* 10 runs; stopped early' "$bench" trace shrink --runs=10 --while="$count" \
    good.hbt -o few.hbt
[ "$("$bench" trace dump few.hbt | grep -c '^c')" -ge 20 ] || fail "few.hbt does not hold"
expect 0 '; stopped early' "$bench" trace shrink --seconds=1 --while='sleep 0.4' good.hbt -o slow.hbt
[ "$("$bench" trace dump slow.hbt | wc -l)" -lt 2000 ] || fail "slow.hbt has not shrunk"

# So does Ctrl-C; whatever the command is doing is ended.
"$bench" trace shrink --while='echo >>asked; [ $(wc -l <asked) -lt 3 ] || sleep 60' good.hbt \
    -o kept.hbt >out 2>&1 &
shrink=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -e asked ] && [ "$(wc -l <asked)" -ge 3 ] && break
    sleep 0.2
done
kill -TERM $shrink
wait $shrink
[ $? -eq 143 ] || fail "an interrupted shrink does not exit with 143"
grep -q 'kept.hbt: .* 3 runs; stopped early' out || fail "an interrupted shrink says: $(cat out)"
expect 0 ': ok' "$bench" trace check kept.hbt

# What hangs has failed, where there is a limit.
expect 0 'hung.hbt: 1994 ops.*of 1994 ops; 6 runs' "$bench" trace shrink --timeout=1 --runs=6 \
    --while='echo >>hung; case $(wc -l <hung) in 1) ;; 2) sleep 60 ;; *) false ;; esac' \
    good.hbt -o hung.hbt
expect 2 'exits with 3 for ./good.hbt itself' "$bench" trace shrink --while='exit 3' ./good.hbt -o new
expect 2 'killed by signal 9' "$bench" trace shrink --while='kill -9 $$' ./good.hbt -o new
expect 2 'a word of its own' "$bench" trace shrink --while='echo a word of its own >&2; false' \
    good.hbt -o new
expect 2 'takes too long' "$bench" trace shrink --timeout=1 --while='sleep 60' good.hbt -o new
expect 2 'exists already' "$bench" trace shrink --while=true good.hbt -o good.hbt
expect 2 'Give --while=COMMAND' "$bench" trace shrink good.hbt -o new
expect 2 'Give -o OUT' "$bench" trace shrink --while=true good.hbt
expect 2 'give one FILE' "$bench" trace shrink --while=true -o new
expect 2 "'0' is no such number" "$bench" trace shrink --runs=0 --while=true good.hbt -o new
expect 2 'it takes --while' "$bench" trace shrink --until=true good.hbt -o new
expect 0 '--while=COMMAND' "$bench" trace shrink --help
[ ! -e new ] || fail "something stands at new"
[ -z "$(ls tmp)" ] || fail "left behind: $(ls tmp)"
[ $failures -eq 0 ]
