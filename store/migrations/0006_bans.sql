-- Who may not write (docs/policy.md). Workspace 0 stands for the installation, so that every key begins with
-- the workspace; `owner` is the workspace's row, none for the installation's.
CREATE TYPE ban_subject AS ENUM ('person', 'address', 'domain', 'network');
CREATE TYPE ban_effect AS ENUM ('refuse', 'hold', 'discard');
CREATE TYPE ban_end AS ENUM ('expired', 'replaced', 'lifted', 'erased');

CREATE TABLE ban_reasons (
    workspace_id bigint NOT NULL,
    reason       text NOT NULL,
    owner        bigint GENERATED ALWAYS AS (nullif(workspace_id, 0)) STORED REFERENCES workspaces (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, reason)
);

-- The default length for who had so many bans before, as tickets::BanLength writes it.
CREATE TABLE ban_rules (
    workspace_id bigint NOT NULL,
    offences     integer NOT NULL,
    length       text NOT NULL,
    owner        bigint GENERATED ALWAYS AS (nullif(workspace_id, 0)) STORED REFERENCES workspaces (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, offences)
);

-- All bans there ever were: a new one replaces the one of the same subject, which stays as history.
CREATE TABLE bans (
    workspace_id   bigint NOT NULL,
    id             uuid NOT NULL,
    subject        ban_subject NOT NULL,
    -- In its one form (tickets/ban.hpp); of a person the address key they were banned by.
    value          text NOT NULL,
    person_id      uuid,
    subdomains     boolean NOT NULL,
    plus_addresses boolean NOT NULL,
    -- A copy, so that a reason can leave the list.
    reason         text NOT NULL,
    effect         ban_effect NOT NULL,
    -- Which one of this subject it is, the first being 1.
    offence        integer NOT NULL,
    begins         timestamptz NOT NULL,
    -- None: permanent. Nothing has to happen then: who looks a ban up minds its end.
    ends           timestamptz,
    -- Why it counts no more, where that was noted. One that is over by its time alone has neither.
    closed_at      timestamptz,
    closed_by      ban_end,
    -- installation.bans_version of the last change of this row: nodes read what is new to them.
    version        bigint NOT NULL,
    owner          bigint GENERATED ALWAYS AS (nullif(workspace_id, 0)) STORED REFERENCES workspaces (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX ON bans (workspace_id, subject, value) WHERE closed_at IS NULL;
CREATE INDEX ON bans (workspace_id, value);
CREATE INDEX ON bans (version, id);
CREATE INDEX ON bans (owner);

-- What a refused sender reads; '': our own words.
ALTER TABLE workspaces ADD COLUMN ban_words text NOT NULL DEFAULT '';
ALTER TABLE installation ADD COLUMN ban_words text NOT NULL DEFAULT '',
                         ADD COLUMN bans_version bigint NOT NULL DEFAULT 0;
