"""Background work: from the agenda to the tenant's outbox, from there through Celery back into the tenant's scope."""
