-- Who really sent a mail (docs/verification.md).

CREATE TYPE unverified_mail AS ENUM ('accept', 'hold', 'refuse');

-- What becomes of mail whose author's domain disowns it: DMARC fails, and asks for quarantine or reject.
ALTER TABLE mailboxes ADD COLUMN unverified unverified_mail NOT NULL DEFAULT 'hold';

-- What was found out about the sender, and what scanners said (intake/evidence.hpp). Null: nothing was asked.
ALTER TABLE interactions ADD COLUMN evidence jsonb COMPRESSION lz4;
