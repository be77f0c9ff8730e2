"""Work given up and messages refused, for operators: with the reason, to retry or to discard."""

from __future__ import annotations

import hashlib
import logging
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events import delivering
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Conflict, NotFound

from ..context import platform_scope
from ..models import DeadLetter, DeadReason, Resolution
from .targets import Target, by_key

logger = logging.getLogger(__name__)
# Whose delivery is marked dead in its outbox; of the others nothing is left to retry.
RETRYABLE = frozenset({DeadReason.FAILED, DeadReason.WORKER_LOST, DeadReason.UNKNOWN_TASK})


class LetterMissing(NotFound):
    code = "dead_letter_not_found"
    message = _("没有找到这条死信。")


class LetterResolved(Conflict):
    code = "dead_letter_resolved"
    message = _("这条死信已经处理过了。")


class NotRetryable(Conflict):
    code = "dead_letter_not_retryable"
    message = _("这条消息被拒收，没有可以重试的任务，只能丢弃。")


def dead_letters(*, only_open: bool = True) -> QuerySet[DeadLetter]:
    """Across all tenants, latest first. Evaluate within ``platform_scope``."""
    found = DeadLetter.objects.order_by("-last_at")
    return found.filter(resolution=Resolution.OPEN) if only_open else found


def open_count() -> int:
    """How many dead letters wait for an operator."""
    with platform_scope():
        return dead_letters().count()


def is_retryable(letter: DeadLetter) -> bool:
    return letter.delivery_id is not None and letter.reason in RETRYABLE


def bury(*, target: Target, delivery_id: uuid.UUID, name: str, reason: str, detail: str) -> None:
    """Give a delivery up and tell the operators, in one transaction. Nothing happens if it has finished meanwhile."""
    fingerprint = f"{target.key}|{delivery_id}"
    with target.scope(), transaction.atomic():
        if delivering.give_up(delivery_id, error=detail):
            _write(
                target=target, delivery_id=delivery_id, name=name, reason=reason, detail=detail, fingerprint=fingerprint
            )


def refuse(*, reason: str, detail: str, target: Target | None = None, name: str = "") -> None:
    """Keep a message that was turned away at the door. Alike ones are counted in one letter."""
    fingerprint = f"{reason}|{target.key if target else ''}|{name}"
    with platform_scope(), transaction.atomic():
        _write(target=target, delivery_id=None, name=name, reason=reason, detail=detail, fingerprint=fingerprint)


def _write(
    *, target: Target | None, delivery_id: uuid.UUID | None, name: str, reason: str, detail: str, fingerprint: str
) -> None:
    logger.error(
        "dead letter (%s): tenant=%s name=%s %s", reason, target.key if target else "-", _safe(name), _safe(detail)
    )
    digest = hashlib.sha256(fingerprint.encode(errors="replace")).hexdigest()
    at = now()
    letter = DeadLetter(
        fingerprint=digest, tenant_id=target.key if target else "", tenant_name=target.name if target else "",
        delivery_id=delivery_id, name=_safe(name)[:200], reason=reason, detail=_safe(detail)[:500], first_at=at, last_at=at,
    )  # fmt: skip
    with platform_scope():
        if _counted(letter):
            return
        try:
            with transaction.atomic():
                letter.save(force_insert=True)
        except IntegrityError:
            _counted(letter)


def _counted(letter: DeadLetter) -> bool:
    same = DeadLetter.objects.filter(fingerprint=letter.fingerprint, resolution=Resolution.OPEN)
    return bool(same.update(count=F("count") + 1, last_at=letter.last_at, detail=letter.detail))


def _safe(text: str) -> str:
    """Without what a database text or a log line cannot hold: messages come from outside."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


@transaction.atomic
def retry(*, letter_id: uuid.UUID, actor: Actor) -> DeadLetter:
    """Put the work back on the agenda, with all its attempts before it. Call in the operators' scope; audited there.

    Raises ``LetterMissing``, ``LetterResolved``, ``NotRetryable`` (nothing to run, or the tenant is gone).
    """
    letter = _locked(letter_id)
    target = by_key(letter.tenant_id) if is_retryable(letter) else None
    if target is None or letter.delivery_id is None:
        raise NotRetryable
    with target.scope():
        delivering.revive(letter.delivery_id)
    return _resolve(letter, Resolution.RETRIED, actor)


@transaction.atomic
def discard(*, letter_id: uuid.UUID, actor: Actor) -> DeadLetter:
    """Close a letter without running anything. Call in the operators' scope; audited there.

    Raises ``LetterMissing``, ``LetterResolved``.
    """
    letter = _locked(letter_id)
    target = by_key(letter.tenant_id) if is_retryable(letter) else None
    if target is not None and letter.delivery_id is not None:
        with target.scope():
            delivering.discard(letter.delivery_id)
    return _resolve(letter, Resolution.DISCARDED, actor)


def _locked(letter_id: uuid.UUID) -> DeadLetter:
    with platform_scope():
        letter = DeadLetter.objects.select_for_update().filter(pk=letter_id).first()
    if letter is None:
        raise LetterMissing
    if letter.resolution != Resolution.OPEN:
        raise LetterResolved
    return letter


def _resolve(letter: DeadLetter, resolution: Resolution, actor: Actor) -> DeadLetter:
    with platform_scope():
        letter.resolution, letter.resolved_at, letter.resolved_by = resolution, now(), actor.display_name[:150]
        letter.save(update_fields=["resolution", "resolved_at", "resolved_by"])
        record(
            action=f"platform.dead_letter.{resolution.value}", actor=actor, target=str(letter.pk),
            target_label=f"{letter.tenant_name} {letter.name}".strip(), note=letter.detail,
        )  # fmt: skip
    return letter
