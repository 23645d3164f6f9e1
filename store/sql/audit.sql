-- The invariant, counted again. Each statement sees one moment of its tables and returns how many rows it
-- looked at, how many of them are wrong, and the first 20 of those.

-- name: audit_disposition_once
WITH wrong AS MATERIALIZED (
    SELECT concat_ws('/', d.workspace_id, d.intake_id, d.mailbox_id) AS what
    FROM dispositions d
    GROUP BY d.workspace_id, d.intake_id, d.mailbox_id HAVING count(*) > 1
)
SELECT (SELECT count(*) FROM dispositions), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_ticketed
WITH wrong AS MATERIALIZED (
    SELECT concat_ws('/', d.workspace_id, d.intake_id, d.mailbox_id) AS what
    FROM dispositions d
    LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    LEFT JOIN tickets t ON t.workspace_id = i.workspace_id AND t.id = i.ticket_id
    WHERE d.disposition = 'ticketed' AND (t.id IS NULL OR NOT i.mailbox_ids @> ARRAY[d.mailbox_id])
)
SELECT (SELECT count(*) FROM dispositions WHERE disposition = 'ticketed'), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_held
WITH wrong AS MATERIALIZED (
    SELECT concat_ws('/', d.workspace_id, d.intake_id, d.mailbox_id) AS what
    FROM dispositions d
    LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    WHERE d.disposition = 'held' AND (i.id IS NULL OR i.ticket_id IS NOT NULL)
)
SELECT (SELECT count(*) FROM dispositions WHERE disposition = 'held'), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_discarded
WITH wrong AS MATERIALIZED (
    SELECT concat_ws('/', d.workspace_id, d.intake_id, d.mailbox_id) AS what
    FROM dispositions d
    WHERE d.disposition = 'discarded' AND d.interaction_id IS NOT NULL
)
SELECT (SELECT count(*) FROM dispositions WHERE disposition = 'discarded'), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_duplicates
WITH wrong AS MATERIALIZED (
    SELECT concat_ws('/', d.workspace_id, d.intake_id, d.mailbox_id) AS what
    FROM dispositions d
    LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
    WHERE d.disposition = 'duplicate' AND i.ticket_id IS NULL
)
SELECT (SELECT count(*) FROM dispositions WHERE disposition = 'duplicate'), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_interaction_dispositions
-- Each mailbox that an interaction names has a disposition that leads to it, its own intake's at least once.
WITH wrong AS MATERIALIZED (
    SELECT i.id::text AS what FROM interactions i
    WHERE i.direction = 'inbound' AND (
        NOT EXISTS (SELECT FROM dispositions d
                    WHERE d.workspace_id = i.workspace_id AND d.intake_id = i.intake_id
                      AND d.interaction_id = i.id)
        OR (i.workspace_id, i.id) IN (
            SELECT n.workspace_id, n.id
            FROM interactions n CROSS JOIN LATERAL unnest(n.mailbox_ids) AS m (mailbox_id)
            LEFT JOIN dispositions d ON d.workspace_id = n.workspace_id AND d.interaction_id = n.id
                AND d.mailbox_id = m.mailbox_id AND d.disposition IN ('ticketed', 'held')
            WHERE d.intake_id IS NULL))
)
SELECT (SELECT count(*) FROM interactions WHERE direction = 'inbound'), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_own_ids
WITH wrong AS MATERIALIZED (
    SELECT i.id::text AS what FROM interactions i
    LEFT JOIN message_refs r ON r.workspace_id = i.workspace_id AND r.interaction_id = i.id AND r.role = 2
    GROUP BY i.workspace_id, i.id HAVING count(r.id_key) <> 1
)
SELECT (SELECT count(*) FROM interactions), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_orphans
-- What belongs to an interaction that is not there.
WITH parts AS (
    SELECT workspace_id, interaction_id FROM raw_chunks
    UNION SELECT workspace_id, interaction_id FROM message_refs
), wrong AS MATERIALIZED (
    SELECT p.interaction_id::text AS what FROM parts p
    LEFT JOIN interactions i ON i.workspace_id = p.workspace_id AND i.id = p.interaction_id
    WHERE i.id IS NULL
)
SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_deliveries
-- A recipient who was erased is none any more.
WITH counted AS (
    SELECT i.workspace_id, i.id, count(d.id) AS deliveries, count(DISTINCT d.recipient_key) AS recipients
    FROM interactions i
    LEFT JOIN deliveries d ON d.workspace_id = i.workspace_id AND d.interaction_id = i.id
    WHERE i.direction = 'outbound' GROUP BY i.workspace_id, i.id
), wrong AS MATERIALIZED (
    SELECT c.id::text AS what FROM counted c WHERE c.deliveries = 0 OR c.deliveries <> c.recipients
    UNION ALL
    SELECT d.id::text FROM deliveries d
    LEFT JOIN interactions i ON i.workspace_id = d.workspace_id AND i.id = d.interaction_id
        AND i.direction = 'outbound' AND i.ticket_id IS NOT NULL
    WHERE d.interaction_id IS NOT NULL AND i.id IS NULL
)
SELECT (SELECT count(*) FROM counted), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_threads
WITH wrong AS MATERIALIZED (
    SELECT m.thread::text AS what FROM thread_merges m
    WHERE m.root >= m.thread
       OR EXISTS (SELECT FROM thread_merges o WHERE o.workspace_id = m.workspace_id AND o.thread = m.root)
)
SELECT (SELECT count(*) FROM thread_merges), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_merged_tickets
WITH wrong AS MATERIALIZED (
    SELECT t.id::text AS what FROM tickets t
    JOIN tickets r ON r.workspace_id = t.workspace_id AND r.id = t.merged_into
    WHERE r.merged_into IS NOT NULL
       OR EXISTS (SELECT FROM interactions i WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id)
)
SELECT (SELECT count(*) FROM tickets WHERE merged_into IS NOT NULL), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_empty_tickets
WITH wrong AS MATERIALIZED (
    SELECT t.id::text AS what FROM tickets t
    WHERE t.merged_into IS NULL
      AND NOT EXISTS (SELECT FROM interactions i WHERE i.workspace_id = t.workspace_id AND i.ticket_id = t.id)
)
SELECT (SELECT count(*) FROM tickets WHERE merged_into IS NULL), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)

