#!/bin/bash
# git-repository.sh FOLDER: a repository of 40 commits, each changes a quarter of 200 Perl modules.
set -euo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_COMMITTER_DATE=2020-01-01T00:00:00Z \
    GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_AUTHOR_NAME=suite GIT_AUTHOR_EMAIL=suite@localhost \
    GIT_COMMITTER_NAME=suite GIT_COMMITTER_EMAIL=suite@localhost
git init -q -b main "$1"
cd "$1"
git config gc.auto 0
find /usr/share/perl/5.36/ -name '*.pm' -size -60k | LC_ALL=C sort | awk -F/ '!seen[$NF]++' |
    sed -n '1,200p' | while IFS= read -r module; do cp "$module" .; done
git add -A
git commit -qm 'All modules'
for ((commit = 1; commit <= 40; commit++)); do
    number=0
    for module in *.pm; do
        number=$((number + 1))
        [ $(((number * 7 + commit * 3) % 11)) -ge 3 ] ||
            sed -i "$((commit * 5 + 1))a # change $commit of $module" "$module"
    done
    git commit -qam "Change $commit"
done
