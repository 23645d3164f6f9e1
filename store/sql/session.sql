-- name: set_session_limits
SELECT set_config('statement_timeout', $1, false),
       set_config('idle_in_transaction_session_timeout', $1, false)

-- name: set_writer_plans
-- Writers only look up by key. Their plans are made once, often while the tables are still empty; with
-- these off they can't be ones that read whole tables later.
SELECT set_config('enable_seqscan', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false)

-- name: begin_transaction
BEGIN ISOLATION LEVEL READ COMMITTED

-- name: commit_transaction
COMMIT

-- name: rollback_transaction
ROLLBACK

-- name: ping
SELECT 1
