"""The append-only log: what became true, written in the transaction in which it did. Timeline, audit and outbox."""
