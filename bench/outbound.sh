#!/usr/bin/env bash
# What is measured is the default build, whichever build/ticketgate leads to.
here=$(cd "$(dirname "$0")" && pwd)
export TICKETGATE=${TICKETGATE:-$here/../build/default/daemon/ticketgate}
exec python3 -B "$here/outbound.py" "$@"
