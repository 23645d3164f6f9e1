#!/usr/bin/env bash
# The private cluster is reused, survives a stale postmaster.pid, and lives elsewhere where its folder
# can't hold a socket.
set -euo pipefail
cluster=$(dirname "$(readlink -f "$0")")/../support/pg_cluster.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/pg-cluster-test.XXXXXX")
chmod 0755 "$work"
plain=$work/plain
long="$work/with blanks/$(printf 'x%.0s' {1..90})"
trap '"$cluster" destroy "$plain"; "$cluster" destroy "$long"; rm -rf "$work"' EXIT

fail() {
    echo "pg_cluster_test: $*" >&2
    exit 1
}

ask() { # DIR SQL
    /usr/lib/postgresql/15/bin/psql --no-psqlrc -At --dbname="$(<"$1/dsn")" --command="$2"
}

for dir in "$plain" "$long"; do
    "$cluster" start "$dir" fsync=off
    [[ $(ask "$dir" "SELECT count(*) FROM pg_database WHERE datname = 'ticketgate'") == 1 ]] || fail "no database"
    [[ $(ask "$dir" "SHOW listen_addresses") == '' ]] || fail "it listens on TCP"
    [[ $(stat -c %a "$(<"$dir/socket")") == 700 ]] || fail "others may reach the socket"
    as_desk="host=$(<"$dir/socket") user=ticketgate dbname=ticketgate"
    [[ $(/usr/lib/postgresql/15/bin/psql -X -At -d "$as_desk" -c 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user') == f ]] ||
        fail "the desk's role is a superuser"
done
[[ $(<"$plain/home") == "$plain"/* ]] || fail "a usable folder was not used"
[[ $(<"$long/home") == /var/tmp/ticketgate-* ]] || fail "a folder that can hold no socket was used"

ask "$plain" 'CREATE TABLE kept (n int)'
"$cluster" start "$plain"
"$cluster" stop "$plain"
! ask "$plain" 'SELECT 1' 2>/dev/null || fail "it did not stop"
# What a crash leaves, when the process id has since gone to somebody else: this script.
pid_file=$(<"$plain/home")/data/postmaster.pid
printf '%s\n' "$$" "$(<"$plain/home")/data" 0 5432 "$(<"$plain/socket")" '' 0 ready >"$pid_file"
"$cluster" start "$plain"
[[ $(ask "$plain" 'SELECT count(*) FROM kept') == 0 ]] || fail "the data is not the same"

home=$(<"$long/home")
"$cluster" destroy "$long"
[[ ! -e $home ]] || fail "destroy left $home"
"$cluster" stop "$long" || fail "stopping what isn't there is an error"
echo "all right"
