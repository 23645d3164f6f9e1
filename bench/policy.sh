#!/usr/bin/env bash
# What it costs to find out who may write, on one core: bench/policy.sh [--rounds N]
here=$(cd "$(dirname "$0")" && pwd)
program=${TICKETGATE_POLICY:-$here/../build/default/bench/ticketgate-policy}
exec taskset -c "$(taskset -pc $$ | sed 's/.*[ ,-]//')" "$program" "$@"
