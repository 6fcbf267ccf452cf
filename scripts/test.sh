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
    # What the debug build checks is the strategies' laws: tests that know nothing of them need not wait
    # for it once more.
    except=()
    [ "$preset" != debug ] ||
        except=(-E '^(foreign|noise|statistics|self_compare|cmd_plot|cmd_report|report_browser|installed)$')
    # Tests that measure time want a core of their own, so one at a time.
    ctest --preset "$preset" "${except[@]}" --output-on-failure 2>&1 | tee "$log" || true
    # "97% tests passed, 2 tests failed out of 60"
    read -r bad all < <(sed -nE 's/.*, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$log") ||
        { echo "test: ctest of $preset gave no tally"; exit 1; }
    passed=$((passed + all - bad))
    failed=$((failed + bad))
done

echo "$passed passed, $failed failed (${presets[*]})"
[ "$failed" -eq 0 ]
