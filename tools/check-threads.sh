#!/bin/sh
# Every function of these headers says in its comment which threads may call it and whether it is
# real-time safe; a function without that is named.
set -eu

awk '
/^ *\/\*\*/ { comment = ""; inside = 1 }
inside {
    text = $0
    gsub(/^ *(\/\*\*|\*\/|\*)? */, " ", text)
    comment = comment text
    if (/\*\//) { inside = 0 }
    next
}
# One comment belongs to one declaration.
match($0, /perbus_[a-z0-9_]*\(/) && !/^ *(typedef|#)/ && !/^ / {
    name = substr($0, RSTART, RLENGTH - 1)
    functions++
    if (comment !~ /Threads: (any|alone|the one)[,;.a-z ]/) { missing("Threads: any or alone") }
    if (comment !~ /Real-time safe: (yes|no)/) { missing("Real-time safe: yes or no") }
}
# The end of any declaration.
/;/ { comment = "" }
function missing(what) {
    print FILENAME ": the comment of " name " lacks \"" what "\"" > "/dev/stderr"
    failed = 1
}
END {
    if (!functions) { print "check-threads: no functions found" > "/dev/stderr"; failed = 1 }
    exit failed
}' "$@"
