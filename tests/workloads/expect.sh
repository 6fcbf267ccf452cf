# expect.sh -- for scripts that try commands and count what fails: . expect.sh
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# expect STATUS PATTERN COMMAND…: its exit status, and a pattern in what it prints
expect() {
    wanted=$1
    pattern=$2
    shift 2
    "$@" >out 2>&1
    got=$?
    if [ $got -ne "$wanted" ] || ! grep -q -e "$pattern" out; then
        fail "($got, not $wanted, or no '$pattern'): $*"
        head -5 out
    fi
}
