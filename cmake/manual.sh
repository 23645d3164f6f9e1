#!/usr/bin/env bash
# manual.sh PROGRAM TEMPLATE: prints the man page: TEMPLATE, with @VERSION@, and in the place of the line @COMMANDS@
# what `--help` says of each command, so that no command can be missing.
set -euo pipefail

program=$1 template=$2

as_roff() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\\&\\1/"; }

subcommands() { # of a help text on standard input
    sed -n '/^Subcommands:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

describe() { # COMMAND...
    local help name
    help=$("$program" "$@" --help)
    printf '.SS "ticketgate %s"\n.nf\n' "$*"
    as_roff <<<"$help"
    printf '.fi\n'
    for name in $(subcommands <<<"$help"); do describe "$@" "$name"; done
}

version=$("$program" --version)
while IFS= read -r line; do
    if [[ $line == @COMMANDS@ ]]; then
        for name in $("$program" --help | subcommands); do describe "$name"; done
    else
        printf '%s\n' "${line//@VERSION@/$version}"
    fi
done <"$template"
