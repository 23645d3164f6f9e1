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
