-- Who speaks for the desk, and in which words: email senders, aliases of agents, templates. docs/replies.md

-- name: add_sender
-- $2 the address, $3 its domain, which is one of the workspace's.
INSERT INTO email_senders (workspace_id, address, domain, display_name)
SELECT w.id, $2, d.name, $4 FROM workspaces w JOIN domains d ON d.workspace_id = w.id AND d.name = $3
WHERE w.name = $1
ON CONFLICT (workspace_id, address) DO NOTHING

-- name: set_sender
UPDATE email_senders SET display_name = $2 WHERE address = $1

-- name: remove_sender
DELETE FROM email_senders WHERE address = $1

-- name: list_senders
-- $1: a workspace, or null.
SELECT w.name, s.address, s.display_name, false
FROM email_senders s JOIN workspaces w ON w.id = s.workspace_id WHERE $1::text IS NULL OR w.name = $1
UNION ALL
SELECT w.name, m.address, m.display_name, true
FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id
WHERE m.removed_at IS NULL AND ($1::text IS NULL OR w.name = $1)
ORDER BY 1, 2

-- name: add_alias
INSERT INTO agent_aliases (agent_id, name, avatar, signature_name, signature_text, signature_html)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (agent_id, name) WHERE removed_at IS NULL DO NOTHING

-- name: set_alias
-- Null leaves a value as it is.
UPDATE agent_aliases
SET avatar = coalesce($3, avatar), signature_name = coalesce($4, signature_name),
    signature_text = coalesce($5, signature_text), signature_html = coalesce($6, signature_html)
WHERE agent_id = $1 AND name = $2 AND removed_at IS NULL

-- name: no_default_alias
UPDATE agent_aliases SET is_default = false WHERE agent_id = $1 AND is_default

-- name: default_alias
UPDATE agent_aliases SET is_default = true WHERE agent_id = $1 AND name = $2 AND removed_at IS NULL

-- name: remove_alias_of_agent
UPDATE agent_aliases SET removed_at = now(), is_default = false
WHERE agent_id = $1 AND name = $2 AND removed_at IS NULL

-- name: list_aliases
-- $1: an agent, or null.
SELECT l.id, a.name, a.address, l.name, l.avatar, l.is_default, l.signature_name, l.signature_text, l.signature_html
FROM agent_aliases l JOIN agents a ON a.id = l.agent_id
WHERE l.removed_at IS NULL AND a.removed_at IS NULL AND ($1::bigint IS NULL OR a.id = $1)
ORDER BY a.address, l.name

-- name: add_template
INSERT INTO email_templates (workspace_id, name, subject, text, html)
SELECT w.id, $2, $3, $4, $5 FROM workspaces w WHERE w.name = $1
ON CONFLICT (workspace_id, name) DO NOTHING

-- name: set_template
UPDATE email_templates t
SET subject = coalesce($3, subject), text = coalesce($4, text), html = coalesce($5, html)
FROM workspaces w WHERE w.id = t.workspace_id AND w.name = $1 AND t.name = $2

-- name: remove_template
DELETE FROM email_templates t USING workspaces w WHERE w.id = t.workspace_id AND w.name = $1 AND t.name = $2

-- name: list_templates
-- $1 a workspace or null, $2 a name or null.
SELECT w.name, t.name, t.subject, t.text, t.html
FROM email_templates t JOIN workspaces w ON w.id = t.workspace_id
WHERE ($1::text IS NULL OR w.name = $1) AND ($2::text IS NULL OR t.name = $2)
ORDER BY w.name, t.name
