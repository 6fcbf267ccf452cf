#!/usr/bin/env bash
# The manual has every command and every option that the help has. Arguments: the program, the manual.
set -euo pipefail
heapbench=$1
manual=$2
checked=0

# has WHAT MACRO...: the manual has a line of these macros.
has() {
    local what=$1
    shift
    checked=$((checked + 1))
    grep -qE -- "$*" "$manual" || { echo "manual: $what is not in it" >&2; exit 1; }
}

# options_of COMMAND...: of its help, --NAME each.
options_of() {
    "$heapbench" "$@" --help | sed -nE 's/^ +(-[a-z], )?(--[a-z-]+).*/\2/p'
}

commands=$("$heapbench" --help | sed -nE 's/^  ([a-z]+) +[^- ].*/\1/p')
for command in $commands; do
    has "$command" "^\.Ss heapbench $command\$"
    section=$(mktemp)
    # shellcheck disable=SC2016
    awk -v head=".Ss heapbench $command" '/^\.S[sh]/ { on = index($0, head) == 1 } on' "$manual" >"$section"
    for option in $(options_of "$command"); do
        checked=$((checked + 1))
        grep -qE -- "Fl ${option#-}( |\$)" "$section" ||
            { echo "manual: $command $option is not in it" >&2; exit 1; }
    done
    rm "$section"
done
for inner in $("$heapbench" trace --help | sed -nE 's/^  ([a-z]+)  +[^- ].*/\1/p'); do
    has "trace $inner" "^\.Ss heapbench trace $inner\$"
    for option in $(options_of trace "$inner"); do
        has "trace $inner $option" "Fl ${option#-}( |\$)"
    done
done
[ "$checked" -ge 40 ] || { echo "manual: only $checked names were found in the help" >&2; exit 1; }

if command -v mandoc >/dev/null; then
    mandoc -Tlint -Wwarning "$manual" | grep -vE 'outdated mandoc.db|lacks .* entry' && exit 1
    grep -q "EXIT STATUS" <<<"$(mandoc -Tmarkdown "$manual")"
fi
