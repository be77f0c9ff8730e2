"""The outbox: events and tasks written in the transaction that causes them, delivered afterwards, never lost."""
