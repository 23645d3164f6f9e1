-- name: set_session_limits
SELECT set_config('statement_timeout', $1, false),
       set_config('idle_in_transaction_session_timeout', $1, false)

-- name: discard_plans
-- A plan is made once for a connection, by the size that its tables have then. Made while they were small
-- it may read a whole workspace for one row later, in foreign keys' checks too.
DISCARD PLANS

-- name: begin_transaction
BEGIN ISOLATION LEVEL READ COMMITTED

-- name: begin_snapshot
-- All that is read in it is of one moment.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

-- name: commit_transaction
COMMIT

-- name: rollback_transaction
ROLLBACK

-- name: ping
SELECT 1
