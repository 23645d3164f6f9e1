-- The queue of what leaves (docs/outbound.md). A worker's claim and the number of the attempt name a delivery that
-- is being sent: whoever comes late with an older pair changes nothing. Times are the server's alone, so that no
-- clock of ours that jumps makes a mail late or early. Tickets are locked before deliveries.

-- name: listen_deliveries
LISTEN ticketgate_deliveries

-- name: notify_deliveries
-- At the end of a transaction that makes deliveries due; not in the intake's, which must not wait for each other.
SELECT pg_notify('ticketgate_deliveries', '')

-- name: survey_deliveries
-- The destinations of each workspace behind ($1, $2), $3 of them, and in how many milliseconds the first of each is
-- due: one look into the index for each, however many deliveries it has.
WITH RECURSIVE walk AS (
    (SELECT d.workspace_id, d.destination, d.next_attempt FROM deliveries d
     WHERE d.state IN ('queued', 'deferred', 'uncertain') AND (d.workspace_id, d.destination) > ($1::bigint, $2::text)
     ORDER BY d.workspace_id, d.destination, d.next_attempt LIMIT 1)
    UNION ALL
    SELECT n.workspace_id, n.destination, n.next_attempt FROM walk w CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.destination, d.next_attempt FROM deliveries d
        WHERE d.state IN ('queued', 'deferred', 'uncertain')
          AND (d.workspace_id, d.destination) > (w.workspace_id, w.destination)
        ORDER BY d.workspace_id, d.destination, d.next_attempt LIMIT 1
    ) AS n
)
SELECT workspace_id, destination,
       (extract(epoch FROM least(next_attempt, now() + interval '1 day') - now()) * 1000)::bigint
FROM walk LIMIT $3::bigint

-- name: claim_deliveries
-- $1 workspace, $2 claim, $3 milliseconds of lease, $4 destinations, $5 how many of each.
-- By their places in the table, since a plan by their ids may read all of it. A row that another had changed meanwhile
-- has left its place: it is seen at the next look.
WITH due AS (
    SELECT c.place
    FROM unnest($4::text[], $5::bigint[]) AS w (destination, room)
    CROSS JOIN LATERAL (
        SELECT d.ctid AS place FROM deliveries d
        WHERE d.workspace_id = $1 AND d.destination = w.destination
          AND d.state IN ('queued', 'deferred', 'uncertain') AND d.next_attempt <= now()
        ORDER BY d.next_attempt LIMIT w.room
        FOR UPDATE SKIP LOCKED
    ) AS c
)
UPDATE deliveries d
SET state = 'sending', claim = $2::uuid, leased_until = now() + $3::bigint * interval '1 ms', attempts = d.attempts + 1
FROM due WHERE d.ctid = due.place
RETURNING d.id, d.interaction_id, d.outbox_id, d.recipient, d.destination, d.email_sender, d.attempts, d.by_hand

-- name: renew_deliveries
-- $1 claim; $2 workspaces, $3 deliveries, $4 attempts; $5 milliseconds of lease. Which of them are still the claim's.
UPDATE deliveries d SET leased_until = now() + $5::bigint * interval '1 ms'
FROM unnest($2::bigint[], $3::uuid[], $4::bigint[]) AS k (workspace_id, id, attempt)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id AND d.attempts = k.attempt AND d.state = 'sending'
  AND d.claim = $1::uuid
RETURNING d.id

-- name: put_back_deliveries
-- $1 claim; $2 workspaces, $3 deliveries, $4 attempts: that were not begun.
UPDATE deliveries d
SET state = CASE WHEN d.attempts > 1 THEN 'deferred' ELSE 'queued' END::delivery_state,
    claim = NULL, leased_until = NULL, attempts = d.attempts - 1
FROM unnest($2::bigint[], $3::uuid[], $4::bigint[]) AS k (workspace_id, id, attempt)
WHERE d.workspace_id = k.workspace_id AND d.id = k.id AND d.attempts = k.attempt AND d.state = 'sending'
  AND d.claim = $1::uuid

-- name: outbox_messages
-- $1 workspaces, $2 ids.
SELECT o.id, o.message
FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
JOIN outbox o ON o.workspace_id = k.workspace_id AND o.id = k.id

-- name: lock_tickets_of_deliveries
-- $1 workspaces, $2 deliveries.
SELECT t.id FROM tickets t
WHERE (t.workspace_id, t.id) IN (
    SELECT s.workspace_id, coalesce(s.merged_into, s.id)
    FROM unnest($1::bigint[], $2::uuid[]) AS k (workspace_id, id)
    JOIN deliveries d ON d.workspace_id = k.workspace_id AND d.id = k.id
    JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    JOIN tickets s ON s.workspace_id = i.workspace_id AND s.id = i.ticket_id)
ORDER BY t.workspace_id, t.id
FOR NO KEY UPDATE

