-- What goes for good: old tickets, and a person's mail. Tickets are locked in the order of their keys, then their
-- mails, as everybody does (docs/threading.md); whoever waited for a ticket that has gone begins again.

-- name: use_block_ranges
-- To the end of the transaction: the way from a mail to its ids is a BRIN index.
SELECT set_config('enable_bitmapscan', 'on', true)

-- name: lock_tickets_to_remove
-- $2 tickets; what was merged into them is locked too.
SELECT t.id, t.merged_into FROM tickets t
WHERE t.workspace_id = $1
  AND t.id = ANY (ARRAY(SELECT unnest($2::uuid[])
                        UNION SELECT m.id FROM tickets m WHERE m.workspace_id = $1 AND m.merged_into = ANY ($2)))
ORDER BY t.id
FOR UPDATE

-- name: lock_mails_of_tickets
-- $3: an address, or null for all of them as theirs; they also wrote what nobody could read the author of, and what
-- the desk wrote to them alone is theirs too.
SELECT i.id, i.ticket_id, i.raw_size, i.subject,
       $3::text IS NULL OR i.author = $3 OR (i.author = '' AND lower(i.reverse_path) = $3)
           OR (i.direction = 'outbound' AND i.correspondents = ARRAY[$3::text])
FROM interactions i
WHERE i.workspace_id = $1 AND i.ticket_id = ANY ($2::uuid[])
ORDER BY i.id
FOR UPDATE

-- name: lock_held_mails
-- $2 mails, $3 as above.
SELECT i.id, i.ticket_id, i.raw_size, i.subject,
       $3::text IS NULL OR i.author = $3 OR (i.author = '' AND lower(i.reverse_path) = $3)
FROM interactions i
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[]) AND i.ticket_id IS NULL
ORDER BY i.id
FOR UPDATE

-- name: count_removed
-- By the month in which it was counted (audit_usage).
INSERT INTO usage_removed AS u (workspace_id, month, interactions)
SELECT $1, date_trunc('month', w.at AT TIME ZONE 'UTC')::date, count(*)
FROM interactions i
CROSS JOIN LATERAL (
    SELECT min(o.decided_at) AS decided_at FROM dispositions o
    WHERE o.workspace_id = i.workspace_id AND o.intake_id = i.intake_id
) AS d
CROSS JOIN LATERAL (
    SELECT CASE WHEN i.direction = 'outbound' THEN i.received ELSE coalesce(i.released_at, d.decided_at) END AS at
) AS w
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[]) AND i.ticket_id IS NOT NULL AND NOT i.imported
  AND w.at IS NOT NULL
GROUP BY 2 ORDER BY 2
ON CONFLICT (workspace_id, month) DO UPDATE SET interactions = u.interactions + excluded.interactions

-- name: remove_dispositions
DELETE FROM dispositions d USING interactions i
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[])
  AND d.workspace_id = $1 AND d.intake_id = i.intake_id AND d.interaction_id = i.id

-- name: discard_dispositions
-- $3: why.
UPDATE dispositions d
SET disposition = 'discarded', reason = $3, interaction_id = NULL, decided_at = now()
FROM interactions i
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[])
  AND d.workspace_id = $1 AND d.intake_id = i.intake_id AND d.interaction_id = i.id

-- name: remove_same_mail_dispositions
DELETE FROM dispositions d
WHERE d.workspace_id = $1 AND d.reason = 'same_mail' AND d.interaction_id = ANY ($2::uuid[])

-- name: remove_answers
-- Acknowledgements and the like, with their deliveries.
DELETE FROM outbox o WHERE o.workspace_id = $1 AND o.interaction_id = ANY ($2::uuid[])

-- name: remove_refs
DELETE FROM message_refs r WHERE r.workspace_id = $1 AND r.interaction_id = ANY ($2::uuid[])

-- name: remove_raw_chunks
DELETE FROM raw_chunks c WHERE c.workspace_id = $1 AND c.interaction_id = ANY ($2::uuid[])

