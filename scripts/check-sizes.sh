#!/usr/bin/env bash
# No function above 60 lines, no file above 400. Prints each that is. A function is counted from
# the `{` in the first column after its heading to the `}` in the first column.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

find allocators workloads harness papers -name '*.[ch]' -print0 | sort -z | xargs -0 awk '
    FNR == 1 { start = 0 }
    /^\{/ { start = FNR }
    /^[a-z].*\) \{$/ { start = FNR }
    /^\}/ && start {
        if (FNR - start + 1 > 60) {
            printf "%s:%d: a function of %d lines (60 at most)\n", FILENAME, start, FNR - start + 1
            bad = 1
        }
        start = 0
    }
    { lines[FILENAME] = FNR }
    END {
        for (file in lines) {
            if (lines[file] > 400) {
                printf "%s: %d lines (400 at most)\n", file, lines[file]
                bad = 1
            }
        }
        exit bad
    }'
