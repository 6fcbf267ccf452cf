#!/usr/bin/env bash
# direct_calls.sh OBJECT...: in optimised strategies no call through a pointer is left but a walk's
# call of its visitor: policies are constants, and the compiler has specialised every engine. Opening a
# buddy heap, once, may choose its system by a table of jumps.
set -euo pipefail
found=0
for object in "$@"; do
    while read -r function; do
        case "$function" in
        *_walk | buddy_open) ;;
        *)
            echo "$object: $function calls through a pointer"
            found=1
            ;;
        esac
    done < <(objdump -d "$object" |
        awk '/^[0-9a-f]+ <.*>:$/ { gsub(/[<>:]/, "", $2); name = $2 }
             /(call|jmp) +\*/ { print name }
             /blr +x|br +x1[67]/ { print name }' | sort -u)
done
[ "$#" -gt 0 ] && [ "$found" -eq 0 ]
