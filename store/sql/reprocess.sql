-- What was read of stored mail, read again and mended. Locks as the writers take them: buckets of ids,
-- tickets, threads.

-- name: readings
-- Of mail that came: what the desk wrote needs no reading.
SELECT i.id, i.ticket_id, i.message_id, i.subject, i.author, i.author_name, i.correspondents, i.kind,
       i.kind_reasons
FROM interactions i
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[]) AND i.direction = 'inbound' ORDER BY i.id

-- name: refs_between
SELECT interaction_id, id_key, role FROM message_refs
WHERE workspace_id = $1 AND interaction_id BETWEEN $2 AND $3 AND role <= 2

-- name: update_readings
-- $7: each mail's correspondents, a line an address; $9: the reasons for its kind, a line each.
UPDATE interactions i
SET message_id = n.message_id, subject = n.subject, author = n.author, author_name = n.author_name,
    correspondents = string_to_array(n.correspondents, E'\n'), kind = n.kind::mail_kind,
    kind_reasons = string_to_array(n.kind_reasons, E'\n')
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS n (id, message_id, subject, author, author_name, correspondents, kind, kind_reasons)
WHERE i.workspace_id = $1 AND i.id = n.id

-- name: delete_refs
DELETE FROM message_refs r USING unnest($2::uuid[], $3::bigint[], $4::uuid[]) AS n (id_key, role, interaction_id)
WHERE r.workspace_id = $1 AND r.id_key = n.id_key AND r.role = n.role AND r.interaction_id = n.interaction_id

-- name: add_refs
-- Of mail that is still there: the update above has locked its row.
INSERT INTO message_refs (workspace_id, id_key, role, interaction_id)
SELECT $1, n.id_key, n.role, n.interaction_id
FROM unnest($2::uuid[], $3::bigint[], $4::uuid[]) AS n (id_key, role, interaction_id)
WHERE EXISTS (SELECT FROM interactions i WHERE i.workspace_id = $1 AND i.id = n.interaction_id)
ON CONFLICT DO NOTHING

-- name: mend_ticket_subject
-- Of the ticket that $2 opened, while it still is what was read then and no agent has acted.
UPDATE tickets t SET subject = $4
FROM interactions i
WHERE i.workspace_id = $1 AND i.id = $2 AND t.workspace_id = $1 AND t.id = i.ticket_id
  AND t.subject = $3 AND t.acted_at IS NULL
  AND NOT EXISTS (SELECT FROM interactions e
                  WHERE e.workspace_id = $1 AND e.ticket_id = t.id AND e.id < i.id)

-- name: unite_threads_of_ids
-- Threads that one of these ids belongs to are one.
SELECT unite_threads($1, s.threads)
FROM (SELECT array_agg(DISTINCT coalesce(m.root, i.thread)) AS threads
      FROM unnest($2::uuid[]) AS k (id_key)
      JOIN message_refs r ON r.workspace_id = $1 AND r.id_key = k.id_key
      JOIN interactions i ON i.workspace_id = r.workspace_id AND i.id = r.interaction_id
      LEFT JOIN thread_merges m ON m.workspace_id = i.workspace_id AND m.thread = i.thread) AS s
WHERE cardinality(s.threads) > 1
