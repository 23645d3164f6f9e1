-- The desk's tables. Every key of a workspace's data begins with the workspace, so that these tables can
-- be distributed by it. Global, and few: schema_version, workspaces, domains, mailbox_addresses,
-- installation.

-- Words are enumerations and not CHECK constraints, which PostgreSQL reads anew for every statement.
CREATE TYPE ticket_status AS ENUM ('Open', 'Pending', 'Overdue', 'Resolved');
CREATE TYPE direction AS ENUM ('inbound', 'outbound');
CREATE TYPE verdict AS ENUM ('pass', 'none', 'temperror', 'fail');
CREATE TYPE raw_codec AS ENUM ('zstd', 'none');
CREATE TYPE disposition AS ENUM ('ticketed', 'duplicate', 'held', 'discarded');

CREATE TABLE schema_version (
    version        integer PRIMARY KEY,
    -- The oldest program that can still work with this schema, by the version it was built for.
    min_compatible integer NOT NULL,
    applied_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE workspaces (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mailboxes (
    workspace_id    bigint NOT NULL REFERENCES workspaces (id),
    id              bigint GENERATED ALWAYS AS IDENTITY,
    address         text NOT NULL,
    display_name    text NOT NULL DEFAULT '',
    plus_addressing boolean NOT NULL DEFAULT false,
    -- Dispositions of its mail stay, so a mailbox that is removed stays as a row without addresses.
    removed_at      timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE domains (
    name               text PRIMARY KEY,
    workspace_id       bigint NOT NULL REFERENCES workspaces (id),
    -- RFC 5321 §4.5.1: mail to postmaster@domain has somebody who reads it.
    postmaster_mailbox bigint,
    catch_all_mailbox  bigint,
    FOREIGN KEY (workspace_id, postmaster_mailbox) REFERENCES mailboxes (workspace_id, id),
    FOREIGN KEY (workspace_id, catch_all_mailbox) REFERENCES mailboxes (workspace_id, id)
);
CREATE INDEX ON domains (workspace_id);

-- Addresses and aliases in their key form (lower case, A-labels).
CREATE TABLE mailbox_addresses (
    address      text PRIMARY KEY,
    domain       text NOT NULL REFERENCES domains (name),
    workspace_id bigint NOT NULL,
    mailbox_id   bigint NOT NULL,
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailboxes (workspace_id, id)
);
CREATE INDEX ON mailbox_addresses (workspace_id, mailbox_id);

CREATE TABLE installation (
    singleton            boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    -- Grows with every change of workspaces, domains and mailboxes; NOTIFY ticketgate_settings tells.
    settings_version     bigint NOT NULL DEFAULT 1,
    -- RFC 5321 §4.5.1: the bare `postmaster` of RCPT TO.
    postmaster_workspace bigint,
    postmaster_mailbox   bigint,
    FOREIGN KEY (postmaster_workspace, postmaster_mailbox) REFERENCES mailboxes (workspace_id, id)
);
INSERT INTO installation DEFAULT VALUES;

CREATE TABLE persons (
    workspace_id bigint NOT NULL REFERENCES workspaces (id),
    id           uuid NOT NULL,
    address      text NOT NULL,
    name         text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, address)
);

CREATE TABLE tickets (
    workspace_id bigint NOT NULL,
    id           uuid NOT NULL,
    short_id     text NOT NULL,
    subject      text NOT NULL,
    status       ticket_status NOT NULL,
    -- The person of the ticket, and who sent its first mail; none where the mail named nobody.
    person_id    uuid,
    created_by   uuid,
    mailbox_id   bigint NOT NULL,
    -- The address that the next outbound mail comes from.
    email_sender text NOT NULL,
    received     timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- Address keys of those whose mail speaks here without being marked as a newcomer's.
    participants text[] COMPRESSION lz4 NOT NULL,
    -- When somebody at the desk first did something with it.
    acted_at     timestamptz,
    -- Always the last one of a chain of merges.
    merged_into  uuid,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, short_id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES persons (workspace_id, id),
    FOREIGN KEY (workspace_id, mailbox_id) REFERENCES mailboxes (workspace_id, id),
    FOREIGN KEY (workspace_id, merged_into) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON tickets (workspace_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE ticket_links (
    workspace_id bigint NOT NULL,
    ticket_id    uuid NOT NULL,
    linked_id    uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, ticket_id, linked_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id),
    FOREIGN KEY (workspace_id, linked_id) REFERENCES tickets (workspace_id, id)
);

-- One mail of a ticket. Without a ticket it is held.
CREATE TABLE interactions (
    workspace_id   bigint NOT NULL,
    id             uuid NOT NULL,
    ticket_id      uuid,
    intake_id      uuid NOT NULL,
    direction      direction NOT NULL,
    message_id     text COMPRESSION lz4,
    subject        text COMPRESSION lz4 NOT NULL,
    author         text NOT NULL,
    author_name    text NOT NULL,
    -- Address keys of To, Cc and Reply-To (the first 64): evidence for ids that were only claimed.
    correspondents text[] COMPRESSION lz4 NOT NULL,
    body_digest    bytea NOT NULL,
    -- As it was first known; thread_merges says what it became.
    thread         uuid NOT NULL,
    proof          text NOT NULL,
    reason         text NOT NULL,
    marked         boolean NOT NULL,
    verdict        verdict NOT NULL,
    reverse_path   text NOT NULL,
    client_address text NOT NULL,
    helo           text COMPRESSION lz4 NOT NULL,
    tls            text,
    -- Every mailbox of the workspace that it was addressed to.
    mailbox_ids    bigint[] NOT NULL,
    received       timestamptz NOT NULL,
    -- Our trace field (RFC 5321 §4.4); the raw mail below is as it came.
    trace          text COMPRESSION lz4 NOT NULL,
    raw_size       bigint NOT NULL,
    raw_digest     bytea NOT NULL,
    raw_codec      raw_codec NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON interactions (workspace_id, ticket_id);

-- What follows is written in the same statement group as its interaction and with ids that the program has
-- just made; it has no foreign keys, which would cost more than the rows.

-- The raw mail, in pieces of at most 256 KB that we compress ourselves.
CREATE TABLE raw_chunks (
    workspace_id   bigint NOT NULL,
    interaction_id uuid NOT NULL,
    chunk          integer NOT NULL,
    data           bytea NOT NULL,
    PRIMARY KEY (workspace_id, interaction_id, chunk)
);

ALTER TABLE raw_chunks ALTER COLUMN data SET STORAGE EXTERNAL;

-- Every id that a mail bears or names: 2 its own, 1 In-Reply-To, 0 References (threading::Role).
CREATE TABLE message_refs (
    workspace_id   bigint NOT NULL,
    id_key         uuid NOT NULL,
    role           smallint NOT NULL,
    interaction_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, id_key, role, interaction_id)
);

-- Threads that turned out to be part of another; `root` is never itself a `thread` here.
CREATE TABLE thread_merges (
    workspace_id bigint NOT NULL,
    thread       uuid NOT NULL,
    root         uuid NOT NULL,
    PRIMARY KEY (workspace_id, thread)
);
CREATE INDEX ON thread_merges (workspace_id, root);

-- What became of an accepted mail, for each of its mailboxes: exactly one row.
CREATE TABLE dispositions (
    workspace_id   bigint NOT NULL,
    intake_id      uuid NOT NULL,
    mailbox_id     bigint NOT NULL,
    disposition    disposition NOT NULL,
    reason         text NOT NULL,
    -- The interaction that it became, or that it is a duplicate of.
    interaction_id uuid,
    decided_at     timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, intake_id, mailbox_id)
);

-- Interactions used, counted in shards so that writers don't wait for each other's commit.
CREATE TABLE usage (
    workspace_id bigint NOT NULL REFERENCES workspaces (id),
    month        date NOT NULL,
    shard        smallint NOT NULL,
    interactions bigint NOT NULL,
    PRIMARY KEY (workspace_id, month, shard)
);

-- Makes one thread of several: the smallest id stands for them. Waits for whoever does the same in this
-- workspace; callers take it as the last lock of their transaction, so nobody waits in a circle.
CREATE FUNCTION unite_threads(workspace bigint, threads uuid[]) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    roots uuid[];
    winner uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ticketgate threads', workspace));
    SELECT array_agg(DISTINCT coalesce(m.root, t.thread)) INTO roots
        FROM unnest(threads) AS t (thread)
        LEFT JOIN thread_merges m ON m.workspace_id = workspace AND m.thread = t.thread;
    SELECT r.root INTO winner FROM unnest(roots) AS r (root) ORDER BY r.root LIMIT 1;
    UPDATE thread_merges SET root = winner
        WHERE workspace_id = workspace AND root = ANY (roots) AND root <> winner;
    INSERT INTO thread_merges (workspace_id, thread, root)
        SELECT workspace, r.root, winner FROM unnest(roots) AS r (root) WHERE r.root <> winner;
    RETURN winner;
END
$$;
