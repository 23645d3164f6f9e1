-- The MTA-STS policies of other domains.

-- name: read_sts_policy
SELECT id, policy, extract(epoch FROM now() - fetched_at)::bigint, extract(epoch FROM expires_at - now())::bigint
FROM mta_sts_policies WHERE domain = $1 AND expires_at > now()

-- name: keep_sts_policy
-- $1 domain, $2 id, $3 text, $4 for how many seconds it counts, $5 how many are kept of them.
WITH gone AS (
    DELETE FROM mta_sts_policies WHERE domain IN (
        SELECT domain FROM mta_sts_policies
        WHERE domain <> $1
          AND (expires_at <= now()
               OR fetched_at <= (SELECT fetched_at FROM mta_sts_policies ORDER BY fetched_at DESC OFFSET $5::bigint - 1 LIMIT 1))
        FOR UPDATE SKIP LOCKED)
)
INSERT INTO mta_sts_policies (domain, id, policy, fetched_at, expires_at)
VALUES ($1, $2, $3, now(), now() + make_interval(secs => $4::bigint))
ON CONFLICT (domain) DO UPDATE
SET id = excluded.id, policy = excluded.policy, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at
