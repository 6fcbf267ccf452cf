#!/usr/bin/env bash
# Build and test: scripts/test.sh [release] [debug] [asan] [clang]; without names the first three.
# Warnings are errors. Ends with the tally of ctest, added over the presets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1-}" = --help ] || [ "${1-}" = -h ]; then
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "scripts/${BASH_SOURCE[0]##*/}"
    exit 0
fi
presets=("$@")
[ "$#" -gt 0 ] || presets=(release debug asan)
for preset in "${presets[@]}"; do
    case "$preset" in
    release | debug | asan | clang) ;;
    *)
        echo "test: there is no preset '$preset'; known are release, debug, asan, clang" >&2
        exit 2
        ;;
    esac
done

scripts/install-deps.sh --tests
case " ${presets[*]} " in
*" clang "*)
    if ! command -v clang >/dev/null; then
        echo "test: the preset clang needs the package clang" >&2
        exit 1
    fi
    ;;
esac

# Tests that know nothing of the strategies' laws, of those that take their time.
unlawful='foreign|noise|statistics|self_compare|cmd_.*|report_browser|installed|cache|counters|latency'
unlawful+='|memory|map|stream|trace|trace_.*|synth_model|generators|transform_.*|import.*|recorder|merge'
unlawful+='|record_command|rules_.*|placement_table|reproduce_.*|preload_.*|guard_.*'

log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
for preset in "${presets[@]}"; do
    echo "== $preset"
    if ! { cmake --preset "$preset" -DHB_WERROR=ON && cmake --build --preset "$preset"; } \
        >"$log" 2>&1; then
        cat "$log"
        echo "test: the build of $preset failed"
        exit 1
    fi
    # What the debug build checks is the strategies' laws. The other tests run from the same code under
    # asan, the malloc libraries are never sanitized and the same there: they need not wait once more.
    except=()
    [ "$preset" != debug ] || except=(-E "^($unlawful)\$")
    # One more than CPUs, as some wait; those that measure time run alone: tests/CMakeLists.txt.
    ctest --preset "$preset" -j "$(($(nproc) + 1))" "${except[@]}" --output-on-failure 2>&1 | tee "$log" || true
    # "97% tests passed, 2 tests failed out of 60"
    read -r bad all < <(sed -nE 's/.*, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$log") ||
        { echo "test: ctest of $preset gave no tally"; exit 1; }
    passed=$((passed + all - bad))
    failed=$((failed + bad))
done

echo "$passed passed, $failed failed (${presets[*]})"
[ "$failed" -eq 0 ]
