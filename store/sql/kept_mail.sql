-- Mail as it was received, for whoever looks at it again: the operator, the audit, a better reader.

-- name: find_interaction
SELECT i.workspace_id, i.id, i.raw_size
FROM workspaces w JOIN interactions i ON i.workspace_id = w.id AND i.id = $1

-- name: kept_mail_page
-- The mails behind ($1, $2) in the order of their keys, $4 of them, received since $3 where that is given.
SELECT i.workspace_id, i.id, i.raw_size
FROM interactions i
WHERE (i.workspace_id, i.id) > ($1, $2) AND ($3::timestamptz IS NULL OR i.received >= $3)
ORDER BY i.workspace_id, i.id LIMIT $4

-- name: kept_mails
-- A row for each chunk; a mail without one has a row without data.
SELECT i.workspace_id, i.id, i.trace, i.reverse_path, i.raw_size, i.raw_digest, i.raw_codec, c.chunk, c.data,
       i.imported
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN interactions i ON i.workspace_id = k.workspace_id AND i.id = k.id
LEFT JOIN raw_chunks c ON c.workspace_id = i.workspace_id AND c.interaction_id = i.id
ORDER BY i.workspace_id, i.id, c.chunk

-- name: count_kept_mails
SELECT count(*) FROM interactions WHERE $1::timestamptz IS NULL OR received >= $1
