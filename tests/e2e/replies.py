"""Replies of a desk, queued as rows, many at once: what an agent's reply leaves in the database."""

import desk

SQL = """
BEGIN;
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT number, recipient, gen_random_uuid() AS id,
       convert_to(replace(
           'From: Support <{sender}>' || E'\\n' || 'To: ' || recipient || E'\\n' || 'Subject: Re: number ' || number || E'\\n'
           || 'Message-ID: <reply-' || number || '-{mark}@{domain}>' || E'\\n' || 'Date: Mon, 2 Nov 2026 10:00:00 +0000' || E'\\n'
           || 'MIME-Version: 1.0' || E'\\n' || 'Content-Type: text/plain; charset=utf-8' || E'\\n\\n'
           || repeat('A line of an answer, as long as lines are in mails that people write.' || E'\\n', {lines}),
           E'\\n', E'\\r\\n'), 'UTF8') AS raw
FROM ({recipients}) AS r (number, recipient);
INSERT INTO tickets (workspace_id, id, short_id, subject, status, mailbox_id, email_sender, received, updated_at, participants)
SELECT m.workspace_id, gen_random_uuid(), '{mark}', 'Help', 'Resolved', m.id, m.address, now(), now(), '{{}}'
FROM mailboxes m WHERE m.address = '{sender}' ON CONFLICT DO NOTHING;
INSERT INTO interactions (workspace_id, id, ticket_id, intake_id, direction, message_id, subject, author, author_name,
    correspondents, body_digest, thread, proof, reason, marked, verdict, reverse_path, client_address, helo, mailbox_ids,
    received, trace, raw_size, raw_digest, raw_codec)
SELECT t.workspace_id, f.id, t.id, gen_random_uuid(), 'outbound', 'reply-' || number || '-{mark}@{domain}',
    'Re: number ' || number, '{sender}', 'Support', '{{}}', '', t.id, 'none', 'reply', false, 'none', '', '', '', '{{}}', now(),
    '', length(raw), sha256(raw), 'none'
FROM fresh f JOIN tickets t ON t.short_id = '{mark}';
INSERT INTO raw_chunks (workspace_id, interaction_id, chunk, data)
SELECT i.workspace_id, f.id, 0, f.raw FROM fresh f JOIN interactions i ON i.id = f.id AND i.workspace_id = (
    SELECT workspace_id FROM mailboxes WHERE address = '{sender}');
INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination, email_sender)
SELECT m.workspace_id, gen_random_uuid(), f.id, f.recipient, f.recipient, regexp_replace(f.recipient, '^.*@', ''), m.address
FROM fresh f JOIN mailboxes m ON m.address = '{sender}';
SELECT pg_notify('ticketgate_deliveries', '') {unless};
COMMIT"""


def queue(site, recipients, lines=5, mark="replies1", sender=desk.SUPPORT, tell=True):
    """`recipients`: addresses, or a query with the columns number and recipient."""
    if not isinstance(recipients, str):
        recipients = "VALUES " + ", ".join(f"({number}, '{each}')" for number, each in enumerate(recipients))
    site.cluster.sql(SQL.format(sender=sender, domain=desk.DOMAIN, mark=mark, lines=lines, recipients=recipients,
                                unless="" if tell else "WHERE false"), site.database)


def states(site):
    """How many deliveries there are of each state."""
    rows = site.cluster.sql("SELECT state, count(*) FROM deliveries GROUP BY state", site.database)
    return {state: int(count) for state, count in (line.split("|") for line in rows.splitlines())}
