#!/usr/bin/env bash
# preload.sh LIBRARY CONFORM: real programs give the same output under LIBRARY as without it.
set -euo pipefail
library=$1
conform=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C
cat >"$folder/hello.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) { printf("%d %s\n", argc, argv[0] ? "named" : ""); return EXIT_SUCCESS; }
C

# same NAME COMMAND…: the command's output and status, with and without the library.
same() {
    local name=$1
    shift
    (cd "$folder" && "$@" >expected 2>&1; echo "status $?" >>expected) || true
    (cd "$folder" && LD_PRELOAD=$library "$@" >actual 2>&1; echo "status $?" >>actual) || true
    if ! cmp -s "$folder/expected" "$folder/actual"; then
        echo "$name differs under $library:"
        diff "$folder/expected" "$folder/actual" | head -20
        exit 1
    fi
    echo "$name: the same"
}

same conform "$conform"
grep -qx conforms "$folder/expected"
same ls ls -la /usr/bin
same sort sort -r /usr/share/common-licenses/GPL-3
same gcc gcc -O2 -S -o - hello.c
same perl perl -e 'my %h; $h{$_} = $_ x 10 for 1 .. 30000; print join(",", sort keys %h), "\n"'
if [ -x /usr/bin/python3 ]; then
    same python3 /usr/bin/python3 -c 'import json
print(sum(i * i for i in range(100000)), json.dumps({str(i): [i] * 3 for i in range(5000)}))'
    PYTHONMALLOC=malloc same "python3 without pymalloc" /usr/bin/python3 -c '
import threading
out = []
def work(n):
    out.append(sum(len(str(i)) for i in range(n)))
threads = [threading.Thread(target=work, args=(20000,)) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(out)'
fi

# The options reach the strategy, and a wrong one is said.
HEAPBENCH_OPTIONS=backend=mmap:grow=1M LD_PRELOAD=$library "$conform" | grep -qx conforms
if HEAPBENCH_OPTIONS=nosuch=1 LD_PRELOAD=$library "$conform" >/dev/null 2>"$folder/error"; then
    echo "a wrong HEAPBENCH_OPTIONS was accepted"
    exit 1
fi
grep -q "no option 'nosuch'" "$folder/error"
echo "options: obeyed, and refused when wrong"
