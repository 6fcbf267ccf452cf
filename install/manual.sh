#!/bin/sh
# Print the manual of heapbench as mdoc: manual-head.mdoc, a section of each command from the help
# that it prints, manual-tail.mdoc. Argument: the program.
set -eu
heapbench=$1
here=$(dirname "$0")

# help_of WORD...: what `heapbench WORD... --help` prints, as mdoc.
help_of() {
    "$heapbench" "$@" --help >"$work/help" || { echo "manual: heapbench $* --help failed" >&2; exit 1; }
    awk -f "$here/help.awk" "$work/help"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$here/manual-head.mdoc"
"$heapbench" --help >"$work/commands"
for command in $(sed -nE 's/^  ([a-z]+) +.*/\1/p' "$work/commands" | grep -vx heapbench); do
    echo ".Ss heapbench $command"
    help_of "$command"
    for inner in $(sed -nE '/COMMAND --help/q; s/^  ([a-z]+)  +.*/\1/p' "$work/help"); do
        "$heapbench" "$command" --help | grep -q 'COMMAND --help' || continue
        echo ".Ss heapbench $command $inner"
        help_of "$command" "$inner"
    done
done
cat "$here/manual-tail.mdoc"
