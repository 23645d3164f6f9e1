#!/usr/bin/env bash
# What it costs to find out who may write, on one core: bench/policy.sh [--rounds N]
set -e
here=$(cd "$(dirname "$0")" && pwd)
programs=$here/../build/default/bench
core=$(taskset -pc $$ | sed 's/.*[ ,-]//')
taskset -c "$core" "${TICKETGATE_POLICY:-$programs/ticketgate-policy}" "$@"
printf '\nDomain rules\n'
taskset -c "$core" "${TICKETGATE_RULES:-$programs/ticketgate-rules}" "$@"
printf '\nBans\n'
taskset -c "$core" "${TICKETGATE_BANS:-$programs/ticketgate-bans}"
