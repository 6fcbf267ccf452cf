#!/bin/bash
# Record the bundled traces again, from Debian 12's own programs and data.
#
#   scripts/record-suite.sh [-o FOLDER] [-b HEAPBENCH] [NAME…]
#
# FOLDER (default: heapbench-results/traces) gets NAME.hbt for each NAME (default: all). A trace that
# is there already is never overwritten. Packages that are missing are installed if you are root,
# else named. The environment is fixed, hash seeds and addresses too, so that the same packages give
# the same operations, byte for byte of `heapbench trace dump`.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
folder=$root/heapbench-results/traces
heapbench=
names=()
all=(gcc perl python3 sqlite3 abc ffmpeg gawk ghostscript git lua redis ripgrep troff xsltproc z3)

die() {
    echo "record-suite: $*" >&2
    exit 2
}

usage() {
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0"
    echo "names: ${all[*]}"
}

while [ $# -gt 0 ]; do
    case $1 in
    -o) [ $# -gt 1 ] || die "-o needs a folder"; folder=$2; shift 2 ;;
    -b) [ $# -gt 1 ] || die "-b needs the path of heapbench"; heapbench=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    -*) die "unknown option '$1'; see --help" ;;
    *)
        [[ " ${all[*]} " == *" $1 "* ]] || die "no task '$1'; there are: ${all[*]}"
        names+=("$1")
        shift ;;
    esac
done
[ ${#names[@]} -gt 0 ] || names=("${all[@]}")

if [ -z "$heapbench" ]; then
    for heapbench in "$root/build/release/heapbench" "$(command -v heapbench || true)"; do
        [ -x "$heapbench" ] && break
    done
fi
[ -x "$heapbench" ] || die "no heapbench: build the release preset, or say where it is with -b"
# Programs copy their environment, with it the recorder's path, and the folder they run in: these
# have the same length for everyone.
built=$(dirname "$(realpath "$heapbench")")
copies=$(mktemp -d /tmp/record-suite.XXXXXX)
trap 'rm -rf "$copies"' EXIT
for library in "$built/libheapbench-record.so" "$built/../lib/heapbench/libheapbench-record.so"; do
    [ ! -e "$library" ] || cp "$library" "$copies/"
done
cp "$heapbench" "$copies/heapbench"
cp "$here"/record-suite/* "$copies/"
heapbench=$copies/heapbench

packages_of() {
    case $1 in
    gcc) echo gcc-12 libc6-dev libstb-dev ;;
    perl) echo perl perl-doc ;;
    python3) echo python3.11 libpython3.11-stdlib ;;
    sqlite3) echo sqlite3 unicode-data wamerican-small ;;
    abc) echo berkeley-abc ;;
    ffmpeg) echo ffmpeg ;;
    gawk) echo gawk unicode-data ;;
    ghostscript) echo ghostscript groff ;;
    git) echo git perl-modules-5.36 ;;
    lua) echo lua5.4 ;;
    redis) echo redis-server redis-tools ;;
    ripgrep) echo ripgrep perl-modules-5.36 ;;
    troff) echo groff ;;
    xsltproc) echo xsltproc docbook-xsl gawk ;;
    z3) echo z3 ;;
    esac
}

need_packages() {
    local package missing=()
    for package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "missing: run  sudo apt-get install ${missing[*]}"
    apt-get install -y "${missing[@]}" >&2 || die "cannot install ${missing[*]}"
}

# record NAME COMMAND… : with nothing in the environment but what is said here.
record() {
    local name=$1
    shift
    env -i PATH=/usr/bin:/bin LC_ALL=C TMPDIR=/tmp PYTHONHASHSEED=0 PYTHONMALLOC=malloc \
        PYTHONDONTWRITEBYTECODE=1 PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0 \
        setarch -R "$heapbench" record -o "$folder/$name.hbt" -- "$@" </dev/null >/dev/null
}

task_gcc() {
    record gcc "$(gcc-12 -print-prog-name=cc1)" -quiet \
        -imultiarch "$(gcc-12 -print-multiarch)" -isystem /usr/include/stb -O2 gcc.c -o /dev/null
}

task_perl() {
    record perl /usr/bin/perl /usr/bin/pod2man /usr/share/perl/5.36/pod/perlfunc.pod /dev/null
}

task_python3() {
    record python3 /usr/bin/python3 python3.py
}

task_sqlite3() {
    record sqlite3 /usr/bin/sqlite3 -batch :memory: ".read sqlite3.sql"
}

task_abc() {
    record abc /usr/bin/berkeley-abc -q \
        "gen -N 12 -m multiplier.blif; read multiplier.blif; strash; dch; if -K 6; mfs; print_stats"
}

task_ffmpeg() {
    record ffmpeg /usr/bin/ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 \
        -f lavfi -i sine=frequency=440 -t 60 -c:v mpeg4 -threads 4 -slices 4 -filter_threads 4 \
        -vf scale=480:270,hflip -c:a aac -f matroska -y /dev/null
}

task_gawk() {
    record gawk /usr/bin/gawk -f gawk.awk /usr/share/unicode/NamesList.txt
}

manual_page() {
    local page=/usr/share/man/man7/groff_mdoc.7.gz
    [ -e "$page" ] || die "no $page: this system leaves manual pages out (see /etc/dpkg/dpkg.cfg.d)"
    gzip -dc "$page"
}

# Pages are rendered in bands, each by one of four threads, which end with their page.
task_ghostscript() {
    manual_page | sed -n '1,2500p' | groff -mandoc -Tps >page.ps 2>/dev/null
    record ghostscript /usr/bin/gs -q -dBATCH -dNOPAUSE -dSAFER -dNumRenderingThreads=4 \
        -dMaxBitmap=100000 -dTextAlphaBits=4 -sDEVICE=png16m -r150 -sOutputFile=/dev/null page.ps
}

task_git() {
    bash git-repository.sh "$copies/repository"
    # shellcheck disable=SC2016
    record git /usr/bin/git -C repository pack-objects --all --stdout --threads=4 --window=50 \
        --depth=50 -q
}

task_lua() {
    record lua /usr/bin/lua5.4 lua.lua
}

task_redis() {
    bash redis-load.sh "$copies/socket" >/dev/null &
    record redis /usr/bin/redis-server --port 0 --unixsocket socket --save "" \
        --appendonly no --dir .
    wait
}

task_ripgrep() {
    record ripgrep /usr/bin/rg -j4 --no-config --no-ignore --json '\w+' /usr/share/perl/
}

task_troff() {
    manual_page >page.7
    record troff /usr/bin/troff -mandoc -Tps page.7
}

task_xsltproc() {
    awk -f book.awk >book.xml
    record xsltproc /usr/bin/xsltproc --nonet --output /dev/null \
        /usr/share/xml/docbook/stylesheet/docbook-xsl/html/docbook.xsl book.xml
}

task_z3() {
    record z3 /usr/bin/z3 z3.smt2
}

mkdir -p "$folder"
folder=$(realpath "$folder")
cd "$copies"
for name in "${names[@]}"; do
    [ ! -e "$folder/$name.hbt" ] || die "$folder/$name.hbt exists already; remove it, or use -o"
    # shellcheck disable=SC2046
    need_packages $(packages_of "$name")
    "task_$name"
done
