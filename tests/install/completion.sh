#!/usr/bin/env bash
# The completion of bash offers what the program knows. Arguments: the build folder, the completion.
set -euo pipefail
PATH=$1:$PATH
# shellcheck disable=SC1090
. "$2"
compopt() { :; }

# offers WORD... -- REPLY...: with these words typed, the replies are among what is offered, or are all
# of it where the first one is '='.
offers() {
    local all=" " reply exact=false
    COMP_WORDS=(heapbench)
    while [ "$1" != -- ]; do
        COMP_WORDS+=("$1")
        shift
    done
    shift
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _heapbench
    all=" ${COMPREPLY[*]} "
    [ "${1-}" = = ] && exact=true && shift
    for reply in "$@"; do
        [[ $all == *" $reply "* ]] || { echo "'${COMP_WORDS[*]}' offers no $reply:$all" >&2; exit 1; }
    done
    [ "$exact" = false ] || [ "${#COMPREPLY[@]}" -eq $# ] ||
        { echo "'${COMP_WORDS[*]}' offers more:$all" >&2; exit 1; }
}

offers "" -- run list record import trace summary diff plot doctor
offers pl -- = plot
offers --al -- = --alloc=
offers run --re -- = --repeats=
offers --alloc = best -- = bestfit
offers --alloc = firstfit,bu -- firstfit,buddy firstfit,bump
offers --baseline = gl -- = glibc
offers --trace = -- gcc perl python3 sqlite3
offers plot --format = -- = png svg pdf
offers plot --width = h -- = half
offers rep -- report reproduce
offers summary --form -- = --format=
offers --passes = space,t -- = space,time
offers trace "" -- info dump check
offers trace dump --f -- = --full
offers list t -- = traces
offers list f -- = formats
offers import --from = and -- = android

# The words that it knows by itself are the program's.
for option in passes mode touch counters thp; do
    help=$(heapbench run --help | grep -E "^ +--$option=")
    for word in $(_heapbench_values heapbench "--$option" run); do
        grep -qw "$word" <<<"$help" || { echo "--$option knows no $word" >&2; exit 1; }
    done
done
