-- What the desk does by hand: who a ticket is assigned to, and how it is tagged.

-- Global: an agent may work for several workspaces.
CREATE TABLE agents (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    -- Key form (lower case, A-labels).
    address    text NOT NULL UNIQUE,
    -- Tickets tell whom they were assigned to, so an agent who is removed stays as a row.
    removed_at timestamptz
);

ALTER TABLE tickets ADD COLUMN assignee bigint REFERENCES agents (id);

CREATE TABLE ticket_tags (
    workspace_id bigint NOT NULL,
    ticket_id    uuid NOT NULL,
    tag          text NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, tag),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON ticket_tags (workspace_id, tag);

-- The ids of one mail, found by the mail: rows come in the order of its time, so ranges do, at almost no
-- cost to the intake.
CREATE INDEX ON message_refs USING brin (interaction_id) WITH (autosummarize = on);
