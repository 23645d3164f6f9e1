-- Domain rules (docs/rules.md), and what they set on tickets: a team, a priority, custom fields.

CREATE TABLE teams (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    -- Tickets tell which team they were given to, so a team that is removed stays as a row.
    removed_at   timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

-- tickets::Priority, 1 (low) to 4 (urgent); none: nobody has weighed it.
ALTER TABLE tickets ADD COLUMN team bigint, ADD COLUMN priority smallint,
                    ADD FOREIGN KEY (workspace_id, team) REFERENCES teams (workspace_id, id);

CREATE TABLE ticket_fields (
    workspace_id bigint NOT NULL,
    ticket_id    uuid NOT NULL,
    field        text NOT NULL,
    value        text NOT NULL,
    PRIMARY KEY (workspace_id, ticket_id, field),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);

CREATE TABLE rules (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    -- Their order within the workspace, from 1; of equals the older comes first.
    place        integer NOT NULL,
    name         text NOT NULL,
    enabled      boolean NOT NULL DEFAULT true,
    -- Which mail it is for: of recipients in this domain, or of this mailbox; neither: the workspace's.
    domain       text REFERENCES domains (name) ON DELETE CASCADE,
    mailbox_id   bigint,
    -- As policy/rule_json.hpp writes them.
    conditions   jsonb NOT NULL,
    actions      jsonb NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailboxes (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ON rules (domain) WHERE domain IS NOT NULL;
CREATE INDEX ON rules (workspace_id, mailbox_id) WHERE mailbox_id IS NOT NULL;

-- How often each matched: written every few seconds, beside the intake's transactions.
CREATE TABLE rule_counts (
    workspace_id bigint NOT NULL,
    rule_id      bigint NOT NULL,
    matched      bigint NOT NULL,
    last_matched timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, rule_id),
    FOREIGN KEY (workspace_id, rule_id) REFERENCES rules (workspace_id, id) ON DELETE CASCADE
);

-- What the house's rules said of a mail, as it was decided: evidence, rules, effects (policy/rule_json.hpp).
ALTER TABLE interactions ADD COLUMN policy jsonb COMPRESSION lz4;
