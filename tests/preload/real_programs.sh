#!/usr/bin/env bash
# Real programs give the same output under a malloc library of ours as under the C library's.
#
#   tests/preload/real_programs.sh [--long] LIBRARY…
#
# ls, sort, gcc, perl, python3, git gc, sqlite3, and redis-server under redis-benchmark: those that
# are installed, the others are skipped with a word. Short: two or three seconds a library. --long:
# gcc compiles 2,000 functions, python3 runs its own tests, git packs 3,000 commits, sqlite3 sorts
# 300,000 rows, redis serves 400,000 requests: some minutes a library.
#
# HEAPBENCH_OPTIONS, if it is set, is passed on to the library.
set -uo pipefail

length=short
case "${1-}" in
--long) length=long; shift ;;
-h | --help | '') sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac
libraries=()
for library; do
    [ -r "$library" ] || { echo "real_programs: there is no library '$library'" >&2; exit 2; }
    libraries+=("$(realpath "$library")") # the programs run elsewhere
done

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
export LC_ALL=C TMPDIR=$folder GIT_CONFIG_NOSYSTEM=1 HOME=$folder PYTHONHASHSEED=0 \
    PYTHONDONTWRITEBYTECODE=1 PERL_HASH_SEED=0
options=${HEAPBENCH_OPTIONS-}
unset HEAPBENCH_OPTIONS HEAPBENCH_STATS

# long_or SHORT LONG: by the length that was asked for.
long_or() {
    [ "$length" = long ] && echo "$2" || echo "$1"
}

functions_write() {
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++) {
            printf "struct s%d { int a, b; double c[%d]; };\n", i, i % 7 + 1
            printf "int f%d(struct s%d *s, int n) {\n    int sum = %d;\n", i, i, i
            printf "    for (int k = 0; k < n; k++) {\n        switch ((s->a + k) %% %d) {\n", i % 5 + 3
            for (c = 0; c < i % 5 + 3; c++)
                printf "        case %d: sum += k * %d; s->c[%d] += sum; break;\n", c, i + c, c % (i % 7 + 1)
            printf "        }\n    }\n    return sum ^ s->b%s;\n}\n", i ? " + f" i - 1 "((void *)s, n / 2)" : ""
        }
    }'
}

commits_write() {
    awk -v n="$1" 'BEGIN {
        for (i = 1; i <= n; i++) {
            text = ""
            for (line = 0; line < 40; line++)
                text = text sprintf("line %d of %d\n", line, line == i % 40 ? i : int(i / 40))
            printf "commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 2\nc\n", 1700000000 + i
            printf "M 644 inline f%d\ndata %d\n%s", i % 25, length(text), text
        }
    }'
}

task_ls() {
    ls -la /usr/bin
}

task_sort() {
    sort -r /usr/share/common-licenses/GPL-3 && seq "$(long_or 20000 2000000)" | sort -r | sha1sum
}

task_gcc() {
    gcc -w -O2 -S -o - "$folder/functions.c" | sha1sum
}

task_perl() {
    perl -e 'my %h; $h{$_} = $_ x 10 for 1 .. $ARGV[0]; print join(",", sort keys %h), "\n"' \
        "$(long_or 30000 300000)" | sha1sum
}

