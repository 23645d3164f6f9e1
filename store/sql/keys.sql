-- Keys of signed addresses and of DKIM; what writes them is one transaction with notify_settings.

-- name: address_keys_in_force
SELECT id, secret FROM address_keys ORDER BY created_at, id

-- name: list_address_keys
SELECT id, created_at FROM address_keys ORDER BY created_at, id

-- name: rotate_address_key
-- The next id that is free, round after 255, made as the first one was (migration 0011). Of two at once one
-- makes none. It is the newest also where the clock went back.
INSERT INTO address_keys (id, secret, created_at)
SELECT n.id, sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')),
       greatest(now(), newest.created_at + interval '1 microsecond')
FROM generate_series(1, 255) AS n (id),
     (SELECT k.id, k.created_at FROM address_keys k ORDER BY k.created_at DESC, k.id DESC LIMIT 1) AS newest
WHERE NOT EXISTS (SELECT FROM address_keys k WHERE k.id = n.id)
ORDER BY n.id < newest.id, n.id LIMIT 1
ON CONFLICT DO NOTHING
RETURNING id

-- name: remove_address_key
-- Never the one that signs.
DELETE FROM address_keys k
WHERE k.id = $1 AND EXISTS (SELECT FROM address_keys n WHERE (n.created_at, n.id) > (k.created_at, k.id))

-- name: dkim_keys_in_force
SELECT domain, selector, private_key FROM dkim_keys WHERE active ORDER BY domain, algorithm

-- name: list_dkim_keys
-- $1 domain or null.
SELECT domain, selector, private_key, created_at, active, retired_at FROM dkim_keys
WHERE $1::text IS NULL OR domain = $1
ORDER BY domain, created_at, algorithm, selector

-- name: add_dkim_key
INSERT INTO dkim_keys (domain, selector, algorithm, private_key)
SELECT d.name, $2, $3::text::dkim_algorithm, $4 FROM domains d WHERE d.name = $1
ON CONFLICT DO NOTHING

-- name: lock_dkim_keys
SELECT selector FROM dkim_keys WHERE domain = $1 ORDER BY selector FOR UPDATE

-- name: retire_dkim_keys_before
-- Those that $2 takes the place of.
UPDATE dkim_keys k SET active = false, retired_at = now()
WHERE k.domain = $1 AND k.active AND k.selector <> $2
  AND k.algorithm = (SELECT n.algorithm FROM dkim_keys n WHERE n.domain = $1 AND n.selector = $2)

-- name: activate_dkim_key
UPDATE dkim_keys SET active = true, retired_at = NULL WHERE domain = $1 AND selector = $2

-- name: retire_dkim_key
UPDATE dkim_keys SET active = false, retired_at = coalesce(retired_at, now()) WHERE domain = $1 AND selector = $2
