-- name: add_reply_address
INSERT INTO reply_addresses (workspace_id, id, ticket_id, agent_id, interaction_id) VALUES ($1, $2, $3, $4, $5)

-- name: find_reply_address
SELECT o.mailbox_id, r.revoked_at IS NOT NULL
FROM reply_addresses r
JOIN tickets t ON t.workspace_id = r.workspace_id AND t.id = r.ticket_id
JOIN tickets o ON o.workspace_id = t.workspace_id AND o.id = coalesce(t.merged_into, t.id)
WHERE r.workspace_id = $1 AND r.id = $2

-- name: revoke_reply_addresses
UPDATE reply_addresses SET revoked_at = now()
WHERE workspace_id = $1 AND revoked_at IS NULL
  AND ticket_id IN (SELECT $2::uuid UNION SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND t.merged_into = $2)

-- name: remove_reply_addresses
-- Of tickets that are removed.
DELETE FROM reply_addresses r WHERE r.workspace_id = $1 AND r.ticket_id = ANY ($2::uuid[])
