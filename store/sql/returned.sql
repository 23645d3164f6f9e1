-- What comes back to addresses that we signed, and what becomes of the deliveries that it speaks of
-- (docs/bounces.md). In the writers' transaction tickets are locked before deliveries.

-- name: answered_tickets
-- $1 workspaces, $2 reply addresses; revoked ones lead nowhere.
SELECT k.workspace_id, k.id, coalesce(t.merged_into, t.id), r.agent_id, a.address
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN reply_addresses r ON r.workspace_id = k.workspace_id AND r.id = k.id AND r.revoked_at IS NULL
JOIN tickets t ON t.workspace_id = r.workspace_id AND t.id = r.ticket_id
LEFT JOIN agents a ON a.id = r.agent_id AND a.removed_at IS NULL

-- name: returned_tickets
-- $1 workspaces, $2 deliveries: the ticket of each, if it has one, and the mailbox that it was sent from.
SELECT k.workspace_id, k.id, s.id, coalesce(s.mailbox_id, o.mailbox_id)
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN deliveries d ON d.workspace_id = k.workspace_id AND d.id = k.id
LEFT JOIN outbox o ON o.workspace_id = d.workspace_id AND o.id = d.outbox_id
LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = coalesce(d.interaction_id, o.interaction_id)
LEFT JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
LEFT JOIN tickets s ON s.workspace_id = t.workspace_id AND s.id = coalesce(t.merged_into, t.id)

-- name: record_return
-- What a bounce says of one delivery: $2, or the one of the mail with the id $3 to the recipient $4. $5 no other try
-- will be made, $6 the address is of no use any more, $7 code, $8 status, $9 words, $10 when, $11 the event's id. What
-- an agent did to a delivery stays. A reply that no server will try again opens its ticket, once; a hard bounce marks
-- the address. Gives the delivery, if there is one, and whether it is told of for the first time: where it has no
-- ticket, always.
WITH found AS (
    SELECT $2::uuid AS id WHERE $2 IS NOT NULL
    UNION
    SELECT d.id FROM message_refs r
    JOIN interactions i ON i.workspace_id = r.workspace_id AND i.id = r.interaction_id AND i.direction = 'outbound'
    JOIN deliveries d ON d.workspace_id = i.workspace_id AND d.interaction_id = i.id
    WHERE r.workspace_id = $1 AND r.id_key = $3 AND r.role = 2
      AND d.recipient_key = $4
    UNION
    SELECT d.id FROM message_refs r
    JOIN outbox o ON o.workspace_id = r.workspace_id AND o.interaction_id = r.interaction_id AND o.recipient = $4
                 AND o.kind = 'acknowledgement'
    JOIN deliveries d ON d.workspace_id = o.workspace_id AND d.outbox_id = o.id
    WHERE r.workspace_id = $1 AND r.id_key = $3 AND r.role = 3
), known AS (
    SELECT d.id, d.state, d.recipient_key, d.interaction_id IS NOT NULL AS is_reply,
           goes_to_person(d.workspace_id, d.interaction_id, d.outbox_id) AS to_person,
           $5 AND d.state IN ('queued', 'sending', 'sent', 'deferred', 'uncertain') AS ends,
           coalesce(t.merged_into, t.id) AS ticket_id
    FROM (SELECT id FROM found ORDER BY id LIMIT 1) AS f
    JOIN deliveries d ON d.workspace_id = $1 AND d.id = f.id
    LEFT JOIN outbox o ON o.workspace_id = d.workspace_id AND o.id = d.outbox_id
    LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = coalesce(d.interaction_id, o.interaction_id)
    LEFT JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
    FOR NO KEY UPDATE OF d
), told AS (
    UPDATE deliveries d
    SET state = CASE WHEN k.ends THEN 'bounced' ELSE d.state END,
        claim = CASE WHEN k.ends THEN NULL ELSE d.claim END,
        leased_until = CASE WHEN k.ends THEN NULL ELSE d.leased_until END,
        finished_at = CASE WHEN k.ends THEN $10 ELSE d.finished_at END,
        code = $7::bigint::smallint, status = $8, reply = $9
    FROM known k
    WHERE d.workspace_id = $1 AND d.id = k.id
), noted AS (
    INSERT INTO ticket_events (workspace_id, id, ticket_id, at, kind, delivery_id, text)
    SELECT $1, $11, k.ticket_id, $10, CASE WHEN $5 THEN 'bounced' ELSE 'delayed' END, k.id,
           k.recipient_key || ': ' || $9
    FROM known k WHERE k.ticket_id IS NOT NULL
    ON CONFLICT (workspace_id, id) DO NOTHING
    RETURNING id
), marked AS (
    INSERT INTO address_marks (workspace_id, address, marked_at, status, reply, delivery_id)
    SELECT $1, k.recipient_key, $10, $8, $9, k.id FROM known k WHERE $5 AND $6 AND k.to_person
    ON CONFLICT (workspace_id, address) DO UPDATE
    SET marked_at = excluded.marked_at, status = excluded.status, reply = excluded.reply,
        delivery_id = excluded.delivery_id
), opened AS (
    UPDATE tickets t SET status = 'Open', updated_at = greatest(t.updated_at, $10)
    FROM known k
    WHERE t.workspace_id = $1 AND t.id = k.ticket_id AND $5 AND k.is_reply AND k.state <> 'bounced'
      AND t.status IN ('Resolved', 'Pending')
)
SELECT k.id, k.ticket_id IS NULL OR EXISTS (SELECT FROM noted) FROM known k

-- name: unmark_addresses
-- $1 workspaces, $2 addresses: mail came from there. In the order of their keys.
DELETE FROM address_marks m
USING (SELECT m.workspace_id, m.address
       FROM unnest($1::bigint[], $2::text[]) AS k (workspace_id, address)
       JOIN address_marks m ON m.workspace_id = k.workspace_id AND m.address = k.address
       ORDER BY m.workspace_id, m.address FOR UPDATE OF m) AS held
WHERE m.workspace_id = held.workspace_id AND m.address = held.address

-- name: list_address_marks
-- $1 workspace name or null.
SELECT w.name, m.address, m.marked_at, m.status, m.reply
FROM address_marks m JOIN workspaces w ON w.id = m.workspace_id
WHERE $1::text IS NULL OR w.name = $1
ORDER BY w.name, m.address

-- name: unmark_address
-- $1 an address, $2 workspace name or null.
DELETE FROM address_marks m USING workspaces w
WHERE w.id = m.workspace_id AND m.address = $1 AND ($2::text IS NULL OR w.name = $2)
