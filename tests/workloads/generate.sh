#!/bin/sh
# generate.sh -- heapbench generate, and generators where traces stand: generate.sh HEAPBENCH
set -u
# shellcheck source=tests/workloads/expect.sh
. "$(dirname "$0")/expect.sh"
bench=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

"$bench" generate synth:larson:ops=30000:seed=4 -o larson.hbt || failures=$((failures + 1))
expect 0 '^larson.hbt: ok, 30000 ops$' "$bench" trace check larson.hbt
expect 0 '^command  *synth:larson:ops=30000:seed=4$' "$bench" trace info larson.hbt
expect 0 '^source  *generated$' "$bench" trace info larson.hbt
"$bench" trace dump --full larson.hbt >kept
"$bench" trace dump --full synth:larson:seed=4:ops=30000 >streamed
cmp kept streamed || failures=$((failures + 1))

expect 2 'exists' "$bench" generate synth:random -o larson.hbt
expect 2 "nearest: larson" "$bench" generate synth:larsen -o other.hbt
expect 2 "is no generator's spec" "$bench" generate gcc -o other.hbt
expect 2 'SPEC -o FILE' "$bench" generate synth:random
expect 2 "bad option '--mean=3'" "$bench" generate synth:random --mean=3 -o other.hbt
expect 2 'which trace? Say from=NAME' "$bench" generate synth:model -o other.hbt
expect 2 "no trace 'gccc'; nearest: gcc" "$bench" trace info synth:model:from=gccc
[ ! -e other.hbt ] || failures=$((failures + 1))

# A model is named by its trace's name, not by a path, and may be of a generated trace.
expect 0 '"trace":"synth:model:from=larson:kind=mean"' "$bench" --alloc=bestfit --baseline=none \
    --trace=synth:model:kind=mean:from=./larson.hbt --passes=space --format=jsonl
expect 0 ', [0-9]* ops' "$bench" trace check 'synth:model:from=synth\:random\:ops=5000'

expect 0 '^random .*full' "$bench" list generators
expect 0 'Larson & Krishnan' "$bench" list generators
expect 0 '^    release=random|fifo|lifo ' "$bench" list generators
"$bench" list generators | grep -qE '.{81}' && failures=$((failures + 1))
[ $failures -eq 0 ]
