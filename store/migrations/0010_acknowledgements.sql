-- Acknowledgements of new tickets, and limits that need no header (docs/acknowledgements.md).

-- What a mailbox answers a new ticket with; its template stays when it is turned off.
ALTER TABLE mailboxes ADD COLUMN acknowledges boolean NOT NULL DEFAULT false,
                      ADD COLUMN acknowledgement_subject text NOT NULL DEFAULT '',
                      ADD COLUMN acknowledgement_text text NOT NULL DEFAULT '';

-- How often somebody was answered lately.
CREATE INDEX ON outbox (recipient, queued_at) WHERE kind = 'acknowledgement';

-- Ids grow with time, so a person's newest tickets stand at the end; this serves what the narrower one did.
CREATE INDEX ON tickets (workspace_id, person_id, id);
DROP INDEX tickets_workspace_id_person_id_idx;

-- Since when mail has reopened a ticket so many times.
ALTER TABLE tickets ADD COLUMN reopened_since timestamptz, ADD COLUMN reopenings integer NOT NULL DEFAULT 0;
