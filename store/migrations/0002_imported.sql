-- Old mail that `ticketgate import` brought: a ticket's like any other, and never counted as usage.
ALTER TABLE interactions ADD COLUMN imported boolean NOT NULL DEFAULT false;
