#!/usr/bin/env bash
# readme.sh ROOT: README tells the verdicts that stand in results/papers, all of them; and each file
# that it points to is there.
set -euo pipefail
cd "$1"
failed=0
verdicts() { # lines of "paper VERDICT", from a table whose rows begin with a linked paper
    sed -nE 's/^\| \[([a-z-]+)\]\([^)]*\) \|.*\*\*(PASS|PARTIAL|FAIL)\*\*.*/\1 \2/p' "$1"
}
if ! diff <(verdicts results/papers/README.md) <(verdicts README.md); then
    echo "README.md and results/papers/README.md tell different verdicts"
    failed=1
fi
[ -n "$(verdicts README.md)" ] || { echo "README.md has no verdicts"; failed=1; }
for file in $(sed -nE 's/.*/&/; s/\]\(([^)#]*)[^)]*\)/\n@\1\n/gp' README.md | sed -n 's/^@//p'); do
    [ -e "$file" ] || { echo "README.md points to $file, which is not there"; failed=1; }
done
exit "$failed"
