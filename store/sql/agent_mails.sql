-- What is to be done for agents who work from their own mail program.

-- name: tell_assignees
-- $1 workspaces, $2 tickets, $3 mails that came to them.
INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
SELECT k.workspace_id, gen_random_uuid(), 'notice', t.id, a.id, k.interaction_id
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[]) AS k (workspace_id, ticket_id, interaction_id)
JOIN tickets t ON t.workspace_id = k.workspace_id AND t.id = k.ticket_id
JOIN agents a ON a.id = t.assignee AND a.notifies AND a.removed_at IS NULL
ON CONFLICT DO NOTHING

-- name: obey_agents
-- $1 workspaces, $2 tickets, $3 mails, $4 the agents who wrote them.
INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id)
SELECT k.workspace_id, gen_random_uuid(), 'said', k.ticket_id, k.agent_id, k.interaction_id
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bigint[]) AS k (workspace_id, ticket_id, interaction_id, agent_id)
