-- Who wrote a mail (docs/kinds.md), and what becomes of mail that no person wrote and no ticket knows.

CREATE TYPE mail_kind AS ENUM ('human', 'auto_reply', 'out_of_office', 'bounce', 'list', 'loop', 'report');
CREATE TYPE automatic_mail AS ENUM ('ticket', 'hold', 'discard');

-- Null: older than this; `ticketgate reprocess` reads it.
ALTER TABLE interactions ADD COLUMN kind mail_kind,
                         ADD COLUMN kind_reasons text[] COMPRESSION lz4 NOT NULL DEFAULT '{}';
-- What is held.
CREATE INDEX ON interactions (workspace_id, id) WHERE ticket_id IS NULL;

-- `automatic`: lists and automatic replies; `bounces`: bounces, reports and loops.
ALTER TABLE mailboxes ADD COLUMN automatic automatic_mail NOT NULL DEFAULT 'ticket',
                      ADD COLUMN bounces automatic_mail NOT NULL DEFAULT 'hold';

-- What our own mail bears, so that it is known when it comes back. Made once.
ALTER TABLE installation ADD COLUMN id text;
UPDATE installation SET id = replace(gen_random_uuid()::text, '-', '');
ALTER TABLE installation ALTER COLUMN id SET NOT NULL;
