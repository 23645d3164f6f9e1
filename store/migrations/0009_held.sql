-- Held mail that is released, expires and is told of (docs/held.md), and the mail that the desk itself writes.

-- Who released it, when, and the row that had held it; `reason` is then what decided at the release.
ALTER TABLE interactions ADD COLUMN released_at timestamptz, ADD COLUMN released_by text,
                         ADD COLUMN held_row text COMPRESSION lz4;

-- What is held, by age.
CREATE INDEX ON dispositions (decided_at) WHERE disposition = 'held';

-- After how many days held mail is removed.
ALTER TABLE workspaces ADD COLUMN held_days integer NOT NULL DEFAULT 30;

-- Who hears that mail waits; '': nobody.
ALTER TABLE mailboxes ADD COLUMN owner text NOT NULL DEFAULT '';

-- Authors whose mail is not held for DMARC or spam where it bears an identity that was seen on mail of theirs.
CREATE TYPE trust_identity AS ENUM ('dkim', 'spf');
CREATE TABLE trusted_senders (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    -- An address key, or @ and a domain.
    author       text NOT NULL,
    identity     trust_identity NOT NULL,
    -- The domain that signed, or that SPF passed for.
    value        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, author, identity, value)
);

-- Mail that the desk writes by itself, waiting to be sent.
CREATE TYPE outbox_kind AS ENUM ('held_digest', 'acknowledgement');
CREATE TYPE outbox_state AS ENUM ('queued');
CREATE TABLE outbox (
    workspace_id bigint NOT NULL,
    id           uuid NOT NULL,
    kind         outbox_kind NOT NULL,
    -- The mailbox that writes.
    mailbox_id   bigint NOT NULL,
    -- What it answers, where it answers something.
    interaction_id uuid,
    -- '' is the null reverse-path.
    reverse_path text NOT NULL DEFAULT '',
    recipient    text NOT NULL,
    -- The whole mail, as it would travel.
    message      bytea NOT NULL,
    -- What must not be said twice has one key.
    dedupe_key   text NOT NULL,
    state        outbox_state NOT NULL DEFAULT 'queued',
    queued_at    timestamptz NOT NULL DEFAULT now(),
    not_before   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, dedupe_key),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailboxes (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ON outbox (not_before) WHERE state = 'queued';
