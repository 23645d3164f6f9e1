-- What leaves the desk (docs/outbound.md): who speaks, what is written, what became of each delivery, and what
-- comes back.

-- Where bounces and answers to a domain's mail arrive; none: at the domain itself. Each is a domain of the same
-- workspace.
ALTER TABLE domains ADD COLUMN bounce_domain text REFERENCES domains (name),
                    ADD COLUMN reply_domain text REFERENCES domains (name);

-- Addresses that the desk writes from, besides those of its mailboxes.
CREATE TABLE email_senders (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    -- Key form (lower case, A-labels).
    address      text NOT NULL,
    domain       text NOT NULL REFERENCES domains (name) ON DELETE CASCADE,
    display_name text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, address)
);
CREATE INDEX ON email_senders (domain);

-- Global, as agents are: under which names they speak, and what stands below.
CREATE TABLE agent_aliases (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_id          bigint NOT NULL REFERENCES agents (id),
    name              text NOT NULL,
    -- Where its picture is; '': none.
    avatar            text NOT NULL DEFAULT '',
    is_default        boolean NOT NULL DEFAULT false,
    -- The email signature: a name and, below it, content with variables; the HTML may be empty.
    signature_name    text NOT NULL DEFAULT '',
    signature_text    text NOT NULL DEFAULT '',
    signature_html    text NOT NULL DEFAULT '',
    -- Mails tell under which alias they were written, so one that is removed stays as a row.
    removed_at        timestamptz
);
CREATE UNIQUE INDEX ON agent_aliases (agent_id, name) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX ON agent_aliases (agent_id) WHERE is_default AND removed_at IS NULL;

