"""What a worker does with an envelope. Nothing is trusted: signature, tenant and outbox row are checked before work."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from jiceng.events import delivering
from jiceng.events.errors import Undeliverable
from jiceng.kernel import crypto
from jiceng.kernel.clock import now

from ..models import DeadReason
from . import dead_letters, health
from .envelope import Opened, Refused, unseal
from .relay import BEAT, DELIVER

logger = logging.getLogger(__name__)
# Refusals found only in the outbox itself: the envelope is at fault, the delivery (if any) is not touched.
AT_THE_DOOR = frozenset({DeadReason.UNKNOWN_MESSAGE, DeadReason.WRONG_NAME})


class TenantTask(Task):
    """The one way for Celery into a tenant: by a signed envelope, opened in the body, never in a signal.

    (Celery logs and forgets what signal handlers raise; a check there would let the task run.)
    """

    abstract = True
    # Celery must not turn away calls by signature: a message without envelope is to be seen and kept as dead letter.
    typing = False

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        try:
            self.run(unseal(kwargs.get("envelope")))
        except Refused as refusal:
            dead_letters.refuse(reason=refusal.reason, detail=str(refusal), target=refusal.target, name=refusal.name)
        except (OperationalError, InterfaceError):
            connection.close()  # the database is away; the relay sends the delivery again when its lease has run out
            raise
        finally:
            health.beat("worker")

    def run(self, opened: Opened) -> None:
        raise NotImplementedError


class Deliver(TenantTask):
    """Runs one delivery of some outbox."""

    name = DELIVER

    def run(self, opened: Opened) -> None:
        with opened.target.scope(), timezone.override(opened.target.zone):
            deliver(opened)


class Beat(Task):
    """Shows that messages reach a worker."""

    name = BEAT
    typing = False

    def __call__(self, *_args: Any, sent_at: Any = "", signature: Any = "", **_kwargs: Any) -> None:
        if crypto.is_signed(str(sent_at), str(signature), purpose="beat"):
            health.beat("worker")


def deliver(opened: Opened) -> None:
    """Make one attempt at a delivery, in its scope. Failures go back to the outbox, or to the dead letters."""
    try:
        attempt = delivering.begin(opened.delivery_id, name=opened.name)
        if attempt is not None:
            _attempt(opened, attempt)
    except Undeliverable as error:
        if error.code in AT_THE_DOOR:
            raise Refused(DeadReason(error.code), str(error), opened.target, opened.name) from error
        _bury(opened, error.code, str(error))


def _attempt(opened: Opened, attempt: int) -> None:
    try:
        delivering.perform(opened.delivery_id, attempt=attempt, modules=opened.target.modules)
    except Undeliverable:
        raise
    except Exception as error:  # SoftTimeLimitExceeded too
        if isinstance(error, (OperationalError, InterfaceError)):
            connection.close()
        logger.warning("%s failed, attempt %s, tenant %s", opened.name, attempt, opened.target.key, exc_info=error)
        detail = f"{type(error).__name__}: {error}"
        if not delivering.retry_later(opened.delivery_id, attempt=attempt, error=detail, at=now()):
            _bury(opened, DeadReason.FAILED, detail)


def _bury(opened: Opened, reason: str, detail: str) -> None:
    dead_letters.bury(
        target=opened.target, delivery_id=opened.delivery_id, name=opened.name, reason=reason, detail=detail
    )
