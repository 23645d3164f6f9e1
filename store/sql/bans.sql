-- Bans, their reasons and rules. $1 is a workspace's number, 0 the installation.

-- name: begin_ban_change
-- First in its transaction: whoever changes bans does so one after the other, so that a node which has read up
-- to a version has read all of it.
UPDATE installation SET bans_version = bans_version + 1

-- name: end_ban_change
SELECT pg_notify('ticketgate_settings', '')

-- name: bans_since
-- What changed behind version $1, id $2; $3 how many. From the start ($1 = 0) only what still holds.
SELECT b.version, b.workspace_id, b.id, b.subject, b.value, b.subdomains, b.plus_addresses, b.reason, b.effect,
       b.begins, b.ends, b.closed_at IS NOT NULL,
       CASE WHEN b.subject = 'person' THEN
           ARRAY(SELECT p.address FROM persons p WHERE p.workspace_id = b.workspace_id AND p.id = b.person_id)
       ELSE ARRAY[]::text[] END
FROM bans b
WHERE (b.version, b.id) > ($1, $2)
  AND ($4 OR (b.closed_at IS NULL AND (b.ends IS NULL OR b.ends > now())))
ORDER BY b.version, b.id LIMIT $3

-- name: count_offences
-- What there was of subject $2, value $3. A person and their address are one.
SELECT count(*) FROM bans
WHERE workspace_id = $1 AND value = $3
  AND (subject::text = $2 OR (subject IN ('person', 'address') AND $2 IN ('person', 'address')))

-- name: close_replaced_ban
UPDATE bans SET closed_at = least(ends, $4), version = (SELECT bans_version FROM installation),
                closed_by = CASE WHEN ends <= $4 THEN 'expired' ELSE 'replaced' END::ban_end
WHERE workspace_id = $1 AND subject = $2::text::ban_subject AND value = $3 AND closed_at IS NULL

-- name: insert_ban
INSERT INTO bans (workspace_id, id, subject, value, person_id, subdomains, plus_addresses, reason, effect, offence,
                  begins, ends, version)
SELECT $1, $2, $3::text::ban_subject, $4, $5, $6, $7, $8, $9::text::ban_effect,
       $10::bigint::integer, $11, $12, bans_version
FROM installation

-- name: lift_ban
UPDATE bans SET closed_at = $3, closed_by = 'lifted', version = (SELECT bans_version FROM installation)
WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL AND (ends IS NULL OR ends > $3)

-- name: list_bans
-- $1 workspace or null for all, $2 an id or null, $3 a value or null, $4 those too that are over, $5 how many.
SELECT b.workspace_id, coalesce(w.name, ''), b.id, b.subject, b.value, b.subdomains, b.plus_addresses, b.reason,
       b.effect, b.offence, b.begins, b.ends, b.closed_at, b.closed_by
FROM bans b LEFT JOIN workspaces w ON w.id = b.workspace_id
WHERE ($1::bigint IS NULL OR b.workspace_id = $1) AND ($2::uuid IS NULL OR b.id = $2)
  AND ($3::text IS NULL OR b.value = $3)
  AND ($4 OR (b.closed_at IS NULL AND (b.ends IS NULL OR b.ends > now())))
ORDER BY b.begins DESC, b.offence DESC, b.id DESC LIMIT $5

-- name: forget_person_in_bans
-- A person who is erased is in no ban any more, nor in its history.
WITH theirs AS (
    SELECT id FROM bans WHERE workspace_id = $1 AND person_id = $2
), changed AS (
    UPDATE installation SET bans_version = bans_version + 1 WHERE EXISTS (SELECT FROM theirs)
    RETURNING bans_version
)
UPDATE bans b SET value = '', person_id = NULL, version = changed.bans_version,
                  closed_at = coalesce(b.closed_at, now()), closed_by = 'erased'
FROM theirs, changed WHERE b.workspace_id = $1 AND b.id = theirs.id

-- name: add_ban_reason
INSERT INTO ban_reasons (workspace_id, reason) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: list_ban_reasons
SELECT r.workspace_id, coalesce(w.name, ''), r.reason
FROM ban_reasons r LEFT JOIN workspaces w ON w.id = r.workspace_id
WHERE $1::bigint IS NULL OR r.workspace_id = $1 ORDER BY 2, 3

-- name: remove_ban_reason
DELETE FROM ban_reasons WHERE workspace_id = $1 AND reason = $2

-- name: set_ban_rule
INSERT INTO ban_rules (workspace_id, offences, length) VALUES ($1, $2::bigint::integer, $3)
ON CONFLICT (workspace_id, offences) DO UPDATE SET length = excluded.length

-- name: list_ban_rules
SELECT r.workspace_id, coalesce(w.name, ''), r.offences, r.length
FROM ban_rules r LEFT JOIN workspaces w ON w.id = r.workspace_id
WHERE $1::bigint IS NULL OR r.workspace_id = $1 ORDER BY 2, 3

-- name: remove_ban_rule
DELETE FROM ban_rules WHERE workspace_id = $1 AND offences = $2::bigint::integer

-- name: set_workspace_ban_words
UPDATE workspaces SET ban_words = $2 WHERE id = $1

-- name: set_installation_ban_words
UPDATE installation SET ban_words = $1

-- name: list_ban_words
SELECT 0::bigint, '', ban_words FROM installation WHERE ban_words <> ''
UNION ALL SELECT id, name, ban_words FROM workspaces WHERE ban_words <> '' ORDER BY 2
