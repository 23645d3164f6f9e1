#!/usr/bin/env bash
# What 100,000 bans cost a message, and what one more of them costs a node, in this thread's own time.
here=$(cd "$(dirname "$0")" && pwd)
exec "${TICKETGATE_BANS:-$here/../build/default/bench/ticketgate-bans}"
