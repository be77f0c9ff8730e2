"""Writing into the outbox. Always in the transaction of the change it tells of: both exist or neither does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from jiceng.kernel import agenda
from jiceng.kernel.clock import now
from jiceng.kernel.context import require_scope
from jiceng.kernel.manifest import Event
from jiceng.kernel.registry import registry

from .errors import NotInTransaction, PayloadMismatch, UnknownEvent, UnknownTask
from .models import Delivery, DeliveryState, FeedMark, MessageKind, OutboxMessage

MAX_PAYLOAD_BYTES = 64 * 1024
KEEP_DAYS = 30
REMOVE_BATCH = 1000
NUMBER_BATCH = 1000


def emit(
    name: str, *, payload: Mapping[str, Any], actor_id: str | None = None, key: str | None = None
) -> uuid.UUID | None:
    """Tell every listener of ``name`` that it has happened; returns the message's id.

    ``payload``: exactly the keys and types of the manifest's declaration. ``key``: with a key already used nothing is
    written and ``None`` returned. Raises ``NotInTransaction``, ``UnknownEvent``, ``PayloadMismatch``.
    """
    _require_transaction()
    event = registry.events.get(name)
    if event is None:
        raise UnknownEvent(f"no manifest emits {name!r}")
    handlers = [(handler, module) for module, handler in (*registry.listeners.get(name, ()), *_subscribers(event))]
    checked = _checked(name, payload, event.payload)
    return _write(MessageKind.EVENT, name, checked, handlers, actor_id=actor_id or "", key=key, due_at=now())


def write_task(
    name: str, arguments: Mapping[str, Any], *, at: datetime | None = None, key: str | None = None
) -> uuid.UUID | None:
    """Write a task to be run once, not before ``at``; returns the message's id, ``None`` if ``key`` was used before.

    Call it as ``kernel.tasks.enqueue``. Raises ``NotInTransaction``, ``UnknownTask``, ``PayloadMismatch``.
    """
    _require_transaction()
    if name not in registry.tasks:
        raise UnknownTask(f"no manifest declares task {name!r}")
    module, _path = registry.tasks[name]
    due_at = at or now()
    if due_at.tzinfo is None:
        raise PayloadMismatch(f"{name}: the due time must be aware")
    checked = {argument: _plain(name, argument, value) for argument, value in arguments.items()}
    return _write(MessageKind.TASK, name, checked, [(name, module)], actor_id="", key=key, due_at=due_at)


def _subscribers(event: Event) -> tuple[tuple[str, str], ...]:
    """Webhooks, where this tenant has any for ``event``: one small query instead of a delivery for nobody."""
    if not event.webhook or require_scope().is_platform:
        return ()
    return (settings.WEBHOOKS_LISTENER,) if import_string(settings.WEBHOOKS_WANTED)(event.name) else ()


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction("write messages inside transaction.atomic(), together with the change they tell of")


def _write(
    kind: MessageKind, name: str, payload: dict[str, Any], handlers: list[tuple[str, str]], *,
    actor_id: str, key: str | None, due_at: datetime,
) -> uuid.UUID | None:  # fmt: skip
    if len(json.dumps(payload).encode()) > MAX_PAYLOAD_BYTES:
        raise PayloadMismatch(f"{name}: the payload is larger than {MAX_PAYLOAD_BYTES} bytes; pass an id instead")
    message = OutboxMessage(kind=kind, name=name, payload=payload, actor_id=str(actor_id), key=key, created_at=now())
    if not _insert(message):
        return None
    if handlers:
        Delivery.objects.bulk_create(
            Delivery(message=message, handler=handler, module=module, due_at=due_at) for handler, module in handlers
        )
        agenda.wake("outbox", due_at)
    return message.id


def _insert(message: OutboxMessage) -> bool:
    """Insert ``message``; ``False`` when its key is taken (also by a transaction that commits meanwhile)."""
    if message.key is None:
        message.save(force_insert=True)
        return True
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _checked(name: str, payload: Mapping[str, Any], declared: Mapping[str, str]) -> dict[str, Any]:
    if set(payload) != set(declared):
        difference = sorted(set(payload) ^ set(declared))
        raise PayloadMismatch(f"{name}: declared and given keys differ in {difference}")
    return {key: _typed(name, key, payload[key], kind) for key, kind in declared.items()}


def _typed(name: str, key: str, value: Any, kind: str) -> Any:
    if kind == "uuid":
        try:
            return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))
        except (ValueError, TypeError, AttributeError) as error:
            raise PayloadMismatch(f"{name}: {key} must be a UUID") from error
    expected = {"str": str, "int": int, "bool": bool}[kind]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise PayloadMismatch(f"{name}: {key} must be {kind}, not {type(value).__name__}")
    return expected(value)  # drops subclasses such as enumeration members and safe strings


def _plain(name: str, key: str, value: Any) -> Any:
    """``value`` as JSON keeps it: scalars, lists, string-keyed mappings; UUIDs become strings."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(name, key, item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(inner, str) for inner in value):
        return {inner: _plain(name, key, item) for inner, item in value.items()}
    raise PayloadMismatch(f"{name}: {key} cannot be kept as JSON ({type(value).__name__}); pass an id instead")


@transaction.atomic
def number_events() -> None:
    """Give committed events that have none the next positions, up to 1,000 of them.

    Whoever reads up to the highest position misses nothing: what commits later, however early it began, comes after it.
    The lock on the mark is held until the end of the transaction, so keep that short.
    """
    new = OutboxMessage.objects.filter(kind=MessageKind.EVENT, position=None).order_by("id")
    if not new.exists():
        return
    FeedMark.objects.bulk_create([FeedMark(pk=1)], ignore_conflicts=True)
    mark = FeedMark.objects.select_for_update().get(pk=1)
    rows = list(new.only("id")[:NUMBER_BATCH])
    for row in rows:
        mark.position += 1
        row.position = mark.position
    OutboxMessage.objects.bulk_update(rows, ("position",), batch_size=500)
    mark.save(update_fields=["position"])


@transaction.atomic
def remove_finished(*, at: datetime) -> int:
    """Remove up to 1,000 messages older than 30 days with nothing pending or dead left; returns how many."""
    unfinished = Delivery.objects.filter(state__in=(DeliveryState.PENDING, DeliveryState.DEAD))
    old = OutboxMessage.objects.filter(created_at__lt=at - timedelta(days=KEEP_DAYS))
    ids = old.exclude(pk__in=unfinished.values("message_id")).order_by("created_at").values_list("pk", flat=True)
    batch = list(ids[:REMOVE_BATCH])
    Delivery.objects.filter(message_id__in=batch).delete()
    OutboxMessage.objects.filter(pk__in=batch).delete()
    return len(batch)
