#!/usr/bin/env bash
# How the reader does on mail that nobody here wrote: score.sh PROGRAM CORPORA
#
# Prints a row for each set of mails: how many, how many the program crashed on or hung at (more than
# 60 seconds without a line), how many came out with neither text nor attachment, milliseconds a mail.
set -euo pipefail
program=$1 corpora=$2

if [[ ! -d $corpora ]]; then
    echo "score: there are no corpora at $corpora; CORPORA=DIR names another place"
    exit 0
fi
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# The sets also hold expectations, licences and tests, which are no mails.
mails_of() {
    find "$1" -type f ! -path '*/LICENCE_FILES/*' ! -name SOURCE.txt ! -name '*.html' ! -name '*.json' ! -name '*.tsv' \
        ! -name '*.xml' ! -name '*.yml' ! -name '*.md' -print0 | sort -z
}

has_mails() { # some file in it begins like a mail: a header field, or mbox's line
    [[ $(mails_of "$1" | xargs -0 -r head -qn 1 2>/dev/null | tr -d '\0' |
        grep -acE '^(From |Return-Path:|Received:|From:|To:|Subject:|Date:|Message-ID:|Delivered-To:|MIME-Version:|Content-Type:)') != 0 ]]
}

printf '%-34s %7s %9s %7s %9s\n' set mails crashed empty ms/mail
failed=0
for folder in "$corpora"/*/; do
    has_mails "$folder" || continue
    mapfile -d '' -t rest < <(mails_of "$folder")
    mails=${#rest[@]} crashed=0 empty=0 began=${EPOCHREALTIME/./}
    while ((${#rest[@]})); do
        status=0
        timeout 600 "$program" parse --jsonl "${rest[@]}" >"$output" 2>/dev/null || status=$?
        read_count=$(grep -ac '^{' "$output" || true)
        here=$(grep -acE '"text":(null|""),"html":(null|""),"attachments":\[\]' "$output" || true)
        ((empty += here)) || true
        ((status == 0 && read_count == ${#rest[@]})) && break
        ((crashed += 1))
        rest=("${rest[@]:read_count+1}") # the one after the last line is at fault
    done
    ((failed += crashed)) || true
    took=$((${EPOCHREALTIME/./} - began))
    printf '%-34s %7d %9d %7d %9s\n' "$(basename "$folder")" "$mails" "$crashed" "$empty" \
        "$(printf '%d.%02d' $((took / mails / 1000)) $((took / mails % 1000 / 10)))"
done
if ((failed)); then
    echo "score: $failed mails were not read" >&2
    exit 1
fi
