#!/usr/bin/env bash
# A private PostgreSQL 15 cluster, for ./dev run and for the tests.
#
#   pg_cluster.sh start DIR [SETTING=VALUE ...]   creates it where it is missing, and starts it
#   pg_cluster.sh stop DIR
#   pg_cluster.sh destroy DIR                     stops it and removes all that `start` made
#
# It listens on a Unix socket only, in a folder of mode 0700, with peer authentication: the user who
# started it connects as `postgres` (superuser) or as `ticketgate`, which owns the database of that
# name. DIR/socket names the socket's folder, DIR/dsn holds a conninfo for the superuser.
#
# PostgreSQL refuses to run as root, so for root it runs as the system's user `postgres`. Where that
# user can't reach DIR (a checkout under /root), or DIR is too long for a socket's name (108 bytes) or
# has characters that would need quoting, the cluster lives in a private folder under /var/tmp that
# DIR/home remembers.
set -euo pipefail

binaries=/usr/lib/postgresql/15/bin
port=5432 # only the last part of the socket's name

usage() {
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

fail() {
    echo "pg_cluster: $*" >&2
    exit 1
}

[[ $# -ge 2 ]] || usage
verb=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
shift 2
[[ -x $binaries/initdb ]] || fail "PostgreSQL 15 is not installed ($binaries/initdb is missing)"
cd / # the server's user may not be able to enter the caller's folder

caller=$(id -un)
if [[ $(id -u) == 0 ]]; then
    server_user=postgres
    as_server() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
else
    server_user=$caller
    as_server() { "$@"; }
fi

# A remembered folder outside DIR counts only while it is still ours: anybody may write to /var/tmp.
find_home() {
    home=
    [[ -f $dir/home ]] || return 0
    home=$(<"$dir/home")
    if [[ $home == /var/tmp/ticketgate-* ]]; then
        [[ -d $home && ! -L $home && $(stat -c %U "$home") == "$server_user" ]] || home=
    else
        home=$dir/cluster # the checkout may have been moved
    fi
}

choose_home() {
    find_home
    [[ -z $home ]] || return 0
    home=$dir/cluster
    mkdir -p "$home"
    [[ $(id -u) != 0 ]] || chown "$server_user": "$home"
    if ((${#home} > 80)) || [[ $home =~ [^A-Za-z0-9_./+-] ]] || ! as_server test -w "$home"; then
        rmdir "$home"
        home=$(mktemp -d /var/tmp/ticketgate-XXXXXXXX)
        [[ $(id -u) != 0 ]] || chown "$server_user": "$home"
    fi
    chmod 0700 "$home"
    echo "$home" >"$dir/home"
}

# The process id in postmaster.pid may be stale, and by now somebody else's: a server's working
# folder is its data folder.
running() {
    local pid
    [[ -f $home/data/postmaster.pid ]] || return 1
    pid=$(head -n 1 "$home/data/postmaster.pid")
    [[ $(readlink "/proc/$pid/cwd") == "$home/data" ]]
}

initialise() {
    rm -rf "$home/data.new"
    as_server "$binaries/initdb" --pgdata="$home/data.new" --username=postgres --auth=peer \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$dir/initdb.log" 2>&1 ||
        fail "initdb failed: $(tail -n 3 "$dir/initdb.log")"
    mv "$home/data.new" "$home/data"
}

sql() {
    "$binaries/psql" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$(<"$dir/dsn")"
}

start() {
    choose_home
    local socket=$home/socket options setting
    [[ -f $home/data/PG_VERSION ]] || initialise
    as_server mkdir -p -m 0700 "$socket"
    if ! running; then
        rm -f "$home/data/postmaster.pid" "$socket/.s.PGSQL.$port" "$socket/.s.PGSQL.$port.lock"
        echo 'local all all peer map=callers' | as_server tee "$home/data/pg_hba.conf" >/dev/null
        printf 'callers "%s" %s\n' "$caller" postgres "$caller" ticketgate |
            as_server tee "$home/data/pg_ident.conf" >/dev/null
        options="-c listen_addresses='' -c port=$port -c unix_socket_directories=$socket"
        options+=" -c unix_socket_permissions=0700"
        for setting in "$@"; do options+=" -c $setting"; done
        as_server "$binaries/pg_ctl" start --pgdata="$home/data" --log="$home/log" --wait --timeout=60 \
            --options="$options" </dev/null >/dev/null 2>&1 ||
            fail "PostgreSQL did not start: $(tail -n 5 "$home/log")"
    fi
    echo "$socket" >"$dir/socket"
    echo "host=$socket port=$port user=postgres dbname=postgres" >"$dir/dsn"
    sql <<'SQL'
SELECT 'CREATE ROLE ticketgate LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ticketgate') \gexec
SELECT 'CREATE DATABASE ticketgate OWNER ticketgate'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'ticketgate') \gexec
SQL
}

stop() {
    find_home
    if [[ -n $home ]] && running; then
        as_server "$binaries/pg_ctl" stop --pgdata="$home/data" --mode=fast --wait --timeout=60 \
            </dev/null >/dev/null || fail "PostgreSQL did not stop; its log is $home/log"
    fi
}

destroy() {
    stop
    [[ -z $home ]] || rm -rf "$home"
    rm -f "$dir/home" "$dir/socket" "$dir/dsn" "$dir/initdb.log"
}

case $verb in
    start) start "$@" ;;
    stop) stop ;;
    destroy) destroy ;;
    *) usage ;;
esac
