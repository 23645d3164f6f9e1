# Makes C++ of SQL: -v what=statements for files of "-- name: x" blocks, -v what=migrations for whole
# files whose names begin with their number.
BEGIN {
    print "// Generated from the .sql files of store/; do not edit."
    print "#pragma once"
    print "#include \"store/statement.hpp\""
    print "#include <array>"
    print "namespace store::" (what == "statements" ? "sql" : "migrations") " {"
}
function close_block() { if (open) print ")sql\"};"; open = 0 }
what == "statements" && /^-- name: / {
    close_block()
    name = $3
    names[count + 0] = name
    printf "inline constexpr Statement %s{%d, \"%s\", R\"sql(", name, count++, name
    open = 1
    next
}
what == "statements" && open { print }
what == "migrations" && FNR == 1 {
    close_block()
    file = FILENAME
    sub(/.*\//, "", file)
    number = file + 0
    printf "inline constexpr Migration m%d{%d, \"%s\", R\"sql(", number, number, file
    numbers[count + 0] = number
    count++
    open = 1
}
what == "migrations" { print }
END {
    close_block()
    type = what == "statements" ? "const Statement*" : "const Migration*"
    printf "inline constexpr std::array<%s, %d> all{", type, count
    for (i = 0; i < count; i++) printf "&%s, ", (what == "statements" ? names[i] : ("m" numbers[i]))
    print "};"
    print "}"
}
