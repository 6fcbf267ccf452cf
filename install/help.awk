# What `heapbench COMMAND --help` prints, as mdoc: usage lines, then paragraphs, options, examples.
function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/…/, "\\[u2026]", text)
    if (text ~ /^[.']/)
        text = "\\\\\\&" text
    return text
}

# As is the custom of manuals, each sentence begins a line.
function sentences_print(text) {
    while (match(text, /[a-z)]\. +[A-Z]/)) {
        print substr(text, 1, RSTART + 1)
        text = substr(text, RSTART + RLENGTH - 1)
    }
    print text
}

function list_end() {
    if (in_list)
        print ".El"
    in_list = 0
}

function block_end() {
    if (in_block)
        print ".Ed"
    in_block = 0
}

# An option: its names and value, "-o, --out=DIR", as macros.
function option_names(names,    parts, count, i, line, at) {
    count = split(names, parts, /, */)
    line = ".It"
    for (i = 1; i <= count; i++) {
        at = index(parts[i], "=")
        line = line (i > 1 ? " ," : "") " Fl " substr(at ? substr(parts[i], 1, at - 1) : parts[i], 2)
        if (at)
            line = line " Ns = Ns Ar \"" escaped(substr(parts[i], at + 1)) "\""
    }
    return line
}

function item_begin(heading) {
    block_end()
    if (!in_list)
        print ".Bl -tag -width Ds"
    in_list = 1
    print heading
}

BEGIN { at_usage = 1 }

at_usage && /^$/ { at_usage = 0; block_end(); is_new = 1; next }
at_usage {
    if (!in_block)
        print ".Bd -literal"
    in_block = 1
    sub(/^usage: /, "")
    print escaped($0)
    next
}

/^$/ { list_end(); block_end(); is_new = 1; next }

/^ +-/ {
    match($0, /^ +(-[a-z], )?--?[a-z-]+(=[^ ]+)?/)
    names = substr($0, 1, RLENGTH)
    text = substr($0, RLENGTH + 1)
    gsub(/^ +/, "", names)
    gsub(/^ +/, "", text)
    item_begin(option_names(names))
    print escaped(text)
    next
}

# Two columns, or what goes on in the second.
/^  / && in_list && /^          / { gsub(/^ +/, ""); print escaped($0); next }
/^  [a-z]+  +[a-z]/ && !in_block {
    name = $1
    text = $0
    sub(/^ *[a-z]+ +/, "", text)
    item_begin(".It Cm " name)
    print escaped(text)
    next
}
/^  / {
    list_end()
    if (!in_block)
        print ".Bd -literal"
    in_block = 1
    print escaped($0)
    next
}

{
    list_end()
    block_end()
    if (is_new)
        print ".Pp"
    else if (length(last) < 72)
        print ".br" # the help breaks the line where it need not
    is_new = 0
    last = $0
    sentences_print(escaped($0))
}

END { list_end(); block_end() }
