-- name: schema_version
SELECT max(version), max(min_compatible) FROM schema_version

-- name: settings_version
SELECT settings_version, postmaster_workspace, postmaster_mailbox, id, bans_version FROM installation

-- name: list_domains
SELECT d.name, w.name, d.workspace_id, d.postmaster_mailbox, d.catch_all_mailbox,
       coalesce(d.bounce_domain, d.name), coalesce(d.reply_domain, d.name)
FROM domains d JOIN workspaces w ON w.id = d.workspace_id ORDER BY d.name

-- name: list_mailboxes
SELECT m.workspace_id, m.id, w.name, m.address, m.display_name, m.plus_addressing,
       m.automatic, m.bounces, m.unverified, m.owner, m.acknowledges, m.acknowledgement_subject,
       m.acknowledgement_text
FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id WHERE m.removed_at IS NULL
ORDER BY w.name, m.address

-- name: list_addresses
SELECT address, workspace_id, mailbox_id FROM mailbox_addresses ORDER BY address

-- name: listen_settings
LISTEN ticketgate_settings

-- name: notify_settings
WITH bumped AS (UPDATE installation SET settings_version = settings_version + 1)
SELECT pg_notify('ticketgate_settings', '')

-- name: list_workspaces
SELECT id, name, held_days::bigint FROM workspaces ORDER BY name

-- name: set_workspace
UPDATE workspaces SET held_days = $2::bigint WHERE name = $1

-- name: find_workspace
SELECT id FROM workspaces WHERE name = $1

-- name: add_workspace
INSERT INTO workspaces (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id

-- name: remove_workspace
-- Only what has neither domains nor mail; the foreign keys see to the rest.
DELETE FROM workspaces w
WHERE w.name = $1 AND NOT EXISTS (SELECT FROM domains d WHERE d.workspace_id = w.id)
  AND NOT EXISTS (SELECT FROM mailboxes m WHERE m.workspace_id = w.id)

-- name: add_domain
INSERT INTO domains (name, workspace_id, postmaster_mailbox) VALUES ($1, $2, $3)
ON CONFLICT (name) DO NOTHING

-- name: remove_domain
DELETE FROM domains d WHERE d.name = $1
  AND NOT EXISTS (SELECT FROM mailbox_addresses a WHERE a.domain = d.name)
  AND NOT EXISTS (SELECT FROM domains o WHERE o.name <> d.name AND d.name IN (o.bounce_domain, o.reply_domain))

-- name: add_mailbox
INSERT INTO mailboxes (workspace_id, address, display_name, plus_addressing, automatic, bounces)
VALUES ($1, $2, $3, $4, $5::text::automatic_mail, $6::text::automatic_mail)
RETURNING id

-- name: set_mailbox
UPDATE mailboxes SET automatic = coalesce($3::text::automatic_mail, automatic),
                     bounces = coalesce($4::text::automatic_mail, bounces),
                     unverified = coalesce($5::text::unverified_mail, unverified),
                     owner = coalesce($6, owner)
WHERE workspace_id = $1 AND id = $2

-- name: set_acknowledgement
-- $4, $5: null leaves the template as it is. On without a template: no row.
UPDATE mailboxes SET acknowledges = $3, acknowledgement_subject = coalesce($4, acknowledgement_subject),
                     acknowledgement_text = coalesce($5, acknowledgement_text)
WHERE workspace_id = $1 AND id = $2 AND (NOT $3 OR coalesce($4, acknowledgement_subject) <> '')

-- name: add_mailbox_address
INSERT INTO mailbox_addresses (address, domain, workspace_id, mailbox_id) VALUES ($1, $2, $3, $4)

-- name: own_domain
-- The domain's first mailbox answers for postmaster; a catch-all takes what nobody else does.
UPDATE domains SET postmaster_mailbox = coalesce(postmaster_mailbox, $3),
                   catch_all_mailbox = CASE WHEN $4 THEN $3 ELSE catch_all_mailbox END
WHERE name = $1 AND workspace_id = $2

-- name: own_installation
UPDATE installation SET postmaster_workspace = $1, postmaster_mailbox = $2
WHERE $3 OR postmaster_mailbox IS NULL

-- name: set_domain_postmaster
UPDATE domains SET postmaster_mailbox = $2 WHERE name = $1

-- name: set_domain
-- $2, $3: null leaves it as it is.
UPDATE domains SET bounce_domain = CASE WHEN $2::text IS NULL THEN bounce_domain ELSE nullif($2, name) END,
                   reply_domain = CASE WHEN $3::text IS NULL THEN reply_domain ELSE nullif($3, name) END
WHERE name = $1

-- name: remove_alias
DELETE FROM mailbox_addresses WHERE address = $1 AND workspace_id = $2 AND mailbox_id = $3

-- name: remove_mailbox
-- Its addresses go; the row stays for what it received, and only with mail of it. RFC 5321 §4.5.1: what it
-- answered for as postmaster falls to the oldest mailbox that is left, of its own workspace where one is.
WITH freed AS (
    DELETE FROM mailbox_addresses WHERE workspace_id = $1 AND mailbox_id = $2
), disowned AS (
    UPDATE domains d
    SET postmaster_mailbox = CASE WHEN d.postmaster_mailbox = $2
            THEN (SELECT min(a.mailbox_id) FROM mailbox_addresses a
                  WHERE a.domain = d.name AND a.workspace_id = $1 AND a.mailbox_id <> $2)
            ELSE d.postmaster_mailbox END,
        catch_all_mailbox = nullif(d.catch_all_mailbox, $2)
    WHERE d.workspace_id = $1 AND (d.postmaster_mailbox = $2 OR d.catch_all_mailbox = $2)
), headless AS (
    UPDATE installation SET (postmaster_workspace, postmaster_mailbox) = (
        SELECT m.workspace_id, m.id FROM mailboxes m
        WHERE m.removed_at IS NULL AND (m.workspace_id, m.id) <> ($1, $2)
        ORDER BY m.workspace_id <> $1, m.id LIMIT 1)
    WHERE postmaster_workspace = $1 AND postmaster_mailbox = $2
)
UPDATE mailboxes SET removed_at = now() WHERE workspace_id = $1 AND id = $2

-- name: drop_unused_mailboxes
DELETE FROM mailboxes m WHERE m.workspace_id = $1 AND m.removed_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM dispositions d WHERE d.workspace_id = m.workspace_id AND d.mailbox_id = m.id)
  AND NOT EXISTS (SELECT FROM tickets t WHERE t.workspace_id = m.workspace_id AND t.mailbox_id = m.id)
