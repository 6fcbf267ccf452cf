# Count words, letters and where each word stands, then print the most frequent.
{
    for (i = 1; i <= NF; i++) {
        word = tolower($i)
        gsub(/[^a-z0-9]/, "", word)
        if (word == "") continue
        count[word]++
        where[word] = where[word] " " NR
    }
}
END {
    for (word in count) line[++n] = sprintf("%8d %s%s", count[word], word, substr(where[word], 1, 40))
    asort(line)
    for (i = n; i > n - 50; i--) print line[i]
}
