-- The statements of one batch of mails, in the order in which they take locks: buckets of ids, persons,
-- tickets, usage, threads; sorted within each. Whoever keeps to it can't wait in a circle.

-- name: lock_id_buckets
-- $1: buckets, sorted. Held to the end of the transaction: nobody else decides about the same ids.
SELECT pg_advisory_xact_lock(29799, b.bucket::integer) FROM unnest($1::bigint[]) AS b (bucket)

-- name: add_persons
-- $1 workspaces, $2 ids, $3 address keys, $4 names; sorted by workspace and address.
INSERT INTO persons (workspace_id, id, address, name)
SELECT n.workspace_id, n.id, n.address, n.name
FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) AS n (workspace_id, id, address, name)
WHERE NOT EXISTS (SELECT FROM persons p WHERE p.workspace_id = n.workspace_id AND p.address = n.address)
ORDER BY n.workspace_id, n.address
ON CONFLICT (workspace_id, address) DO NOTHING

-- name: find_persons
SELECT p.workspace_id, p.address, p.id
FROM unnest($1::bigint[], $2::text[]) AS k (workspace_id, address)
JOIN persons p ON p.workspace_id = k.workspace_id AND p.address = k.address

-- name: find_claims
-- A message is known by the id of our answer to it (role 3) as by its own.
-- $1 workspaces, $2 id keys. For each id at most 16 messages, those that bear it first, newest first, and
-- the first of all that bears it, however many copies of its id strangers send.
SELECT k.workspace_id, k.id_key, least(r.role, 2::smallint), i.id, coalesce(t.merged_into, i.ticket_id),
       coalesce(m.root, i.thread), i.author, i.correspondents, i.body_digest, i.verdict, i.mailbox_ids
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id_key)
CROSS JOIN LATERAL (
    (SELECT r.role, r.interaction_id FROM message_refs r
     WHERE r.workspace_id = k.workspace_id AND r.id_key = k.id_key
     ORDER BY r.role DESC, r.interaction_id DESC LIMIT 16)
    UNION
    (SELECT r.role, r.interaction_id FROM message_refs r
     WHERE r.workspace_id = k.workspace_id AND r.id_key = k.id_key AND r.role = 2
     ORDER BY r.interaction_id LIMIT 1)
) AS r
JOIN interactions i ON i.workspace_id = k.workspace_id AND i.id = r.interaction_id
LEFT JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
LEFT JOIN thread_merges m ON m.workspace_id = i.workspace_id AND m.thread = i.thread
ORDER BY i.id

-- name: find_short_ids
SELECT t.workspace_id, coalesce(t.merged_into, t.id)
FROM unnest($1::bigint[], $2::text[]) AS k (workspace_id, short_id)
JOIN tickets t ON t.workspace_id = k.workspace_id AND t.short_id = k.short_id

-- name: count_opened
-- $1 workspaces, $2 address keys, $3 mailboxes: tickets of theirs with ids behind $4, at most $5.
SELECT k.workspace_id, k.address, k.mailbox_id, o.count
FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS k (workspace_id, address, mailbox_id)
JOIN persons p ON p.workspace_id = k.workspace_id AND p.address = k.address
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM tickets t
        WHERE t.workspace_id = k.workspace_id AND t.person_id = p.id AND t.id > $4 AND t.mailbox_id = k.mailbox_id
        LIMIT $5) AS newest
) AS o

-- name: lock_tickets
-- $1 workspaces, $2 ids. A ticket that has been merged since it was looked up says so.
SELECT t.workspace_id, t.id, t.short_id, p.address, t.participants, t.received, t.acted_at IS NOT NULL,
       t.merged_into IS NOT NULL
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN tickets t ON t.workspace_id = k.workspace_id AND t.id = k.id
LEFT JOIN persons p ON p.workspace_id = t.workspace_id AND p.id = t.created_by
ORDER BY t.workspace_id, t.id
FOR NO KEY UPDATE OF t

-- name: insert_tickets
-- A row for each place of the arrays, as in the inserts below: one statement for a whole group. $8: each
-- ticket's participants, a line an address.
INSERT INTO tickets (workspace_id, id, short_id, subject, status, person_id, created_by, mailbox_id,
                     email_sender, received, updated_at, participants)
SELECT n.workspace_id, n.id, n.short_id, n.subject, 'Open', n.person_id, n.person_id, n.mailbox_id,
       n.email_sender, n.received, n.received, string_to_array(n.participants, E'\n')
FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::text[], $8::text[],
            $9::timestamptz[])
    AS n (workspace_id, id, short_id, subject, person_id, mailbox_id, email_sender, participants, received)

