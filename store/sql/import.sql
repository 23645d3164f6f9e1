-- name: find_intakes
-- $2: intake ids of imported mail, which are made of the mail (intake/imported.hpp). Those that have been committed.
SELECT DISTINCT d.intake_id FROM dispositions d WHERE d.workspace_id = $1 AND d.intake_id = ANY ($2::uuid[])