task_python3() {
    PYTHONMALLOC=malloc /usr/bin/python3 -c 'import json, sys, threading
n = int(sys.argv[1])
print(sum(i * i for i in range(n)), json.dumps({str(i): [i] * 3 for i in range(n // 20)})[-40:])
out = []
def work(n):
    out.append(sum(len(str(i)) for i in range(n)))
threads = [threading.Thread(target=work, args=(n // 5,)) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(out)' "$(long_or 100000 2000000)"
}

# The times that it takes, and says, differ.
task_python3_tests() {
    PYTHONMALLOC=malloc "$1" -m test -u none test_list test_dict test_json test_re test_queue \
        test_bytes test_itertools test_subprocess test_zlib 2>&1 |
        grep -E '^(All [0-9]+ tests OK|[0-9]+ tests? (failed|OK)|== Tests result|Result:|    test_)'
}

task_git() {
    rm -rf "$folder/repository"
    git init -q -b main "$folder/repository" && cd "$folder/repository" || return
    git fast-import --quiet <"$folder/commits"
    git -c pack.threads=1 gc -q --aggressive --prune=now
    git verify-pack -v .git/objects/pack/*.idx | sort | sha1sum
    git -c pack.threads=4 repack -q -a -d -f
    git fsck --full 2>&1
    git rev-list --objects --all | sha1sum
    git log -p | sha1sum
}

task_sqlite3() {
    sqlite3 :memory: "create table t(a integer primary key, b text, c real);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < $(long_or 15000 300000))
        insert into t select i, hex(i * 7919 % 10007) || 'x' || i, i / 3.0 from n;
        create index tb on t(b); create index tc on t(c desc, b);
        select count(*), sum(a), max(b), min(b), total(c) from t;
        select substr(b, 1, 2) as p, count(*), avg(c) from t group by p order by 2 desc, 1 limit 9;
        delete from t where a % 3 = 0; update t set b = b || b where a % 5 = 0;
        select a, b from t order by b desc limit 5; vacuum; pragma integrity_check;"
}

redis() {
    redis-cli -s "$folder/socket" "$@"
}

task_redis() {
    local n
    n=$(long_or 1500 25000)
    redis-server --port 0 --unixsocket "$folder/socket" --save '' --appendonly no --dir "$folder" \
        --enable-debug-command local --io-threads 2 >/dev/null 2>&1 &
    server=$!
    for _ in $(seq 200); do
        redis ping 2>/dev/null | grep -q PONG && break
        sleep 0.05
    done
    seq "$n" | awk '{ printf "SET k%d %s\nLPUSH l%d v%d\nZADD z %d m%d\nHSET h%d f%d %d\n",
                      $1, substr("0123456789abcdef0123456789abcdef", $1 % 16, $1 % 17 + 1), $1 % 50, $1, $1 % 97, $1,
                      $1 % 20, $1, $1 }' | redis | sort | uniq -c
    redis debug digest
    redis-benchmark -s "$folder/socket" -q -n "$n" -r 1000 -c 20 -P 4 2>&1 |
        tr '\r' '\n' | sed -nE 's/^([^:]*): [0-9.]+ requests per second.*/\1/p'
    redis info errorstats | tr -d '\r'
    redis flushall
    redis dbsize
    redis shutdown nosave
    wait "$server"
    echo "server: $?"
    server=
}

# run TASK ARGUMENT… : its output and status.
run() {
    (cd "$folder" && "task_$@" 2>&1 && echo "status 0" || echo "status $?")
}

names=()
python=
for candidate in /usr/bin/python3 "$(command -v python3)"; do
    [ -n "$candidate" ] && "$candidate" -c 'import test.test_json, test.test_dict' 2>/dev/null &&
        python=$candidate && break
done

# need TASK PROGRAM… : do it if the programs are there.
need() {
    local task=$1 program
    shift
    for program; do
        if ! command -v "$program" >/dev/null; then
            echo "${task%% *}: skipped, $program is not installed"
            return
        fi
    done
    names+=("$task")
}

need ls ls
need sort sort
need gcc gcc
need perl perl
need python3 /usr/bin/python3
need git git
need sqlite3 sqlite3
need redis redis-server redis-cli redis-benchmark
if [ "$length" = long ]; then
    if [ -n "$python" ]; then
        need "python3_tests $python" "$python"
    else
        echo "python3_tests: skipped, no python3 has its tests (package libpython3-testsuite)"
    fi
fi

functions_write "$(long_or 40 2000)" >"$folder/functions.c"
commits_write "$(long_or 60 3000)" >"$folder/commits"
failed=0
for name in "${names[@]}"; do
    # shellcheck disable=SC2086
    run $name >"$folder/expected"
    if [ "$(tail -n 1 "$folder/expected")" != "status 0" ]; then
        echo "${name%% *}: fails without a library of ours:"
        tail -n 5 "$folder/expected"
        failed=1
        continue
    fi
    for library in "${libraries[@]}"; do
        # shellcheck disable=SC2086
        (export LD_PRELOAD=$library HEAPBENCH_OPTIONS=$options && run $name) >"$folder/actual"
        if cmp -s "$folder/expected" "$folder/actual"; then
            echo "${name%% *}: the same under ${library##*/} ($(wc -l <"$folder/expected") lines)"
        else
            echo "${name%% *}: differs under $library"
            diff "$folder/expected" "$folder/actual" | head -20
            failed=1
        fi
    done
done
exit "$failed"