-- name: insert_interactions
-- $9: each mail's correspondents, a line an address; $19: its mailboxes, $27: the reasons for its kind, a line
-- each; $28: what the house's rules said of it, $29: what was found out about its sender; $30, $31: the address of
-- ours that it came to.
INSERT INTO interactions (workspace_id, id, ticket_id, intake_id, direction, message_id, subject, author,
                          author_name, correspondents, body_digest, thread, proof, reason, marked, verdict,
                          reverse_path, client_address, helo, tls, mailbox_ids, received, trace, raw_size,
                          raw_digest, raw_codec, imported, kind, kind_reasons, policy, evidence, reply_address,
                          returned)
SELECT n.workspace_id, n.id, n.ticket_id, n.intake_id, 'inbound', n.message_id, n.subject, n.author,
       n.author_name, string_to_array(n.correspondents, E'\n'), n.body_digest, n.thread, n.proof, n.reason,
       n.marked, n.verdict::verdict, n.reverse_path, n.client_address, n.helo, n.tls,
       string_to_array(n.mailbox_ids, E'\n')::bigint[], n.received, n.trace, n.raw_size, n.raw_digest, 'zstd',
       n.imported, n.kind::mail_kind, string_to_array(n.kind_reasons, E'\n'), n.policy::jsonb, n.evidence::jsonb,
       n.reply_address, n.returned
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::bytea[], $11::uuid[], $12::text[], $13::text[], $14::boolean[], $15::text[],
            $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::timestamptz[], $22::text[],
            $23::bigint[], $24::bytea[], $25::boolean[], $26::text[], $27::text[], $28::text[], $29::text[],
            $30::uuid[], $31::uuid[])
    AS n (workspace_id, id, ticket_id, intake_id, message_id, subject, author, author_name, correspondents,
          body_digest, thread, proof, reason, marked, verdict, reverse_path, client_address, helo, mailbox_ids,
          tls, received, trace, raw_size, raw_digest, imported, kind, kind_reasons, policy, evidence,
          reply_address, returned)

-- name: insert_raw_chunks
INSERT INTO raw_chunks (workspace_id, interaction_id, chunk, data)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bytea[])

-- name: insert_refs
INSERT INTO message_refs (workspace_id, id_key, role, interaction_id)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::uuid[])

-- name: insert_dispositions
INSERT INTO dispositions (workspace_id, intake_id, mailbox_id, disposition, reason, interaction_id, decided_at)
SELECT n.workspace_id, n.intake_id, n.mailbox_id, n.disposition::disposition, n.reason, n.interaction_id, $7
FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[])
    AS n (workspace_id, intake_id, mailbox_id, disposition, reason, interaction_id)

-- name: redecide_dispositions
-- Of a held mail that is released, from the same arrays.
UPDATE dispositions d
SET disposition = n.disposition::disposition, reason = n.reason, interaction_id = n.interaction_id, decided_at = $7
FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[])
    AS n (workspace_id, intake_id, mailbox_id, disposition, reason, interaction_id)
WHERE d.workspace_id = n.workspace_id AND d.intake_id = n.intake_id AND d.mailbox_id = n.mailbox_id
  AND d.disposition = 'held'

-- name: release_interaction
UPDATE interactions i
SET ticket_id = $3, proof = $4, held_row = i.reason, reason = $5, marked = $6, released_at = $7, released_by = $8
WHERE i.workspace_id = $1 AND i.id = $2

-- name: join_ticket
-- $4: new participants. More than 500 are kept out: nobody converses with so many. $5: it needs attention; but
-- a ticket that was reopened $6 times within an hour stays resolved (0: no limit).
UPDATE tickets t
SET status = CASE WHEN $5 AND (t.status <> 'Resolved' OR $6::bigint = 0 OR t.reopenings < $6
                               OR t.reopened_since <= $3::timestamptz - interval '1 hour')
                  THEN 'Open' ELSE t.status END,
    reopened_since = CASE WHEN NOT $5 OR t.status <> 'Resolved' THEN t.reopened_since
                          WHEN t.reopened_since > $3::timestamptz - interval '1 hour' THEN t.reopened_since
                          ELSE $3 END,
    reopenings = CASE WHEN NOT $5 OR t.status <> 'Resolved' THEN t.reopenings
                      WHEN t.reopened_since > $3::timestamptz - interval '1 hour' THEN t.reopenings + 1
                      ELSE 1 END,
    updated_at = greatest(t.updated_at, $3),
    participants = coalesce(
        (SELECT (array_agg(a.address ORDER BY a.place))[1:500]
         FROM (SELECT u.address, min(u.place) AS place
               FROM unnest(t.participants || $4::text[]) WITH ORDINALITY AS u (address, place)
               GROUP BY u.address) AS a), '{}')
