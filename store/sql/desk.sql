-- What the desk looks at.

-- name: list_tickets
-- $1 workspace name or null, $2 status or null, $3 how many; newest first.
SELECT t.id, t.short_id, w.name, t.subject, t.status, p.address, p.name, t.received, t.updated_at,
       (SELECT count(*) FROM interactions i WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id),
       a.address, a.name,
       ARRAY(SELECT g.tag FROM ticket_tags g
             WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id ORDER BY g.tag)
FROM tickets t
JOIN workspaces w ON w.id = t.workspace_id
LEFT JOIN persons p ON p.workspace_id = t.workspace_id AND p.id = t.person_id
LEFT JOIN agents a ON a.id = t.assignee
WHERE t.merged_into IS NULL AND ($1::text IS NULL OR w.name = $1) AND ($2::text IS NULL OR t.status = $2::ticket_status)
ORDER BY t.id DESC LIMIT $3

-- name: find_ticket
-- $1 a short id, $2 workspace name or null, $3 an id or null; merges are followed. Each workspace is asked by
-- its keys, however many tickets it has.
SELECT w.id, f.id
FROM workspaces w
CROSS JOIN LATERAL (
    SELECT coalesce(t.merged_into, t.id) FROM tickets t WHERE t.workspace_id = w.id AND t.short_id = lower($1)
    UNION
    SELECT coalesce(t.merged_into, t.id) FROM tickets t WHERE t.workspace_id = w.id AND t.id = $3
) AS f (id)
WHERE $2::text IS NULL OR w.name = $2

-- name: ticket_keys
-- $1 workspace name or null; the tickets behind ($2, $3), $4 of them, in the order of their keys.
SELECT t.workspace_id, t.id
FROM tickets t JOIN workspaces w ON w.id = t.workspace_id
WHERE t.merged_into IS NULL AND ($1::text IS NULL OR w.name = $1) AND (t.workspace_id, t.id) > ($2, $3)
ORDER BY t.workspace_id, t.id LIMIT $4

-- name: tickets_by_key
-- $1 workspaces, $2 tickets.
SELECT t.workspace_id, t.id, t.short_id, w.name, t.subject, t.status, p.address, p.name, c.address, c.name,
       t.received, t.updated_at, t.email_sender, m.address, a.address, a.name,
       ARRAY(SELECT g.tag FROM ticket_tags g
             WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id ORDER BY g.tag),
       t.priority, e.name,
       ARRAY(SELECT f.field FROM ticket_fields f
             WHERE f.workspace_id = t.workspace_id AND f.ticket_id = t.id ORDER BY f.field),
       ARRAY(SELECT f.value FROM ticket_fields f
             WHERE f.workspace_id = t.workspace_id AND f.ticket_id = t.id ORDER BY f.field),
       t.description, o.address, o.name
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN tickets t ON t.workspace_id = k.workspace_id AND t.id = k.id
JOIN workspaces w ON w.id = t.workspace_id
JOIN mailboxes m ON m.workspace_id = t.workspace_id AND m.id = t.mailbox_id
LEFT JOIN persons p ON p.workspace_id = t.workspace_id AND p.id = t.person_id
LEFT JOIN persons c ON c.workspace_id = t.workspace_id AND c.id = t.created_by
LEFT JOIN agents a ON a.id = t.assignee
LEFT JOIN agents o ON o.id = t.opened_by
LEFT JOIN teams e ON e.workspace_id = t.workspace_id AND e.id = t.team
ORDER BY t.workspace_id, t.id

-- name: interactions_of
-- $1 workspaces, $2 tickets; in the order in which they came.
SELECT i.ticket_id, i.id, i.message_id, i.direction, i.reason, coalesce(m.root, i.thread), i.received,
       i.author, i.author_name, i.marked, i.verdict, i.proof, i.subject, i.raw_size, i.imported, i.kind,
       i.kind_reasons, a.address, a.name, l.name
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, ticket_id)
JOIN interactions i ON i.workspace_id = k.workspace_id AND i.ticket_id = k.ticket_id
LEFT JOIN thread_merges m ON m.workspace_id = i.workspace_id AND m.thread = i.thread
LEFT JOIN agents a ON a.id = i.agent_id
LEFT JOIN agent_aliases l ON l.id = i.alias_id
ORDER BY i.ticket_id, i.received, i.id

-- name: links_of
-- Also the links of what was merged into it, and of what their other ends were merged into.
WITH own AS (
    SELECT $2::uuid AS id UNION SELECT t.id FROM tickets t WHERE t.workspace_id = $1 AND t.merged_into = $2
), ends AS (
    SELECT l.linked_id AS id FROM own JOIN ticket_links l ON l.workspace_id = $1 AND l.ticket_id = own.id
    UNION
    SELECT l.ticket_id FROM own JOIN ticket_links l ON l.workspace_id = $1 AND l.linked_id = own.id
)
SELECT DISTINCT o.short_id
FROM ends JOIN tickets t ON t.workspace_id = $1 AND t.id = ends.id
JOIN tickets o ON o.workspace_id = $1 AND o.id = coalesce(t.merged_into, t.id)
WHERE o.id <> $2
ORDER BY o.short_id

-- name: raw_of
SELECT data FROM raw_chunks WHERE workspace_id = $1 AND interaction_id = $2 ORDER BY chunk

-- name: usage_of
SELECT w.name, to_char(u.month, 'YYYY-MM'), sum(u.interactions)::bigint
FROM usage u JOIN workspaces w ON w.id = u.workspace_id
WHERE $1::text IS NULL OR w.name = $1
GROUP BY w.name, u.month ORDER BY w.name, u.month
