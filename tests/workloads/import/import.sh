#!/usr/bin/env bash
# import.sh -- each sample becomes the expected trace, plain and packed, and losses are told.
# import.sh HEAPBENCH SAMPLES
set -u
bench=$1
samples=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# expect STATUS PATTERN COMMAND…: its exit status, and a pattern in what it prints, one line
expect() {
    local wanted=$1 pattern=$2 got
    shift 2
    "$@" >out 2>&1
    got=$?
    if [ $got -ne "$wanted" ] || ! grep -q -e "$pattern" out; then
        fail "($got, not $wanted, or no '$pattern'): $*: $(head -3 out)"
    elif [ "$wanted" -ne 0 ] && [ "$(wc -l <out)" -ne 1 ]; then
        fail "more than one line: $*: $(cat out)"
    fi
}

# Bytes written in hexadecimal, with comments from # on.
hex_to_bytes() {
    # shellcheck disable=SC2059
    printf "$(sed 's/#.*//; s/[^0-9a-fA-F]//g; s/../\\x&/g' "$1" | tr -d '\n')" >"$2"
}

# is_expected FILE NAME [OPTION…]: FILE is imported as samples/NAME.expected says.
is_expected() {
    local file=$1 name=$2
    shift 2
    rm -f out.hbt
    if ! "$bench" import "$@" --times -o out.hbt "$file" 2>said; then
        fail "$file: $(cat said)"
        return
    fi
    { sed 's/.*; lost: /lost: /; s/.* lost: /lost: /' said && "$bench" trace dump --full out.hbt; } >got
    diff "$samples/$name.expected" got >difference || fail "$file: $(head -20 difference)"
    grep -q "; lost: " said || fail "$file: no losses are said"
}

