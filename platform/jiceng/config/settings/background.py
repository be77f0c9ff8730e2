"""Settings of Celery, which only runs what the outbox hands it."""
