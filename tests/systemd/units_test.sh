#!/usr/bin/env bash
# units_test.sh PROGRAM: systemd finds nothing wrong with the units, and they expose little.
set -euo pipefail

program=$1
units=$(cd "$(dirname "$0")/../../systemd" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "units_test: $*" >&2
    exit 1
}

# The program is not installed here; it stands in for itself. Not all warnings are a status.
for unit in "$units"/*.service "$units"/*.socket; do
    sed "s|/usr/bin/ticketgate|$program|" "$unit" >"$work/${unit##*/}"
done
said=$(systemd-analyze verify --man=no "$work"/* 2>&1) || fail "verify: $said"
[[ -z $said ]] || fail "verify: $said"

# A check of the check.
printf '[Service]\nTypo=notify\n' >>"$work/ticketgate.service"
[[ -n $(systemd-analyze verify --man=no "$work/ticketgate.service" 2>&1 || true) ]] || fail "verify finds nothing at all"

exposure=$(systemd-analyze security --offline=true --threshold=20 --no-pager "$units/ticketgate.service") ||
    fail "more exposed than 2.0: $exposure"
tail -n 1 <<<"$exposure"

mkdir -p "$work/root/etc"
systemd-sysusers --root="$work/root" "$units/ticketgate.sysusers"
grep -q '^ticketgate:.*:/nonexistent:/usr/sbin/nologin$' "$work/root/etc/passwd" || fail "sysusers makes no such user"
grep -q '^ticketgate:' "$work/root/etc/group" || fail "sysusers makes no such group"
systemd-tmpfiles --root="$work/root" --create "$units/ticketgate.tmpfiles" ||
    [[ $(id -u) != 0 ]] || fail "tmpfiles" # only root can give folders away
[[ $(stat -c %a "$work/root/etc/ticketgate/tls" "$work/root/etc/ticketgate/credentials") == $'750\n700' ]] ||
    fail "tmpfiles makes no such folders"
