-- name: explain_interaction
-- $1: its id, whatever its workspace.
SELECT i.workspace_id, i.id, w.name, i.ticket_id, i.intake_id, i.message_id, i.subject, i.author, i.author_name,
       i.received, i.raw_size, i.proof, i.reason, i.marked, i.verdict, coalesce(m.root, i.thread), i.imported,
       i.client_address, i.helo, i.tls, i.reverse_path, i.kind, i.kind_reasons, i.policy::text, i.evidence::text,
       i.held_row, i.released_by, i.released_at
FROM workspaces w
JOIN interactions i ON i.workspace_id = w.id AND i.id = $1
LEFT JOIN thread_merges m ON m.workspace_id = i.workspace_id AND m.thread = i.thread

-- name: dispositions_of_intake
-- $2: the intake that it came by.
SELECT b.address, d.disposition, d.reason, d.decided_at
FROM dispositions d
JOIN mailboxes b ON b.workspace_id = d.workspace_id AND b.id = d.mailbox_id
WHERE d.workspace_id = $1 AND d.intake_id = $2
ORDER BY b.address