-- name: remove_deliveries
DELETE FROM deliveries d WHERE d.workspace_id = $1 AND d.interaction_id = ANY ($2::uuid[])

-- name: remove_interactions
DELETE FROM interactions i WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[])

-- name: remove_ticket_links
DELETE FROM ticket_links l
WHERE l.workspace_id = $1 AND (l.ticket_id = ANY ($2::uuid[]) OR l.linked_id = ANY ($2::uuid[]))

-- name: remove_notes
DELETE FROM notes n WHERE n.workspace_id = $1 AND n.ticket_id = ANY ($2::uuid[])

-- name: remove_ticket_events
DELETE FROM ticket_events e WHERE e.workspace_id = $1 AND e.ticket_id = ANY ($2::uuid[])

-- name: remove_ticket_tags
DELETE FROM ticket_tags g WHERE g.workspace_id = $1 AND g.ticket_id = ANY ($2::uuid[])

-- name: remove_ticket_fields
DELETE FROM ticket_fields f WHERE f.workspace_id = $1 AND f.ticket_id = ANY ($2::uuid[])

-- name: remove_tickets
DELETE FROM tickets t WHERE t.workspace_id = $1 AND t.id = ANY ($2::uuid[])

-- name: count_old
-- $2: a ticket is old when its last mail came before; held mail when it did itself.
WITH old AS (
    SELECT count(*) AS mails, sum(i.raw_size) AS bytes FROM interactions i
    WHERE i.workspace_id = $1 AND i.ticket_id IS NOT NULL
    GROUP BY i.ticket_id HAVING max(i.received) < $2
), held AS (
    SELECT count(*) AS mails, sum(i.raw_size) AS bytes FROM interactions i
    WHERE i.workspace_id = $1 AND i.ticket_id IS NULL AND i.received < $2
)
SELECT (SELECT count(*) FROM old), (SELECT coalesce(sum(mails), 0)::bigint FROM old), (SELECT mails FROM held),
       (SELECT coalesce(sum(bytes), 0)::bigint FROM (SELECT bytes FROM old UNION ALL SELECT bytes FROM held) AS b)

-- name: old_tickets
-- The next $4 behind $3.
SELECT t.id FROM tickets t
WHERE t.workspace_id = $1 AND t.id > $3 AND t.merged_into IS NULL
  AND NOT EXISTS (SELECT FROM interactions i
                  WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.received >= $2)
ORDER BY t.id LIMIT $4

-- name: still_old
-- $3: tickets that are locked. One may have been merged, or a mail may have come to it, before it was.
SELECT t.id FROM tickets t
WHERE t.workspace_id = $1 AND t.id = ANY ($3::uuid[]) AND t.merged_into IS NULL
  AND NOT EXISTS (SELECT FROM interactions i
                  WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.received >= $2)

-- name: old_held_mails
SELECT i.id FROM interactions i
WHERE i.workspace_id = $1 AND i.ticket_id IS NULL AND i.received < $2 AND i.id > $3
ORDER BY i.id LIMIT $4

-- name: persons_without_mail
SELECT p.id FROM persons p
WHERE p.workspace_id = $1
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.person_id = p.id)
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.created_by = p.id
                  AND t.created_by IS DISTINCT FROM t.person_id)
  AND NOT EXISTS (SELECT FROM interactions i WHERE i.workspace_id = p.workspace_id AND i.author = p.address)

-- name: remove_persons
-- $2 persons who had no mail; $3: mails since then have ids behind it. A ticket that is opened at this moment makes
-- the foreign key fail, here or there, and whoever it failed begins again.
DELETE FROM persons p
WHERE p.workspace_id = $1 AND p.id = ANY ($2::uuid[])
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.person_id = p.id)
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.created_by = p.id
                  AND t.created_by IS DISTINCT FROM t.person_id)
  AND NOT EXISTS (SELECT FROM interactions i
                  WHERE i.workspace_id = p.workspace_id AND i.id > $3 AND i.author = p.address)

