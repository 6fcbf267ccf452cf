# expect.sh -- for scripts that try a command: . expect.sh

# expect STATUS TEXT COMMAND...: it ends so and says so, else the script ends with status 1.
expect() {
    local status=0 expected=$1 text=$2 output
    shift 2
    output=$("$@" 2>&1) || status=$?
    if [ "$status" -ne "$expected" ] || ! grep -qF -- "$text" <<<"$output"; then
        echo "${0##*/}: expected status $expected and \"$text\" of: $*" >&2
        echo "got $status: $output" >&2
        exit 1
    fi
}
