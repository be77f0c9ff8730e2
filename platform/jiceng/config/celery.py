"""The Celery application: ``celery -A jiceng.config.celery worker``. It runs two tasks and knows no others."""

from __future__ import annotations

import logging
import os
from typing import Any

import django
from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.prod")

app = Celery("jiceng")
app.config_from_object("django.conf:settings", namespace="CELERY")
logger = logging.getLogger(__name__)


@app.on_after_finalize.connect
def register(sender: Celery, **_signal: Any) -> None:
    """Our tasks in, Celery's own (chord, map, …) out: they would run other tasks without an envelope."""
    from tenants.background.runner import Beat, Deliver

    for name in [name for name in sender.tasks if name.startswith("celery.")]:
        sender.tasks.unregister(name)
    sender.register_task(Deliver())
    sender.register_task(Beat())


@signals.worker_process_init.connect
def bound_statements(**_signal: Any) -> None:
    """Tasks may take longer than requests."""
    from django.conf import settings
    from django.db import connections

    options = connections["default"].settings_dict["OPTIONS"]
    limit = f"{settings.TASK_STATEMENT_TIMEOUT_SECONDS}s"
    asked = options.get("options", "")
    options["options"] = f"{asked} -c statement_timeout={limit} -c idle_in_transaction_session_timeout={limit}".strip()


@signals.task_unknown.connect
def keep_unknown(name: str = "", **_signal: Any) -> None:
    """A message for a task that does not exist never runs; operators see it."""
    from django.db import connection

    from tenants.background import dead_letters
    from tenants.models import DeadReason

    try:
        dead_letters.refuse(
            reason=DeadReason.UNKNOWN_TASK, detail=f"no Celery task {name!r:.200}", name=str(name)[:200]
        )
    finally:
        connection.close()  # this is the parent process: its children must not inherit the connection


django.setup(set_prefix=False)
