-- Mail that waits for somebody at the desk: interactions without a ticket.

-- name: list_held
-- $1 workspace name or null, $2 and $3 the first and the last id that are asked for, $4 how many; newest first.
SELECT i.workspace_id, i.id, w.name, i.received, i.author, i.author_name, i.subject, i.raw_size, i.kind,
       i.kind_reasons, i.reason,
       ARRAY(SELECT DISTINCT d.reason FROM dispositions d
             WHERE d.workspace_id = i.workspace_id AND d.intake_id = i.intake_id AND d.interaction_id = i.id
             ORDER BY d.reason),
       ARRAY(SELECT m.address FROM mailboxes m
             WHERE m.workspace_id = i.workspace_id AND m.id = ANY (i.mailbox_ids) ORDER BY m.address),
       i.evidence::text
FROM interactions i JOIN workspaces w ON w.id = i.workspace_id
WHERE i.ticket_id IS NULL AND ($1::text IS NULL OR w.name = $1) AND i.id BETWEEN $2 AND $3
ORDER BY i.id DESC LIMIT $4

-- name: held_to_release
-- $1: an interaction, held or not. Its mailboxes in the order in which it was addressed to them; of the first that
-- is there still, the address.
SELECT i.workspace_id, w.name, i.intake_id, i.ticket_id, i.received, i.subject, i.author, i.author_name,
       i.correspondents, i.verdict, i.mailbox_ids,
       (SELECT m.address FROM mailboxes m WHERE m.workspace_id = i.workspace_id AND m.id = i.mailbox_ids[1]),
       i.policy::text, i.evidence::text, i.raw_size, i.released_at IS NOT NULL, i.reply_address, i.returned
FROM workspaces w JOIN interactions i ON i.workspace_id = w.id AND i.id = $1

-- name: expired_held_mails
SELECT DISTINCT d.workspace_id, d.interaction_id
FROM dispositions d JOIN workspaces w ON w.id = d.workspace_id
WHERE d.disposition = 'held' AND d.decided_at < now() - make_interval(days => w.held_days)
ORDER BY 1, 2 LIMIT 200

-- name: held_standing
-- How many wait for a mailbox, by reason, and for how many seconds the oldest of them.
SELECT d.reason, count(*), extract(epoch FROM now() - min(d.decided_at))::bigint
FROM dispositions d WHERE d.disposition = 'held' GROUP BY d.reason
