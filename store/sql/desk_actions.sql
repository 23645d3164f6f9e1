-- What the desk does by hand. Tickets are locked in the order of their keys, as the writers do
-- (docs/threading.md), and nothing is locked behind them that a writer locks before.

-- name: lock_tickets_for_desk
-- $2 tickets, $3 tickets of which those that were merged into them are locked too.
SELECT t.id, t.short_id, t.status, t.merged_into, t.participants
FROM tickets t
WHERE t.workspace_id = $1 AND (t.id = ANY ($2::uuid[]) OR t.merged_into = ANY ($3::uuid[]))
ORDER BY t.id
FOR NO KEY UPDATE

-- name: merged_tickets_of
SELECT id FROM tickets WHERE workspace_id = $1 AND merged_into = ANY ($2::uuid[])

-- name: set_ticket_status
UPDATE tickets SET status = $3::text::ticket_status WHERE workspace_id = $1 AND id = $2

-- name: assign_ticket
UPDATE tickets SET assignee = $3 WHERE workspace_id = $1 AND id = $2

-- name: tag_ticket
INSERT INTO ticket_tags (workspace_id, ticket_id, tag) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING

-- name: untag_ticket
DELETE FROM ticket_tags WHERE workspace_id = $1 AND ticket_id = $2 AND tag = ANY ($3::text[])

-- name: move_tags
WITH taken AS (
    DELETE FROM ticket_tags WHERE workspace_id = $1 AND ticket_id = $2 RETURNING tag
)
INSERT INTO ticket_tags (workspace_id, ticket_id, tag) SELECT $1, $3, tag FROM taken ON CONFLICT DO NOTHING

-- name: move_details
-- What rules and agents set on $2 goes to $3, where that has nothing of the kind.
WITH taken AS (
    DELETE FROM ticket_fields WHERE workspace_id = $1 AND ticket_id = $2 RETURNING field, value
), given AS (
    INSERT INTO ticket_fields (workspace_id, ticket_id, field, value)
    SELECT $1, $3, field, value FROM taken ON CONFLICT DO NOTHING
)
UPDATE tickets t
SET assignee = coalesce(t.assignee, y.assignee), team = coalesce(t.team, y.team),
    priority = greatest(t.priority, y.priority)
FROM tickets y
WHERE t.workspace_id = $1 AND t.id = $3 AND y.workspace_id = $1 AND y.id = $2

-- name: move_ticket
UPDATE tickets SET mailbox_id = $3, email_sender = $4 WHERE workspace_id = $1 AND id = $2

-- name: touch_ticket
UPDATE tickets SET acted_at = coalesce(acted_at, $3), updated_at = greatest(updated_at, $3)
WHERE workspace_id = $1 AND id = $2

-- name: mails_of_ticket
SELECT id, author, correspondents, subject, received, direction = 'outbound', marked FROM interactions
WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id

-- name: insert_split_ticket
-- $3 becomes a ticket beside $2, in the same mailbox; $9 is the address key of its person.
INSERT INTO tickets (workspace_id, id, short_id, subject, status, person_id, created_by, mailbox_id,
                     email_sender, received, updated_at, participants)
SELECT t.workspace_id, $3, $4, $5, 'Open', p.id, p.id, t.mailbox_id, t.email_sender, $6, $7, $8::text[]
FROM tickets t LEFT JOIN persons p ON p.workspace_id = t.workspace_id AND p.address = $9
WHERE t.workspace_id = $1 AND t.id = $2

-- name: move_interactions
-- With what the ticket was told of their deliveries, and the addresses that lead to them, also those of tickets that
-- were merged into it.
WITH told AS (
    UPDATE ticket_events e SET ticket_id = $3
    FROM deliveries d
    WHERE e.workspace_id = $1 AND e.ticket_id = $2 AND d.workspace_id = $1 AND d.id = e.delivery_id
      AND d.interaction_id = ANY ($4::uuid[])
), led AS (
    UPDATE reply_addresses r SET ticket_id = $3
    WHERE r.workspace_id = $1 AND r.interaction_id = ANY ($4::uuid[])
      AND r.ticket_id IN (SELECT $2::uuid UNION
                          SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND t.merged_into = $2)
)
UPDATE interactions SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND id = ANY ($4::uuid[])

-- name: add_agent
INSERT INTO agents AS a (name, address) VALUES ($1, $2)
ON CONFLICT (address) DO UPDATE SET name = excluded.name, removed_at = NULL WHERE a.removed_at IS NOT NULL

-- name: list_agents
SELECT id, name, address, notifies FROM agents WHERE removed_at IS NULL ORDER BY name, address

-- name: find_agents
SELECT id, name, address, notifies FROM agents
WHERE removed_at IS NULL AND (address = lower($1) OR lower(name) = lower($1)) ORDER BY id

-- name: remove_agent
UPDATE agents SET removed_at = now() WHERE address = $1 AND removed_at IS NULL
