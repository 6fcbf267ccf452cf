#!/usr/bin/env bash
# Which folder may include which: the rules of the house. Prints each breach, FILE:LINE: RULE.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"
breaches=0

# forbid RULE PATTERN FILES...: no line of FILES matches PATTERN (extended).
forbid() {
    local rule=$1 pattern=$2 hits
    shift 2
    [ "$#" -gt 0 ] || return 0
    hits=$(grep -HnE "$pattern" "$@" | cut -d: -f1,2) || return 0
    while IFS= read -r hit; do
        echo "$hit: $rule"
        breaches=$((breaches + 1))
    done <<<"$hits"
}

# sources FOLDER...: the .c and .h files below.
sources() {
    find "$@" -name '*.[ch]' 2>/dev/null | sort
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
mapfile -t all < <(sources allocators workloads harness papers)
mapfile -t allocators < <(sources allocators)
mapfile -t workloads < <(sources workloads)
mapfile -t strategies < <(sources allocators/strategies)
mapfile -t mechanism < <(sources allocators/mechanism)
mapfile -t backend < <(sources allocators/backend)
indexes=()
for file in "${mechanism[@]}"; do
    case "${file##*/}" in
    index*) indexes+=("$file") ;;
    esac
done
fits=() # null is no allocator: it takes its one region from the backend itself
for file in "${strategies[@]}"; do
    [ "$file" = allocators/strategies/null.c ] || fits+=("$file")
done
ours=()
for file in "${allocators[@]}"; do
    [ "$file" = allocators/strategies/glibc.c ] || ours+=("$file")
done

forbid "a .c never includes a .c" "${include}[\"<][^\">]*\\.c[\">]" "${all[@]}"
forbid "includes are written from the top folder" "${include}\"\\.\\.?/" "${all[@]}"
forbid "allocators include no other room" "${include}\"(harness|workloads|papers)/" \
    "${allocators[@]}"
forbid "workloads include no other room" "${include}\"(harness|allocators|papers)/" \
    "${workloads[@]}"
forbid "strategies do not include each other" "${include}\"allocators/strategies/" \
    "${strategies[@]}"
forbid "strategies reach the backend through the mechanism" "${include}\"allocators/backend/" \
    "${fits[@]}"
forbid "the mechanism does not know the strategies" "${include}\"allocators/strategies/" \
    "${mechanism[@]}" "${backend[@]}"
forbid "the backend does not know the mechanism" "${include}\"allocators/mechanism/" "${backend[@]}"
forbid "an index never sees the backend" "${include}\"allocators/backend/" "${indexes[@]}"
forbid "nothing in allocators/ uses stdio" "${include}<stdio\\.h>" "${allocators[@]}"
for file in "${ours[@]}"; do
    case "$file" in
    allocators/preload*.c) continue ;; # define the family
    esac
    # Comments and strings are cut out, as far as they end on their line.
    hits=$(sed -E 's@/\*([^*]|\*[^/])*\*/@@g; s@/\*.*@@; s@^[[:space:]]*\*.*@@; s@"[^"]*"@@g' "$file" |
        grep -nE '(^|[^[:alnum:]_.>])(malloc|calloc|realloc|aligned_alloc|free|strdup)[[:space:]]*\(' |
        cut -d: -f1) || continue
    for line in $hits; do
        echo "$file:$line: nothing in allocators/ calls the malloc family"
        breaches=$((breaches + 1))
    done
done

[ "$breaches" -eq 0 ]
