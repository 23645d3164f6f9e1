-- Deliveries as an operator sees and changes them (`ticketgate queue`).

-- name: list_deliveries
-- $1 workspace name or null, $2 destination or null, $3 states, $4 ticket or null, $5 deliveries or null, $6 how many.
SELECT d.workspace_id, d.id, w.name, t.short_id, d.interaction_id, o.kind, d.recipient, d.destination, d.email_sender,
       d.state, d.attempts, d.queued_at, nullif(d.next_attempt, 'infinity'), d.finished_at, d.code, d.status, d.reply
FROM deliveries d
JOIN workspaces w ON w.id = d.workspace_id
LEFT JOIN outbox o ON o.workspace_id = d.workspace_id AND o.id = d.outbox_id
LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = coalesce(d.interaction_id, o.interaction_id)
LEFT JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
WHERE ($1::text IS NULL OR w.name = $1) AND ($2::text IS NULL OR d.destination = $2)
  AND d.state = ANY ($3::text[]::delivery_state[])
  AND ($4::uuid IS NULL OR coalesce(t.merged_into, t.id) = $4)
  AND ($5::uuid[] IS NULL OR d.id = ANY ($5))
ORDER BY d.queued_at, d.id LIMIT $6

-- name: attempts_of_delivery
SELECT a.attempt, a.began_at, a.ended_at, a.result, a.phase, a.server, a.address, a.tls_version, a.tls_cipher,
       a.tls_policy, a.code, a.status, a.reply
FROM delivery_attempts a WHERE a.workspace_id = $1 AND a.delivery_id = $2 ORDER BY a.attempt

-- name: retry_deliveries
-- $1 workspaces, $2 ids. What had failed begins anew.
UPDATE deliveries d
SET state = CASE WHEN d.attempts > 0 THEN 'deferred' ELSE 'queued' END::delivery_state, next_attempt = now(),
    by_hand = true, finished_at = NULL,
    queued_at = CASE WHEN d.finished_at IS NULL THEN d.queued_at ELSE now() END,
    delay_told_at = CASE WHEN d.finished_at IS NULL THEN d.delay_told_at END
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id
  AND d.state IN ('queued', 'deferred', 'uncertain', 'held', 'failed', 'bounced', 'cancelled')
RETURNING d.id

-- name: cancel_deliveries
UPDATE deliveries d SET state = 'cancelled', finished_at = now()
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id AND d.state IN ('queued', 'deferred', 'uncertain', 'held')
RETURNING d.id

-- name: hold_deliveries
UPDATE deliveries d SET state = 'held'
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id AND d.state IN ('queued', 'deferred', 'uncertain')
RETURNING d.id

-- name: release_deliveries
-- Its time in the queue begins anew: it was not the destination that made it wait.
UPDATE deliveries d
SET state = CASE WHEN d.attempts > 0 THEN 'deferred' ELSE 'queued' END::delivery_state, next_attempt = now(),
    queued_at = now()
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id AND d.state = 'held'
RETURNING d.id