for expected in "$samples"/*.expected; do
    name=$(basename "$expected" .expected)
    format=${name%%-*}
    [ "$format" = malloc ] && format=malloc-bench
    if [ -e "$samples/$name.hex" ]; then
        hex_to_bytes "$samples/$name.hex" "$name"
    else
        cp "$samples/$name.txt" "$name"
    fi
    is_expected "$name" "$name"
    is_expected "$name" "$name" --from="$format"
    expect 0 "imported from $format $name" "$bench" trace info out.hbt
    gzip -c "$name" >"$name.gz" && is_expected "$name.gz" "$name"
    zstd -q -c "$name" >"$name.zst" && is_expected "$name.zst" "$name"
    if command -v zip >/dev/null; then
        zip -q "$name.zip" "$name" && is_expected "$name.zip" "$name"
        zip -q -0 "$name.stored.zip" "$name" && is_expected "$name.stored.zip" "$name"
        zip -q - - <"$name" | cat >"$name.streamed.zip" && is_expected "$name.streamed.zip" "$name"
    fi
    expect 0 "^  $format  *[^ ]" "$bench" list formats
    expect 0 "^  $format  *[^ ]" "$bench" import --help
done

# Several members of gzip, and several frames of zstd, are one file.
{ head -5 android | gzip -c && tail -n +6 android | gzip -c; } >members.gz && is_expected members.gz android
{ head -5 android | zstd -q -c && tail -n +6 android | zstd -q -c; } >frames && is_expected frames android
sed 's/$/\r/' android >crlf && is_expected crlf android

# Where it goes.
mkdir all taken
expect 0 'all/mtrace.hbt: from mtrace' "$bench" import -o all android.gz mtrace.zst
expect 0 'all/android.hbt: ok, 13 ops' "$bench" trace check ./all/android.hbt
expect 0 '^heapbench: android.hbt: from android' "$bench" import android.gz
expect 2 'android.hbt exists already' "$bench" import android.gz
expect 2 '2 traces, but none is no folder' "$bench" import -o none android mtrace
expect 2 'import what' "$bench" import
expect 2 "no format 'androit'; nearest: android" "$bench" import --from=androit android
expect 2 'unknown option' "$bench" import --too android
expect 2 'needs a value' "$bench" import android -o

# What cannot be imported is said in one line, and leaves nothing.
: >empty
printf '\0\1\2\3\377' >garbage
echo "no trace" >text
expect 2 'empty is empty' "$bench" import -o taken/t.hbt empty
expect 2 'garbage: its format is not recognised.*--from=.*android' "$bench" import -o taken/t.hbt garbage
expect 2 'text: its format is not recognised' "$bench" import -o taken/t.hbt text
expect 2 'text:1: not a line of the format android' "$bench" import --from=android -o taken/t.hbt text
expect 2 'is a heapbench trace already' "$bench" import -o taken/t.hbt android.hbt
expect 2 'cannot read nothing: No such file' "$bench" import -o taken/t.hbt nothing
expect 2 'cannot read all: Is a directory' "$bench" import -o taken/t.hbt all
expect 2 'cannot write in the folder of' "$bench" import -o no/t.hbt android

printf '%s\n' 'v 10400 3' 'x b /opt/my bin' 'm 1 -' 'm 1 x 5500 0 100 1000 80' 'm 9 /lib/a.so 7000 0 900' \
    't 7010 0' 't 6520 1' 't 1 0' '+ 18 1 5a0010' '+ 19 2 5a0020' '+ 1a 3 5a0030' 'm 1 -' \
    'm 9 /lib/b.so 7000 0 900' 't 7010 0' '+ 1b 4 5a0040' '- 5a0010' >stacks
expect 0 '' "$bench" import --callsite -o stacks.hbt stacks
expect 0 ' m 0 24 @ /lib/a.so+0x10$' "$bench" trace dump --full stacks.hbt
expect 0 ' m 1 25 @ /opt/my bin+0x1020$' "$bench" trace dump --full stacks.hbt
expect 0 ' m 2 26$' "$bench" trace dump --full stacks.hbt
expect 0 ' m 3 27 @ /lib/b.so+0x10$' "$bench" trace dump --full stacks.hbt
expect 2 'bohra does not tell call sites' "$bench" import --callsite --from=bohra -o taken/t.hbt stacks
printf 'v 10400 3\na 18 1\n+ 0\n- 0\n' >interpreted
expect 2 'interpreted:2: .*heaptrack --raw' "$bench" import -o taken/t.hbt interpreted
printf 'v 10400 3\n+ 18 1 5a0010\n+ 0\n' >interpreted
expect 2 'interpreted:3: .*heaptrack --raw' "$bench" import -o taken/t.hbt interpreted
expect 2 'android: byte 0: .*255 and 0x1234' "$bench" import --from=dj -o taken/t.hbt android
expect 2 'android: byte [0-9]*: the head of a dj/malloc workload' "$bench" import --from=wl -o taken/t.hbt android
expect 2 'android: byte 0: no field of a malloc-bench' "$bench" import --from=malloc-bench -o taken/t.hbt android
expect 2 'android:1: a malloc lab trace begins' "$bench" import --from=rep -o taken/t.hbt android
expect 2 'android: there is no call in it' "$bench" import --from=valgrind -o taken/t.hbt android

expect 2 'wl into a temporary file.*set TMPDIR' env TMPDIR=/nowhere "$bench" import -o taken/t.hbt wl

# Packed files: cut ones give what they hold, wrong ones are refused.
seq -f '1: malloc 0x%.0f0 16' 1 20000 >long
gzip -c long >long.gz
zstd -q -c long >long.zst
for packed in long.gz long.zst; do
    head -c $(($(wc -c <$packed) * 9 / 10)) $packed >cut
    expect 0 'lost: cut at line [0-9]*$' "$bench" import -o "all/cut-$packed.hbt" cut
    expect 0 ': ok, [0-9]*' "$bench" trace check "./all/cut-$packed.hbt"
    { head -c 9000 $packed && printf 'XXXXXXXXXXXXXXXX' && tail -c +9017 $packed; } >wrong
    expect 2 'wrong: damaged at byte [0-9]*' "$bench" import -o taken/t.hbt wrong
done
if command -v zip >/dev/null; then
    zip -q long.zip long && zip -q two.zip long android && zip -q -P x secret.zip long
    head -c $(($(wc -c <long.zip) / 2)) long.zip >cut
    expect 0 'lost: cut at line [0-9]*$' "$bench" import -o all/cut-zip.hbt cut
    expect 2 'a zip archive of several files' "$bench" import -o taken/t.hbt two.zip
    expect 2 'an encrypted zip archive' "$bench" import -o taken/t.hbt secret.zip
    zip -q -0 stored.zip long
    { head -c 9000 stored.zip && printf X && tail -c +9002 stored.zip; } >wrong
    expect 2 'wrong checksum' "$bench" import -o taken/t.hbt wrong
fi

# A line that is too long, and one that has not been written to its end.
{ head -3 long && head -c 300000 /dev/zero | tr '\0' x && echo && printf '1: free 0x10\n1: free 0x2'; } >odd
expect 0 'lost: 1 line too long; cut at line 6$' "$bench" import -o all/odd.hbt odd
expect 0 '"op_count":4,' "$bench" trace info --format=jsonl ./all/odd.hbt

[ -z "$(ls -A taken)" ] || fail "left behind: $(ls -A taken)"
[ $failures -eq 0 ]