-- name: audit_usage
-- A mail is counted in the month in which it was decided, or released, or written, also when it is gone; imported
-- mail is not.
WITH counted AS (
    SELECT i.workspace_id,
           date_trunc('month', CASE WHEN i.direction = 'outbound' THEN i.received
                                    ELSE coalesce(i.released_at, d.decided_at) END AT TIME ZONE 'UTC')::date AS month,
           count(*) AS mails
    FROM interactions i
    CROSS JOIN LATERAL (
        SELECT min(o.decided_at) AS decided_at FROM dispositions o
        WHERE o.workspace_id = i.workspace_id AND o.intake_id = i.intake_id
    ) AS d
    WHERE i.ticket_id IS NOT NULL AND NOT i.imported
    GROUP BY 1, 2
), known AS (
    SELECT workspace_id, month, sum(mails) AS mails
    FROM (SELECT * FROM counted UNION ALL SELECT workspace_id, month, interactions FROM usage_removed) AS m
    GROUP BY 1, 2
), told AS (
    SELECT workspace_id, month, sum(interactions) AS mails FROM usage GROUP BY 1, 2
), months AS (
    SELECT workspace_id, month, coalesce(c.mails, 0) AS counted, coalesce(t.mails, 0) AS told
    FROM known c FULL JOIN told t USING (workspace_id, month)
), wrong AS MATERIALIZED (
    SELECT format('workspace %s, %s: %s counted, %s stored', workspace_id, to_char(month, 'YYYY-MM'), told, counted)
           AS what
    FROM months WHERE counted <> told
)
SELECT (SELECT count(*) FROM months), (SELECT count(*) FROM wrong),
       ARRAY(SELECT what FROM wrong ORDER BY what LIMIT 20)
