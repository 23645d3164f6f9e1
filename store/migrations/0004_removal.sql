-- What `purge` and `person erase` need: the counts of what they removed, and the ways from a row to those that name it.

-- Mails that were counted as usage and are gone: usage is the mails in tickets and these.
CREATE TABLE usage_removed (
    workspace_id bigint NOT NULL REFERENCES workspaces (id),
    month        date NOT NULL,
    interactions bigint NOT NULL,
    PRIMARY KEY (workspace_id, month)
);

CREATE INDEX ON tickets (workspace_id, person_id);
-- They are nearly always the same.
CREATE INDEX ON tickets (workspace_id, created_by) WHERE created_by IS DISTINCT FROM person_id;
CREATE INDEX ON ticket_links (workspace_id, linked_id);
-- An interaction's other dispositions are those of its own intake.
CREATE INDEX ON dispositions (workspace_id, interaction_id) WHERE reason = 'same_mail';
