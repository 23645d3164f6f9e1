-- Domain rules (docs/rules.md) and teams.

-- name: rules_in_force
-- In the order in which they are asked.
SELECT r.workspace_id, r.id, r.name, r.domain, r.mailbox_id, r.conditions::text, r.actions::text
FROM rules r WHERE r.enabled ORDER BY r.workspace_id, r.place, r.id

-- name: list_rules
-- $1 workspace name or null, $2 the id of one or null.
SELECT r.workspace_id, w.name, r.id, r.name, r.enabled, r.domain, r.mailbox_id, m.address, r.conditions::text,
       r.actions::text, r.place, coalesce(c.matched, 0), c.last_matched
FROM workspaces w
JOIN rules r ON r.workspace_id = w.id
LEFT JOIN mailboxes m ON m.workspace_id = r.workspace_id AND m.id = r.mailbox_id
LEFT JOIN rule_counts c ON c.workspace_id = r.workspace_id AND c.rule_id = r.id
WHERE ($1::text IS NULL OR w.name = $1) AND ($2::bigint IS NULL OR r.id = $2)
ORDER BY w.name, r.place, r.id

-- name: add_rule
-- $2 its place or null for the last; $8 how many a workspace may have.
WITH present AS (
    SELECT count(*) AS rules FROM rules WHERE workspace_id = $1
), chosen AS (
    SELECT rules, least(coalesce($2::bigint, rules + 1), rules + 1)::integer AS place FROM present
), moved AS (
    UPDATE rules r SET place = r.place + 1 FROM chosen
    WHERE r.workspace_id = $1 AND r.place >= chosen.place AND chosen.rules < $8
)
INSERT INTO rules (workspace_id, place, name, domain, mailbox_id, conditions, actions)
SELECT $1, chosen.place, $3, $4, $5, $6::text::jsonb, $7::text::jsonb FROM chosen WHERE chosen.rules < $8
RETURNING id

-- name: change_rule
UPDATE rules SET name = $3, domain = $4, mailbox_id = $5, conditions = $6::text::jsonb, actions = $7::text::jsonb
WHERE workspace_id = $1 AND id = $2

-- name: enable_rule
UPDATE rules SET enabled = $3 WHERE workspace_id = $1 AND id = $2

-- name: move_rule
-- $3: the place that it is to have.
UPDATE rules r SET place = n.place
FROM (
    SELECT o.id, row_number() OVER (ORDER BY o.wanted, o.id) AS place
    FROM (
        SELECT id, CASE WHEN id = $2 THEN $3::bigint - 0.5
                        ELSE row_number() OVER (PARTITION BY id = $2 ORDER BY place, id) END AS wanted
        FROM rules WHERE workspace_id = $1
    ) AS o
) AS n
WHERE r.workspace_id = $1 AND r.id = n.id AND r.place <> n.place

-- name: remove_rule
WITH removed AS (
    DELETE FROM rules WHERE workspace_id = $1 AND id = $2 RETURNING place
)
UPDATE rules r SET place = r.place - 1 FROM removed WHERE r.workspace_id = $1 AND r.place > removed.place

-- name: count_rule_matches
-- A row for each place of the arrays, sorted. A rule that has gone is passed over.
INSERT INTO rule_counts AS c (workspace_id, rule_id, matched, last_matched)
SELECT n.workspace_id, n.rule_id, n.matched, n.last_matched
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[])
    AS n (workspace_id, rule_id, matched, last_matched)
JOIN rules r ON r.workspace_id = n.workspace_id AND r.id = n.rule_id
ORDER BY n.workspace_id, n.rule_id
ON CONFLICT (workspace_id, rule_id) DO UPDATE
SET matched = c.matched + excluded.matched, last_matched = greatest(c.last_matched, excluded.last_matched)

-- name: latest_mails
-- $1 workspace; the newest $2 behind $3 (an id or null) that came in by SMTP, for a dry run.
SELECT i.id, i.author, i.subject, i.client_address, i.reverse_path, i.verdict, i.kind, i.raw_size, i.received,
       i.mailbox_ids,
       (SELECT string_agg(DISTINCT d.disposition || ' (' || d.reason || ')', ', ') FROM dispositions d
        WHERE d.workspace_id = i.workspace_id AND d.intake_id = i.intake_id AND d.interaction_id = i.id),
       (SELECT s ->> 'score' FROM jsonb_array_elements(i.evidence -> 'scans') AS s WHERE s ? 'score' LIMIT 1)
FROM interactions i
WHERE i.workspace_id = $1 AND NOT i.imported AND i.direction = 'inbound' AND ($3::uuid IS NULL OR i.id < $3)
ORDER BY i.id DESC LIMIT $2

-- name: add_team
INSERT INTO teams AS t (workspace_id, name) SELECT w.id, $2 FROM workspaces w WHERE w.name = $1
ON CONFLICT (workspace_id, name) DO UPDATE SET removed_at = NULL WHERE t.removed_at IS NOT NULL

-- name: list_teams
SELECT w.id, w.name, t.name FROM teams t JOIN workspaces w ON w.id = t.workspace_id
WHERE t.removed_at IS NULL ORDER BY w.name, t.name

-- name: remove_team
UPDATE teams t SET removed_at = now() FROM workspaces w
WHERE w.name = $1 AND t.workspace_id = w.id AND t.name = $2 AND t.removed_at IS NULL
