"""Settings of Celery, which only runs what the outbox hands it: losing any of its messages costs time, never work."""

from __future__ import annotations

from typing import Any

from . import env

# Who writes kernel.tasks.enqueue: f(name, arguments, *, at, key) -> message id | None.
TASK_WRITER = "jiceng.events.services.write_task"
# The Celery application that the relay sends with.
CELERY_APPLICATION = "jiceng.config.celery.app"

# Sent again after this unless finished; doubled with each time, so that a long queue does not fill with copies.
OUTBOX_LEASE_SECONDS = env.number("OUTBOX_LEASE_SECONDS", 60)
OUTBOX_LEASE_DOUBLINGS = env.number("OUTBOX_LEASE_DOUBLINGS", 4)
# How many deliveries of one tenant are handed out at a time; the next tenant comes after that.
OUTBOX_BATCH = env.number("OUTBOX_BATCH", 100)
# With more messages than this in Celery's queue nothing is handed out: the rest waits in Postgres, not in Redis.
OUTBOX_QUEUE_LIMIT = env.number("OUTBOX_QUEUE_LIMIT", 1000)
OUTBOX_MAX_ATTEMPTS = env.number("OUTBOX_MAX_ATTEMPTS", 8)
# Wait before attempt n + 1: base * 2^(n-1), at most the cap, minus up to a quarter at random.
OUTBOX_RETRY_BASE_SECONDS = env.number("OUTBOX_RETRY_BASE_SECONDS", 5)
OUTBOX_RETRY_CAP_SECONDS = env.number("OUTBOX_RETRY_CAP_SECONDS", 3600)
# /readyz names the outbox when work is overdue for longer.
OUTBOX_LAG_SECONDS = env.number("OUTBOX_LAG_SECONDS", 60)
TASK_STATEMENT_TIMEOUT_SECONDS = env.number("TASK_STATEMENT_TIMEOUT_SECONDS", 300)

# Best a Redis of its own (AOF, noeviction), apart from the cache.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", env.text("REDIS_URL", "redis://127.0.0.1:6379/0"))
# Keep the database connection between tasks (Celery closes it after each by default), but not for ever: each keeps
# in memory what it touched of every tenant.
CELERY_DB_REUSE_MAX = 100
CELERY_TASK_DEFAULT_QUEUE = env.text("CELERY_QUEUE", "jiceng")
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
# Task limits < visibility timeout, or a long task would be handed to a second worker.
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": env.text("CELERY_KEY_PREFIX", "jc:celery:"),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
