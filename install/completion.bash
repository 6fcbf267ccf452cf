# bash completion of heapbench. Commands, options, allocators and traces come from the program itself.

_heapbench_commands() {
    # shellcheck disable=SC2086
    $1 --help 2>/dev/null | sed -nE 's/^  ([a-z]+) +[^- ].*/\1/p'
}

# Options of a command, with the '=' of those that take a value.
_heapbench_options() {
    # shellcheck disable=SC2086
    $1 --help 2>/dev/null | sed -nE 's/^ +(-[a-z], )?(--[a-z-]+=?).*/\2/p'
}

_heapbench_allocators() {
    "$1" list allocators 2>/dev/null | sed -nE '/^Options/q; s/^([a-z][a-z0-9]*)( .*|$)/\1/p'
    echo all
}

_heapbench_traces() {
    "$1" list traces 2>/dev/null | sed -nE '/^$/q; /^Traces/d; s/^([^ ]+) .*/\1/p'
    "$1" list generators 2>/dev/null | sed -nE '/^Generators/d; s/^([a-z]+) .*/synth:\1/p'
}

# What a value may be: words, one each of a comma list.
_heapbench_values() {
    case $2 in
    --alloc | --baseline) _heapbench_allocators "$1" ;;
    --trace) _heapbench_traces "$1" ;;
    --passes) echo check space release blocks pages time latency cache ;;
    --mode) echo serial concurrent ;;
    --touch) echo none first page all ;;
    --counters) echo auto none pmu sim ;;
    --thp) echo system always madvise never ;;
    --format) [[ $3 == @(plot|map) ]] && echo png svg pdf || echo table jsonl ;;
    --from) "$1" list formats 2>/dev/null | sed -nE 's/^  ([a-z-]+) .*/\1/p' ;;
    --x) echo ops bytes ;;
    --width) echo page half ;;
    esac
}

_heapbench_value() {
    local option=$1 value=$2 command=$3 last words
    last=${value##*,}
    words=$(_heapbench_values heapbench "$option" "$command")
    if [ -n "$words" ] && [[ $last != */* ]]; then
        mapfile -t COMPREPLY < <(compgen -P "${value%"$last"}" -W "$words" -- "$last")
    else
        mapfile -t COMPREPLY < <(compgen -P "${value%"$last"}" -f -- "$last")
    fi
}

_heapbench() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=run words
    COMPREPLY=()
    [ "$COMP_CWORD" -gt 1 ] && [[ ${COMP_WORDS[1]} != -* ]] && command=${COMP_WORDS[1]}
    # bash makes a word of each '=': --alloc = best
    if [ "$current" = = ]; then
        _heapbench_value "$before" "" "$command"
        return
    elif [ "$before" = = ]; then
        _heapbench_value "${COMP_WORDS[COMP_CWORD - 2]}" "$current" "$command"
        return
    fi
    if [ "$COMP_CWORD" -eq 1 ] && [[ $current != -* ]]; then
        words=$(_heapbench_commands heapbench)
    elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = trace ]; then
        words=$(_heapbench_commands "heapbench trace")
    elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = list ]; then
        words="allocators traces counters formats papers"
    elif [[ $current == -* ]]; then
        [ "$command" = trace ] && command="trace ${COMP_WORDS[2]}"
        words=$(_heapbench_options "heapbench $command")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [[ ${COMPREPLY[0]-} == *= ]]; then
        compopt -o nospace
    fi
}

complete -o filenames -F _heapbench heapbench