WHERE t.workspace_id = $1 AND t.id = $2

-- name: apply_effects
-- What rules do to a ticket ($3 an agent's address, $4 a team, $7 and $8 fields and their values). Whom it is
-- assigned to stays, a priority only grows; an agent or a team that has gone is passed over. Who gets it is told, if
-- they want to hear of it.
WITH tagged AS (
    INSERT INTO ticket_tags (workspace_id, ticket_id, tag) SELECT $1, $2, unnest($6::text[]) ON CONFLICT DO NOTHING
), filled AS (
    INSERT INTO ticket_fields (workspace_id, ticket_id, field, value)
    SELECT $1, $2, f.field, f.value FROM unnest($7::text[], $8::text[]) AS f (field, value)
    ON CONFLICT (workspace_id, ticket_id, field) DO UPDATE SET value = excluded.value
), told AS (
    INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
    SELECT t.workspace_id, gen_random_uuid(), 'notice', t.id, a.id,
           (SELECT i.id FROM interactions i
            WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id AND i.direction = 'inbound'
            ORDER BY i.received DESC, i.id DESC LIMIT 1)
    FROM tickets t JOIN agents a ON a.address = $3 AND a.notifies AND a.removed_at IS NULL
    WHERE t.workspace_id = $1 AND t.id = $2 AND t.assignee IS NULL
    ON CONFLICT DO NOTHING
)
UPDATE tickets t
SET assignee = coalesce(t.assignee, (SELECT a.id FROM agents a WHERE a.address = $3 AND a.removed_at IS NULL)),
    team = coalesce(t.team, (SELECT m.id FROM teams m
                             WHERE m.workspace_id = $1 AND m.name = $4 AND m.removed_at IS NULL)),
    priority = greatest(t.priority, $5::bigint::smallint)
WHERE t.workspace_id = $1 AND t.id = $2

-- name: add_mailbox_to_interaction
UPDATE interactions SET mailbox_ids = mailbox_ids || $3::bigint
WHERE workspace_id = $1 AND id = $2 AND NOT mailbox_ids @> ARRAY[$3::bigint]

-- name: link_tickets
INSERT INTO ticket_links (workspace_id, ticket_id, linked_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: merge_ticket
-- $2 becomes part of $3. Its number stays and leads there.
WITH moved AS (
    UPDATE interactions SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2
), noted AS (
    UPDATE notes SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2
), told AS (
    UPDATE ticket_events SET ticket_id = $3 WHERE workspace_id = $1 AND ticket_id = $2
), followed AS (
    UPDATE tickets SET merged_into = $3 WHERE workspace_id = $1 AND (id = $2 OR merged_into = $2)
)
UPDATE tickets t
SET participants = (t.participants || y.participants)[1:500],
    description = CASE WHEN t.description = '' THEN y.description ELSE t.description END,
    updated_at = greatest(t.updated_at, y.updated_at)
FROM tickets y
WHERE t.workspace_id = $1 AND t.id = $3 AND y.workspace_id = $1 AND y.id = $2

-- name: count_usage
INSERT INTO usage AS u (workspace_id, month, shard, interactions)
VALUES ($1, date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC')::date, $3, $4::bigint)
ON CONFLICT (workspace_id, month, shard) DO UPDATE SET interactions = u.interactions + excluded.interactions

-- name: unite_threads
SELECT unite_threads($1, $2)

-- name: queue_acknowledgement
-- Not where $5 has been answered for this mailbox since $8, or $10 times in a day (0: no limit), or is an agent.
WITH mail AS (
    INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, message, dedupe_key, queued_at)
    SELECT $1, $2, 'acknowledgement', $3, $4, $5, $6, $9, $7
    WHERE NOT EXISTS (SELECT FROM agents a WHERE a.address = $5 AND a.removed_at IS NULL)
      AND NOT EXISTS (SELECT FROM outbox o
                      WHERE o.recipient = $5 AND o.kind = 'acknowledgement' AND o.queued_at > $8
                        AND o.workspace_id = $1 AND o.mailbox_id = $3)
      AND ($10::bigint = 0 OR (SELECT count(*) FROM outbox o
                       WHERE o.recipient = $5 AND o.kind = 'acknowledgement'
                         AND o.queued_at > $7::timestamptz - interval '1 day') < $10)
    ON CONFLICT (workspace_id, kind, dedupe_key) DO NOTHING
    RETURNING workspace_id, id, mailbox_id, recipient
)
SELECT deliver_outbox(o.workspace_id, o.id, o.mailbox_id, o.recipient) FROM mail o

-- name: find_intake
-- After a COMMIT whose answer was lost: was it stored?
SELECT count(*) FROM dispositions WHERE workspace_id = $1 AND intake_id = $2
