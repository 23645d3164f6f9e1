-- What is to be done for agents who work from their own mail program.

-- name: tell_assignees
-- $1 workspaces, $2 tickets, $3 mails that came to them.
INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
SELECT k.workspace_id, gen_random_uuid(), 'notice', t.id, a.id, k.interaction_id
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[]) AS k (workspace_id, ticket_id, interaction_id)
JOIN tickets t ON t.workspace_id = k.workspace_id AND t.id = k.ticket_id
JOIN agents a ON a.id = t.assignee AND a.notifies AND a.removed_at IS NULL
ON CONFLICT DO NOTHING

-- name: obey_agents
-- $1 workspaces, $2 tickets, $3 mails, $4 the agents who wrote them.
INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
SELECT k.workspace_id, gen_random_uuid(), 'said', k.ticket_id, k.agent_id, k.interaction_id
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bigint[]) AS k (workspace_id, ticket_id, interaction_id, agent_id)

-- name: tell_assignee
-- $3: whom the ticket is given to, before it is; they read the newest mail of a person in it, who is no agent.
INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
SELECT t.workspace_id, gen_random_uuid(), 'notice', t.id, a.id,
       (SELECT i.id FROM interactions i
        WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.direction = 'inbound'
          AND coalesce(i.kind, 'human') = 'human' AND i.author <> a.address
          AND NOT EXISTS (SELECT FROM reply_addresses r
                          WHERE r.workspace_id = i.workspace_id AND r.id = i.reply_address AND r.agent_id IS NOT NULL)
        ORDER BY i.received DESC, i.id DESC LIMIT 1)
FROM tickets t JOIN agents a ON a.id = $3 AND a.notifies AND a.removed_at IS NULL
WHERE t.workspace_id = $1 AND t.id = $2 AND t.assignee IS DISTINCT FROM a.id
ON CONFLICT DO NOTHING

-- name: claim_agent_mails
-- At most $1. Whoever ends over one leaves it to be done a while later.
WITH due AS (
    SELECT m.workspace_id, m.id FROM agent_mails m WHERE m.next_attempt <= now()
    ORDER BY m.next_attempt LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE agent_mails m SET next_attempt = now() + interval '2 minutes'
FROM due, tickets t, agents a
WHERE m.workspace_id = due.workspace_id AND m.id = due.id
  AND t.workspace_id = m.workspace_id AND t.id = m.ticket_id AND a.id = m.agent_id
RETURNING m.workspace_id, m.id, m.kind = 'said', coalesce(t.merged_into, t.id), m.agent_id, a.name, a.address,
          a.removed_at IS NULL, m.interaction_id, m.queued_at

-- name: notice_facts
-- $2 a ticket, $3 a mail of it or null. Of what an agent wrote: the mail that they answer, if their notice was of one.
SELECT t.short_id, t.subject, m.id, m.address, m.display_name, i.author, i.author_name,
       i.verdict = 'pass' AND NOT i.marked, i.raw_size, r.interaction_id
FROM tickets t
JOIN mailboxes m ON m.workspace_id = t.workspace_id AND m.id = t.mailbox_id
LEFT JOIN interactions i ON i.workspace_id = t.workspace_id AND i.id = $3
LEFT JOIN reply_addresses r ON r.workspace_id = i.workspace_id AND r.id = i.reply_address AND r.agent_id IS NOT NULL
WHERE t.workspace_id = $1 AND t.id = $2

-- name: take_agent_mail
-- It is done by whose transaction this row goes in.
DELETE FROM agent_mails WHERE workspace_id = $1 AND id = $2 RETURNING id

-- name: send_notice
-- In place of the row $2: $3 the reply address, $4 the ticket, $5 the agent, $6 the mailbox that writes, $7 the mail
-- that it is about, $8 the agent's address, $9 the mail, $10 what the ticket shows of it ('': nothing), $11 the mail
-- that an answer to it answers.
WITH taken AS (
    DELETE FROM agent_mails WHERE workspace_id = $1 AND id = $2 RETURNING workspace_id, id
), address AS (
    INSERT INTO reply_addresses (workspace_id, id, ticket_id, agent_id, interaction_id)
    SELECT k.workspace_id, $3, coalesce(i.ticket_id, $4), $5, $11
    FROM taken k LEFT JOIN interactions i ON i.workspace_id = k.workspace_id AND i.id = $11
), event AS (
    INSERT INTO ticket_events (workspace_id, id, ticket_id, at, kind, text)
    SELECT workspace_id, id, $4, now(), 'agent_mail', $10 FROM taken WHERE $10 <> ''
), mail AS (
    INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, message, dedupe_key)
    SELECT workspace_id, id, 'notification', $6, $7, $8, $9, id::text FROM taken
    RETURNING workspace_id, id, mailbox_id, recipient
)
SELECT deliver_outbox(o.workspace_id, o.id, o.mailbox_id, o.recipient) FROM mail o

-- name: set_agent
-- $2: whether they are told by mail.
UPDATE agents SET notifies = $2 WHERE address = $1 AND removed_at IS NULL

-- name: remove_agent_mails
-- Of tickets that are removed.
DELETE FROM agent_mails WHERE workspace_id = $1 AND ticket_id = ANY ($2::uuid[])
