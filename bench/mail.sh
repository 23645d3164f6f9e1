#!/usr/bin/env bash
# How fast mail is read, beside GMime, on one core: bench/mail.sh [--rounds N] [FOLDER...]
# Without folders: the sets of the corpora that hold whole mails, where they are.
here=$(cd "$(dirname "$0")" && pwd)
program=${TICKETGATE_READ:-$here/../build/default/bench/ticketgate-read}
corpora=${CORPORA:-$here/../../shared/corpora}
if [[ $* != */* ]]; then
    for set in real-spamassassin mime-mime4j bounce-sisimai; do
        if [[ -d $corpora/$set ]]; then
            set -- "$@" "$corpora/$set"
        else
            echo "bench mail: there is no $corpora/$set; measured without it"
        fi
    done
fi
exec taskset -c "$(taskset -pc $$ | sed 's/.*[ ,-]//')" "$program" "$@"