CREATE TABLE email_templates (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    subject      text NOT NULL DEFAULT '',
    text         text NOT NULL,
    html         text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

ALTER TABLE tickets ADD COLUMN description text NOT NULL DEFAULT '',
                    -- The agent who opened it, where it was opened outward.
                    ADD COLUMN opened_by bigint REFERENCES agents (id);

-- Who wrote an outbound mail, and as whom.
ALTER TABLE interactions ADD COLUMN agent_id bigint REFERENCES agents (id),
                         ADD COLUMN alias_id bigint REFERENCES agent_aliases (id);

CREATE TABLE notes (
    workspace_id bigint NOT NULL,
    id           uuid NOT NULL,
    ticket_id    uuid NOT NULL,
    agent_id     bigint REFERENCES agents (id),
    text         text NOT NULL,
    colour       text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON notes (workspace_id, ticket_id);

-- What became of a ticket's mail, and what else an agent should see in its course: short codes and words.
CREATE TABLE ticket_events (
    workspace_id bigint NOT NULL,
    id           uuid NOT NULL,
    ticket_id    uuid NOT NULL,
    at           timestamptz NOT NULL,
    kind         text NOT NULL,
    delivery_id  uuid,
    text         text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON ticket_events (workspace_id, ticket_id);

-- Keys of signed addresses (auth/signed_address.hpp): the newest signs, all that are here verify.
CREATE TABLE address_keys (
    id         smallint PRIMARY KEY,
    secret     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
-- There is always one: 366 bits of PostgreSQL's strong random source, as 256.
INSERT INTO address_keys (id, secret)
VALUES (1, sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')));

-- Each outbound mail has an address that its answers come to. One that names an agent is of a notice to them, and
-- what comes to it is theirs to say.
CREATE TABLE reply_addresses (
    workspace_id   bigint NOT NULL,
    id             uuid NOT NULL,
    ticket_id      uuid NOT NULL,
    agent_id       bigint REFERENCES agents (id),
    -- The mail that has the address in it, whose ticket it leads to; of a notice the one that it is about, which what
    -- the agent says answers, though others have written since. No foreign key: where that mail is gone, it is still
    -- known that they answer it, and they are refused.
    interaction_id uuid,
    created_at     timestamptz NOT NULL DEFAULT now(),
    revoked_at     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON reply_addresses (workspace_id, ticket_id);

CREATE TYPE dkim_algorithm AS ENUM ('rsa', 'ed25519');
CREATE TABLE dkim_keys (
    domain      text NOT NULL REFERENCES domains (name) ON DELETE CASCADE,
    selector    text NOT NULL,
    algorithm   dkim_algorithm NOT NULL,
    -- PKCS#8, PEM.
    private_key text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- Signs from its activation on, so that DNS can have it first; retired keys stay to be shown.
    active      boolean NOT NULL DEFAULT false,
    retired_at  timestamptz,
    PRIMARY KEY (domain, selector)
);
CREATE UNIQUE INDEX ON dkim_keys (domain, algorithm) WHERE active;

CREATE TYPE delivery_state AS ENUM ('queued', 'sending', 'sent', 'deferred', 'failed', 'bounced', 'uncertain',
                                    'held', 'cancelled');
-- One mail on its way to one recipient: of an interaction, from a return path that names the delivery; or of what the
-- desk writes by itself, from the null reverse-path.
CREATE TABLE deliveries (
    workspace_id   bigint NOT NULL,
    id             uuid NOT NULL,
    interaction_id uuid,
    outbox_id      uuid,
    -- As it is said at RCPT; and the key form of it.
    recipient      text NOT NULL,
    recipient_key  text NOT NULL,
    -- The recipient's domain, which limits and fairness go by.
    destination    text NOT NULL,
    -- The address that the mail comes from: its domain selects the route and signs.
    email_sender   text NOT NULL,
    state          delivery_state NOT NULL DEFAULT 'queued',
    attempts       integer NOT NULL DEFAULT 0,
    queued_at      timestamptz NOT NULL DEFAULT now(),
    next_attempt   timestamptz NOT NULL DEFAULT now(),
    -- Of the worker that has it: a late finisher's claim matches nothing.
    claim          uuid,
    leased_until   timestamptz,
    finished_at    timestamptz,
    -- When the ticket was told that it takes long.
    delay_told_at  timestamptz,
    -- Somebody asked for this attempt: it is made even where the destination has not answered of late.
    by_hand        boolean NOT NULL DEFAULT false,
    -- The last that was said of it, by a server or by a bounce.
    code           smallint,
    status         text NOT NULL DEFAULT '',
    reply          text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, id),
    CHECK ((interaction_id IS NULL) <> (outbox_id IS NULL)),
    FOREIGN KEY (workspace_id, outbox_id) REFERENCES outbox (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ON deliveries (workspace_id, interaction_id) WHERE interaction_id IS NOT NULL;
CREATE INDEX ON deliveries (workspace_id, outbox_id) WHERE outbox_id IS NOT NULL;
-- What is due: a claim names its workspace, and goes round the destinations.
CREATE INDEX deliveries_due ON deliveries (workspace_id, destination, next_attempt)
    WHERE state IN ('queued', 'deferred', 'uncertain');
-- What has no end yet: leases that ran out, what takes long, and how much there is of each.
CREATE INDEX deliveries_unfinished ON deliveries (state, queued_at)
    WHERE state IN ('queued', 'sending', 'deferred', 'uncertain', 'held');

-- Bounces mark a person's address, never that of an agent or of a mailbox's owner.
CREATE FUNCTION goes_to_person(workspace bigint, interaction uuid, outbox uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT $2 IS NOT NULL
        OR EXISTS (SELECT FROM outbox o WHERE o.workspace_id = $1 AND o.id = $3 AND o.kind = 'acknowledgement')
$$;

-- Of what the desk writes by itself, from its mailbox; as old as the mail, and due at once unless said otherwise.
CREATE FUNCTION deliver_outbox(workspace bigint, outbox uuid, mailbox bigint, recipient text,
                               queued_at timestamptz DEFAULT now(), due timestamptz DEFAULT now()) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO deliveries (workspace_id, id, outbox_id, recipient, recipient_key, destination, email_sender, queued_at,
                            next_attempt)
    SELECT $1, $2, $2, $4, $4, regexp_replace($4, '^.*@', ''), m.address, $5, $6
    FROM mailboxes m WHERE m.workspace_id = $1 AND m.id = $3
$$;

-- Interrupted: whoever made it did not live to say what became of it.
CREATE TYPE attempt_result AS ENUM ('sent', 'deferred', 'failed', 'uncertain', 'interrupted');
CREATE TABLE delivery_attempts (
    workspace_id bigint NOT NULL,
    delivery_id  uuid NOT NULL,
    attempt      integer NOT NULL,
    began_at     timestamptz NOT NULL,
    ended_at     timestamptz NOT NULL,
    result       attempt_result NOT NULL,
    -- How far it came: resolve, policy, connect, tls, greeting, ehlo, auth, mail, rcpt, data, final_dot; '' is unknown.
    phase        text NOT NULL,
    server       text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    tls_version  text NOT NULL DEFAULT '',
    tls_cipher   text NOT NULL DEFAULT '',
    -- What TLS had to be there, and was: dane, sts, verified, opportunistic, plain.
    tls_policy   text NOT NULL DEFAULT '',
    code         smallint,
    status       text NOT NULL DEFAULT '',
    reply        text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, delivery_id, attempt),
    FOREIGN KEY (workspace_id, delivery_id) REFERENCES deliveries (workspace_id, id) ON DELETE CASCADE
);

-- Addresses that mail came back from for good.
CREATE TABLE address_marks (
    workspace_id bigint NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    address      text NOT NULL,
    marked_at    timestamptz NOT NULL,
    status       text NOT NULL,
    reply        text NOT NULL,
    delivery_id  uuid,
    PRIMARY KEY (workspace_id, address)
);

-- What the desk writes by itself goes out as deliveries too.
ALTER TYPE outbox_kind ADD VALUE 'notification';
SELECT deliver_outbox(o.workspace_id, o.id, o.mailbox_id, o.recipient, o.queued_at, o.not_before) FROM outbox o;
DROP INDEX outbox_not_before_idx;
CREATE INDEX ON outbox (workspace_id, interaction_id) WHERE interaction_id IS NOT NULL;
ALTER TABLE outbox DROP COLUMN state, DROP COLUMN not_before, DROP COLUMN reverse_path;
DROP TYPE outbox_state;

-- The address of ours that an inbound mail came to: a reply address, or the return path of a delivery.
ALTER TABLE interactions ADD COLUMN reply_address uuid, ADD COLUMN returned uuid;

-- Agents who work from their own mail program (docs/agents-by-mail.md) hear of what is theirs.
ALTER TABLE agents ADD COLUMN notifies boolean NOT NULL DEFAULT false;

-- What is to be done for them, written with what asks for it, and gone with what was done:
-- notice: tell them of the mail or of the ticket; said: do what their mail says.
CREATE TYPE agent_mail_kind AS ENUM ('notice', 'said');
CREATE TABLE agent_mails (
    workspace_id   bigint NOT NULL,
    id             uuid NOT NULL,
    kind           agent_mail_kind NOT NULL,
    ticket_id      uuid NOT NULL,
    agent_id       bigint NOT NULL REFERENCES agents (id),
    -- The mail that it is about; a ticket may have none.
    interaction_id uuid,
    queued_at      timestamptz NOT NULL DEFAULT now(),
    next_attempt   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE NULLS NOT DISTINCT (workspace_id, ticket_id, agent_id, kind, interaction_id),
    FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets (workspace_id, id)
);
CREATE INDEX ON agent_mails (next_attempt);

-- Of other domains, what their mail servers' TLS must be (RFC 8461): whoever keeps DNS or the web from us must not be able
-- to make us forget it by a restart. The text is theirs, byte for byte.
CREATE TABLE mta_sts_policies (
    domain     text PRIMARY KEY,
    id         text NOT NULL,
    policy     bytea NOT NULL,
    fetched_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON mta_sts_policies (fetched_at);