-- name: finish_deliveries
-- $1 claim, $2 how long a delivery may take in all, in milliseconds, $3 what the ticket reads when it took that, $4
-- how many attempts of unknown end are made by themselves; then what was found out, an element a delivery: $5
-- workspaces, $6 ids, $7 attempts, $8 results, $9 milliseconds to the next attempt (-1: none by itself), $10
-- milliseconds since it began, $11 phases, $12 servers, $13 addresses, $14 TLS versions, $15 ciphers, $16 TLS
-- policies, $17 codes (0: none), $18 statuses, $19 replies.
-- What fails opens its ticket again, and marks the address where the server says that there is none. What was sent is
-- believed after the lease too, unless another attempt has been begun: it must not go out again.
WITH found AS (
    SELECT * FROM unnest($5::bigint[], $6::uuid[], $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::text[],
                         $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[],
                         $19::text[])
        AS f (workspace_id, id, attempt, result, wait, took, phase, server, address, tls_version, tls_cipher,
              tls_policy, code, status, reply)
), done AS (
    UPDATE deliveries d
    SET state = CASE WHEN f.result = 'deferred' AND d.queued_at + $2::bigint * interval '1 ms' <= now()
                     THEN 'failed' ELSE f.result END::delivery_state,
        claim = NULL, leased_until = NULL, by_hand = false,
        next_attempt = CASE
            WHEN f.result NOT IN ('deferred', 'uncertain') THEN d.next_attempt
            WHEN f.wait < 0 OR (f.result = 'uncertain' AND $4::bigint <= (
                SELECT count(*) FROM delivery_attempts a
                WHERE a.workspace_id = d.workspace_id AND a.delivery_id = d.id AND a.result = 'uncertain'))
            THEN 'infinity'
            -- The last attempt is made when its time is up.
            ELSE least(now() + f.wait * interval '1 ms',
                       greatest(d.queued_at + $2::bigint * interval '1 ms', now() + interval '1 second')) END,
        finished_at = CASE
            WHEN f.result IN ('sent', 'failed')
                 OR (f.result = 'deferred' AND d.queued_at + $2::bigint * interval '1 ms' <= now())
            THEN now() END,
        code = nullif(f.code, 0)::smallint,
        status = CASE WHEN f.result = 'deferred' AND d.queued_at + $2::bigint * interval '1 ms' <= now()
                      THEN '4.4.7' ELSE f.status END,
        reply = CASE WHEN f.result = 'deferred' AND d.queued_at + $2::bigint * interval '1 ms' <= now()
                     THEN $3::text || f.reply ELSE f.reply END
    FROM found f
    WHERE d.workspace_id = f.workspace_id AND d.id = f.id AND d.attempts = f.attempt
      AND ((d.state = 'sending' AND d.claim = $1::uuid)
           OR (f.result = 'sent' AND d.claim IS NULL AND d.state IN ('deferred', 'uncertain', 'held')))
    RETURNING d.workspace_id, d.id, d.interaction_id, d.outbox_id, d.recipient, d.recipient_key, d.state, d.attempts,
              d.code, d.status, d.reply, d.queued_at, d.next_attempt
), attempt AS (
    INSERT INTO delivery_attempts (workspace_id, delivery_id, attempt, began_at, ended_at, result, phase, server,
                                   address, tls_version, tls_cipher, tls_policy, code, status, reply)
    SELECT d.workspace_id, d.id, d.attempts, now() - f.took * interval '1 ms', now(), f.result::attempt_result,
           f.phase, f.server, f.address, f.tls_version, f.tls_cipher, f.tls_policy, nullif(f.code, 0)::smallint,
           f.status, f.reply
    FROM done d JOIN found f ON f.workspace_id = d.workspace_id AND f.id = d.id
    -- It was reclaimed before.
    ON CONFLICT (workspace_id, delivery_id, attempt) DO UPDATE
    SET began_at = excluded.began_at, ended_at = excluded.ended_at, result = excluded.result, phase = excluded.phase,
        server = excluded.server, address = excluded.address, tls_version = excluded.tls_version,
        tls_cipher = excluded.tls_cipher, tls_policy = excluded.tls_policy, code = excluded.code,
        status = excluded.status, reply = excluded.reply
), told AS (
    INSERT INTO ticket_events (workspace_id, id, ticket_id, at, kind, delivery_id, text)
    SELECT d.workspace_id, gen_random_uuid(), coalesce(t.merged_into, t.id), now(), d.state::text, d.id,
           concat_ws(' ', d.recipient || ':', d.code, nullif(d.status, ''), d.reply)
    FROM done d
    JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
    WHERE d.state IN ('failed', 'uncertain')
), opened AS (
    UPDATE tickets t SET status = 'Open', updated_at = greatest(t.updated_at, now())
    FROM done d
    JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    JOIN tickets s ON s.workspace_id = i.workspace_id AND s.id = i.ticket_id
    WHERE d.state = 'failed' AND t.workspace_id = s.workspace_id AND t.id = coalesce(s.merged_into, s.id)
      AND t.status IN ('Resolved', 'Pending')
), marked AS (
    INSERT INTO address_marks AS m (workspace_id, address, marked_at, status, reply, delivery_id)
    SELECT DISTINCT ON (d.workspace_id, d.recipient_key) d.workspace_id, d.recipient_key, now(), d.status, d.reply, d.id
    FROM done d
    WHERE d.state = 'failed' AND d.status IN ('5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1')
      AND goes_to_person(d.workspace_id, d.interaction_id, d.outbox_id)
    ORDER BY d.workspace_id, d.recipient_key
    ON CONFLICT (workspace_id, address) DO UPDATE
    SET marked_at = excluded.marked_at, status = excluded.status, reply = excluded.reply,
        delivery_id = excluded.delivery_id
)
SELECT d.id, d.state, (extract(epoch FROM now() - d.queued_at) * 1000)::bigint FROM done d

