-- name: queue_mail
-- With its delivery, from the null reverse-path.
WITH mail AS (
    INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, message, dedupe_key)
    VALUES ($1, $2, $3::text::outbox_kind, $4, $5, $6, $7, $8)
    ON CONFLICT (workspace_id, kind, dedupe_key) DO NOTHING
    RETURNING workspace_id, id, mailbox_id, recipient
)
SELECT deliver_outbox(o.workspace_id, o.id, o.mailbox_id, o.recipient) FROM mail o

-- name: held_digests_due
-- Mailboxes with an owner for whom mail waits, and to whom nothing has been said on this day (UTC).
SELECT m.workspace_id, m.id, m.address, m.owner, n.day, count(*), min(d.decided_at),
       array_agg(DISTINCT d.reason ORDER BY d.reason)
FROM mailboxes m
CROSS JOIN (SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day) AS n
JOIN dispositions d ON d.workspace_id = m.workspace_id AND d.mailbox_id = m.id AND d.disposition = 'held'
WHERE m.removed_at IS NULL AND m.owner <> ''
  AND NOT EXISTS (SELECT FROM outbox o WHERE o.workspace_id = m.workspace_id AND o.kind = 'held_digest'
                  AND o.dedupe_key = m.id || '/' || n.day)
GROUP BY m.workspace_id, m.id, n.day
ORDER BY m.workspace_id, m.id

-- name: forget_queued_mail
-- $2: an address that is erased.
DELETE FROM outbox WHERE workspace_id = $1 AND recipient = $2
