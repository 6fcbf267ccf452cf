#!/usr/bin/env bash
# The check of includes finds each breach: one file is planted at a time in an empty house.
set -euo pipefail
check=$1/scripts/check-includes.sh
sizes=$1/scripts/check-sizes.sh
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT

fresh() {
    rm -rf "${house:?}"/*
    mkdir -p "$house"/allocators/{strategies,mechanism,backend} "$house"/{workloads,harness,papers}
    echo '#include "allocators/mechanism/block.h"' >"$house/allocators/strategies/good.c"
}

# finds PROGRAM FILE TEXT: the program names the planted file.
finds() {
    fresh
    printf '%s\n' "$3" >"$house/$2"
    if output=$("$1" "$house"); then
        echo "not found: $3 in $2" >&2
        exit 1
    fi
    case "$output" in
    *"$2"*) ;;
    *)
        echo "found, but not in $2: $output" >&2
        exit 1
        ;;
    esac
}

fresh
"$check" "$house"
"$sizes" "$house"
finds "$check" allocators/strategies/a.c '#include "allocators/strategies/b.h"'
finds "$check" allocators/strategies/a.c '#include "allocators/backend/backend.h"'
finds "$check" allocators/strategies/a.c '#include <stdio.h>'
finds "$check" allocators/strategies/a.c '    p = malloc(3);'
finds "$check" allocators/mechanism/index_a.h '#  include "allocators/backend/backend.h"'
finds "$check" allocators/mechanism/a.h '#include "allocators/strategies/b.h"'
finds "$check" allocators/backend/a.c '#include "allocators/mechanism/block.h"'
finds "$check" allocators/front.h '#include "harness/results/results.h"'
finds "$check" workloads/a.c '#include "harness/results/results.h"'
finds "$check" workloads/a.c '#include "allocators/allocator.h"'
finds "$check" harness/a.c '#include "harness/b.c"'
finds "$check" harness/a.c '#include "../b.h"'
finds "$sizes" harness/a.c "$(printf 'int f(void) {\n'; seq 60 | sed 's/.*/    g();/'; printf '}\n')"
finds "$sizes" harness/a.c "$(seq 401 | sed 's/.*/int x;/')"