-- name: reclaim_deliveries
-- Whose worker let the lease run out: it ended, hung, or lost the database. Nobody knows how far it came, so $1 says
-- whether they wait for somebody's hand; else they are tried again, less and less soon should they be what ends it,
-- and never sooner than a lease ($3, milliseconds): one that lost the database, and has it again, may say "sent" first.
WITH lost AS (
    UPDATE deliveries d
    SET state = CASE WHEN $1::boolean THEN 'uncertain' ELSE 'deferred' END::delivery_state,
        next_attempt = CASE WHEN $1::boolean THEN 'infinity' ELSE now() + d.attempts * $3::bigint * interval '1 ms' END,
        claim = NULL, leased_until = NULL, by_hand = false,
        code = NULL, status = '', reply = $2::text
    FROM (SELECT e.workspace_id, e.id, e.leased_until FROM deliveries e
          WHERE e.state = 'sending' AND e.leased_until < now()
          LIMIT 1000 FOR UPDATE SKIP LOCKED) AS e
    WHERE d.workspace_id = e.workspace_id AND d.id = e.id
    RETURNING d.workspace_id, d.id, d.interaction_id, d.recipient, d.state, d.attempts, e.leased_until
), attempt AS (
    INSERT INTO delivery_attempts (workspace_id, delivery_id, attempt, began_at, ended_at, result, phase, reply)
    SELECT l.workspace_id, l.id, l.attempts, l.leased_until, now(), 'interrupted', '', $2::text FROM lost l
), told AS (
    INSERT INTO ticket_events (workspace_id, id, ticket_id, at, kind, delivery_id, text)
    SELECT l.workspace_id, gen_random_uuid(), coalesce(t.merged_into, t.id), now(), 'uncertain', l.id,
           l.recipient || ': ' || $2::text
    FROM lost l
    JOIN interactions i ON i.workspace_id = l.workspace_id AND i.id = l.interaction_id
    JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
    WHERE l.state = 'uncertain'
)
SELECT l.workspace_id, l.id, l.attempts FROM lost l

-- name: tell_delays
-- $1: milliseconds after which a ticket is told, once, that a mail of it has not gone out.
WITH late AS (
    UPDATE deliveries d SET delay_told_at = now()
    FROM (SELECT e.workspace_id, e.id FROM deliveries e
          WHERE e.state IN ('queued', 'deferred') AND e.queued_at < now() - $1::bigint * interval '1 ms'
            AND e.delay_told_at IS NULL
          LIMIT 1000 FOR UPDATE SKIP LOCKED) AS e
    WHERE d.workspace_id = e.workspace_id AND d.id = e.id
    RETURNING d.workspace_id, d.id, d.interaction_id, d.recipient, d.code, d.status, d.reply
)
INSERT INTO ticket_events (workspace_id, id, ticket_id, at, kind, delivery_id, text)
SELECT l.workspace_id, gen_random_uuid(), coalesce(t.merged_into, t.id), now(), 'delayed', l.id,
       concat_ws(' ', l.recipient || ':', l.code, nullif(l.status, ''), nullif(l.reply, ''))
FROM late l
JOIN interactions i ON i.workspace_id = l.workspace_id AND i.id = l.interaction_id
JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id

-- name: standing_of_deliveries
-- Of what has no end yet: how many of each state, and for how many milliseconds the first has been due.
SELECT d.state, count(*),
       coalesce((extract(epoch FROM now() - min(d.next_attempt) FILTER (
           WHERE d.state IN ('queued', 'deferred', 'uncertain') AND d.next_attempt <= now())) * 1000)::bigint, 0)
FROM deliveries d
WHERE d.state IN ('queued', 'sending', 'deferred', 'uncertain', 'held')
GROUP BY d.state
