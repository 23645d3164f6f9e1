-- name: trusted_in_force
SELECT workspace_id, author, identity, value FROM trusted_senders

-- name: list_trusted
-- $1 workspace name or null.
SELECT t.id, w.name, t.author, t.identity, t.value, t.created_at, t.created_by
FROM trusted_senders t JOIN workspaces w ON w.id = t.workspace_id
WHERE $1::text IS NULL OR w.name = $1
ORDER BY w.name, t.author, t.identity, t.value

-- name: trust_sender
INSERT INTO trusted_senders (workspace_id, author, identity, value, created_by)
VALUES ($1, $2, $3::text::trust_identity, $4, $5) ON CONFLICT DO NOTHING

-- name: distrust_sender
DELETE FROM trusted_senders WHERE id = $1

-- name: forget_trusted
-- $2: an address that is erased.
DELETE FROM trusted_senders WHERE workspace_id = $1 AND author = $2
