-- Mail that an agent writes: what is known before it is written, and its rows. docs/replies.md

-- name: conversation_of
-- What a ticket's next mail rests on; the caller holds its lock.
SELECT w.name, t.subject, t.status, t.email_sender, t.mailbox_id, t.assignee, t.participants, p.id, p.address, p.name
FROM tickets t
JOIN workspaces w ON w.id = t.workspace_id
LEFT JOIN persons p ON p.workspace_id = t.workspace_id AND p.id = t.person_id
WHERE t.workspace_id = $1 AND t.id = $2

-- name: conversation_mails
-- The newest $3, the newest first; without what agents wrote to the desk from their own program.
SELECT i.id, i.direction, i.message_id, i.author, coalesce(i.kind, 'human'), coalesce(m.root, i.thread), i.agent_id,
       i.alias_id, i.marked, i.correspondents
FROM interactions i
LEFT JOIN thread_merges m ON m.workspace_id = i.workspace_id AND m.thread = i.thread
WHERE i.workspace_id = $1 AND i.ticket_id = $2
  AND NOT EXISTS (SELECT FROM reply_addresses r
                  WHERE r.workspace_id = i.workspace_id AND r.id = i.reply_address AND r.agent_id IS NOT NULL)
ORDER BY i.received DESC, i.id DESC LIMIT $3

-- name: find_sender
-- An address that workspace $1 may write from: a sender's, or a mailbox's.
SELECT a.address, a.display_name
FROM (
    SELECT s.address, s.display_name, 0 AS place FROM email_senders s
    WHERE s.workspace_id = $1 AND s.address = $2
    UNION ALL
    SELECT b.address, m.display_name, 1 FROM mailbox_addresses b
    JOIN mailboxes m ON m.workspace_id = b.workspace_id AND m.id = b.mailbox_id
    WHERE b.workspace_id = $1 AND b.address = $2
) AS a
ORDER BY a.place LIMIT 1

-- name: person_called
SELECT p.name FROM persons p WHERE p.workspace_id = $1 AND p.address = $2

-- name: marks_among
SELECT a.address, a.marked_at, a.reply FROM address_marks a
WHERE a.workspace_id = $1 AND a.address = ANY ($2::text[]) ORDER BY a.address

-- name: insert_outbound
-- $3: its ticket; $9: the correspondents' address keys.
INSERT INTO interactions (workspace_id, id, ticket_id, intake_id, direction, message_id, subject, author, author_name,
                          correspondents, body_digest, thread, proof, reason, marked, verdict, reverse_path,
                          client_address, helo, tls, mailbox_ids, received, trace, raw_size, raw_digest, raw_codec,
                          kind, agent_id, alias_id)
VALUES ($1, $2, $3, $4, 'outbound', $5, $6, $7, $8, $9::text[], $10, $11, 'none', $12, false, 'pass', '', '', '', NULL,
        $13::bigint[], $14, '', $15, $16, 'zstd', 'human', $17, $18)

-- name: insert_delivery
-- One for each recipient: $4 ids, $5 as they are said at RCPT, $6 their keys, $7 their domains. The queue's times are
-- the server's.
INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination, email_sender,
                        queued_at, next_attempt)
SELECT $1, n.id, $2, n.recipient, n.recipient_key, n.destination, $3, now(), now()
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS n (id, recipient, recipient_key, destination)

-- name: add_participants
-- Whom the desk writes to speaks here. More than 500 are kept out: nobody converses with so many.
UPDATE tickets t
SET participants = (t.participants || ARRAY(SELECT n.address FROM unnest($3::text[]) AS n (address)
                                            WHERE n.address <> ALL (t.participants)))[1:500]
WHERE t.workspace_id = $1 AND t.id = $2

-- name: set_ticket_sender
UPDATE tickets SET email_sender = $3 WHERE workspace_id = $1 AND id = $2

-- name: describe_ticket
UPDATE tickets SET description = $3 WHERE workspace_id = $1 AND id = $2

-- name: give_to_team
UPDATE tickets SET team = $3 WHERE workspace_id = $1 AND id = $2

-- name: find_team
SELECT e.id FROM teams e WHERE e.workspace_id = $1 AND e.name = $2 AND e.removed_at IS NULL

-- name: insert_opened_ticket
-- $6: the address key of its person. It was opened outward, so nobody outside created it.
INSERT INTO tickets (workspace_id, id, short_id, subject, status, person_id, mailbox_id, email_sender, received,
                     updated_at, participants, assignee, team, opened_by)
SELECT $1, $2, $3, $4, $5::text::ticket_status, p.id, $7, $8, $9, $9, $10::text[], $11, $12, $13
FROM persons p WHERE p.workspace_id = $1 AND p.address = $6

-- name: mailbox_of_sender
-- The mailbox that a ticket from address $2 belongs to: its own, else one of the sender's domain, else the oldest.
SELECT m.id FROM mailboxes m
LEFT JOIN mailbox_addresses b ON b.workspace_id = m.workspace_id AND b.mailbox_id = m.id
WHERE m.workspace_id = $1 AND m.removed_at IS NULL
ORDER BY (b.address IS NOT DISTINCT FROM $2) DESC, (b.domain IS NOT DISTINCT FROM $3) DESC, m.id LIMIT 1

-- name: notes_of
SELECT n.ticket_id, n.id, a.address, a.name, n.text, n.colour, n.created_at, n.updated_at
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, ticket_id)
JOIN notes n ON n.workspace_id = k.workspace_id AND n.ticket_id = k.ticket_id
LEFT JOIN agents a ON a.id = n.agent_id
ORDER BY n.ticket_id, n.id

-- name: find_note
SELECT n.workspace_id, n.ticket_id FROM workspaces w JOIN notes n ON n.workspace_id = w.id AND n.id = $1

-- name: insert_note
INSERT INTO notes (workspace_id, ticket_id, id, agent_id, text, colour, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)

-- name: change_note
-- $4, $5: null leaves it as it is.
UPDATE notes SET text = coalesce($4, text), colour = coalesce($5, colour), updated_at = $6
WHERE workspace_id = $1 AND ticket_id = $2 AND id = $3

-- name: delete_note
DELETE FROM notes WHERE workspace_id = $1 AND ticket_id = $2 AND id = $3

-- name: insert_ticket_event
INSERT INTO ticket_events (workspace_id, ticket_id, id, at, kind, text) VALUES ($1, $2, $3, $4, $5, $6)

-- name: events_of
SELECT e.ticket_id, e.id, e.at, e.kind, e.delivery_id, e.text
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, ticket_id)
JOIN ticket_events e ON e.workspace_id = k.workspace_id AND e.ticket_id = k.ticket_id
ORDER BY e.ticket_id, e.at, e.id

-- name: deliveries_of
-- Of the outbound mails of tickets.
SELECT d.interaction_id, d.id, d.recipient, d.state, d.attempts, d.queued_at,
       CASE WHEN isfinite(d.next_attempt) THEN d.next_attempt END, d.finished_at, d.code,
       d.status, d.reply
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, ticket_id)
JOIN interactions i ON i.workspace_id = k.workspace_id AND i.ticket_id = k.ticket_id AND i.direction = 'outbound'
JOIN deliveries d ON d.workspace_id = i.workspace_id AND d.interaction_id = i.id
ORDER BY d.interaction_id, d.id