-- name: threads_without_mail
SELECT m.thread FROM thread_merges m
WHERE m.workspace_id = $1
  AND NOT EXISTS (SELECT FROM interactions i WHERE i.workspace_id = m.workspace_id AND i.thread = m.thread)

-- name: remove_threads
DELETE FROM thread_merges m WHERE m.workspace_id = $1 AND m.thread = ANY ($2::uuid[])

-- name: person_of
SELECT p.id FROM persons p WHERE p.workspace_id = $1 AND p.address = $2

-- name: tickets_naming
-- Tickets in which $2, the person $3, wrote or is named.
SELECT coalesce(t.merged_into, t.id) FROM tickets t
WHERE t.workspace_id = $1 AND (t.participants @> ARRAY[$2::text] OR t.person_id = $3 OR t.created_by = $3)
UNION
SELECT i.ticket_id FROM interactions i
WHERE i.workspace_id = $1 AND i.ticket_id IS NOT NULL
  AND (i.author = $2 OR i.correspondents @> ARRAY[$2::text] OR lower(i.reverse_path) = $2)
ORDER BY 1

-- name: held_mails_naming
SELECT i.id FROM interactions i
WHERE i.workspace_id = $1 AND i.ticket_id IS NULL
  AND (i.author = $2 OR i.correspondents @> ARRAY[$2::text] OR lower(i.reverse_path) = $2)
ORDER BY i.id

-- name: forget_in_mails
-- $2 mails of others; $3 the address.
UPDATE interactions i
SET correspondents = array_remove(i.correspondents, $3),
    reverse_path = CASE WHEN lower(i.reverse_path) = $3 THEN '' ELSE i.reverse_path END
WHERE i.workspace_id = $1 AND i.id = ANY ($2::uuid[])
  AND (i.correspondents @> ARRAY[$3::text] OR lower(i.reverse_path) = $3)

-- name: forget_in_tickets
-- $2 tickets, $3 the address, $4 its person, $5 subjects of the mails that went. What is left is as if those had
-- never come: the first that somebody wrote to us says whose it is and what it is about.
UPDATE tickets t
SET participants = array_remove(t.participants, $3),
    person_id = CASE WHEN t.person_id = $4 THEN f.person ELSE t.person_id END,
    created_by = CASE WHEN t.created_by = $4 THEN f.person ELSE t.created_by END,
    subject = CASE WHEN t.person_id = $4 OR t.created_by = $4 OR t.subject = ANY ($5::text[])
                   THEN f.subject ELSE t.subject END
FROM tickets s
CROSS JOIN LATERAL (
    SELECT i.subject, p.id AS person FROM interactions i
    LEFT JOIN persons p ON p.workspace_id = i.workspace_id AND p.address = i.author
    WHERE i.workspace_id = s.workspace_id AND i.ticket_id = coalesce(s.merged_into, s.id)
    ORDER BY i.direction = 'outbound', i.id LIMIT 1
) AS f
WHERE s.workspace_id = $1 AND s.id = ANY ($2::uuid[]) AND t.workspace_id = s.workspace_id AND t.id = s.id

-- name: forget_deliveries
-- To an address that is erased: of mail that others got too, what tickets were told of it, and that it bounced.
WITH gone AS (
    DELETE FROM deliveries d WHERE d.workspace_id = $1 AND d.recipient_key = $2 RETURNING d.id
), told AS (
    DELETE FROM ticket_events e USING gone WHERE e.workspace_id = $1 AND e.delivery_id = gone.id
)
DELETE FROM address_marks a WHERE a.workspace_id = $1 AND a.address = $2

-- name: short_ids_of
SELECT t.id, t.short_id FROM tickets t WHERE t.workspace_id = $1 AND t.id = ANY ($2::uuid[])

-- name: remove_person
DELETE FROM persons p
WHERE p.workspace_id = $1 AND p.id = $2
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = p.workspace_id AND t.person_id = p.id)
