"""Changing who sees what, and keeping watch over who looks at how much."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock, limits
from jiceng.kernel.errors import FieldError, Invalid, TooMany

from .. import scope
from ..models import Disclosure, ViewerKind, Visibility, VisibilityRule
from . import selectors, viewers
from .entries import Entry
from .rules import FIELDS, current_levels, default_levels

READ_SENSITIVE = "members.read_sensitive"
WINDOW_SECONDS = 600
# What one person looks at in ten minutes.
LIMITS: Mapping[str, int] = {"card": 60, "list": 200}
WATCHED_SHARE = 0.8


@transaction.atomic
def set_visibility(*, levels: Mapping[tuple[str, str], str], actor: Actor) -> dict[str, str]:
    """Set who sees what; what is not given stays. Returns what changed: "手机号码 · 任职干部" -> level.

    Raises ``Forbidden`` without reach over everything, ``Invalid`` for a level that a field does not have.
    """
    scope.require_over(actor, None)
    defaults = default_levels()
    faults = [
        FieldError(f"/{field}-{audience}", "choice", _("请从列表中选择。"))
        for (field, audience), level in levels.items()
        if (field, audience) not in defaults or level not in FIELDS[field].levels
    ]
    if faults:
        raise Invalid(fields=faults)
    before = current_levels()
    changed = {key: level for key, level in levels.items() if before[key] != level}
    for (field, audience), level in changed.items():
        if level == defaults[field, audience]:
            VisibilityRule.objects.filter(field=field, audience=audience).delete()
        else:
            VisibilityRule.objects.update_or_create(field=field, audience=audience, defaults={"level": level})
    if changed:
        old, new = _readable({key: before[key] for key in changed}), _readable(changed)
        record(action="members.directory.rules_changed", actor=actor, before=old, after=new)
        return new
    return {}


def reset_visibility(*, actor: Actor) -> dict[str, str]:
    """Back to the defaults. Raises and returns as ``set_visibility``."""
    return set_visibility(levels=default_levels(), actor=actor)


def admit(kind: str, *, actor: Actor) -> None:
    """Count one look of ``actor`` at a ``"card"`` or a ``"list"``. Raises ``TooMany``; passes when Redis cannot count.

    Once in a window, when four fifths of the limit are used, the audit trail notes it.
    """
    limit = LIMITS[kind]
    seen = limits.tally(f"directory:{kind}:{actor.kind}:{actor.id}", window_seconds=WINDOW_SECONDS)
    if seen is None:
        return
    if seen.count == int(limit * WATCHED_SHARE) + 1:
        _note_bulk_viewing(kind, seen.count, actor)
    if seen.count > limit:
        raise TooMany(
            _("短时间内查看通讯录次数过多，请稍后再试。如因工作需要批量使用，请联系管理员导出。"),
            retry_after=seen.reset_seconds,
        )


@transaction.atomic
def _note_bulk_viewing(kind: str, count: int, actor: Actor) -> None:
    record(
        action="members.directory.bulk_viewed", actor=actor, target=actor.id or "", target_label=actor.display_name,
        after={"kind": kind, "count": count, "minutes": WINDOW_SECONDS // 60},
    )  # fmt: skip


@transaction.atomic
def disclose(*, entries: Sequence[Entry], actor: Actor, at: datetime) -> int:
    """Keep that ``actor`` was shown these phones in full, once per person and day. Returns how many were new."""
    shown = {entry.person_id: entry for entry in entries if entry.full_fields and entry.audience != ViewerKind.SELF}
    return _note(shown, actor, at)


@transaction.atomic
def preview(*, viewer_id: uuid.UUID, person_id: uuid.UUID, actor: Actor, at: datetime) -> Entry:
    """One person's card through another's eyes, for those who set the rules; a phone shown in full is noted.

    Without ``members.read_sensitive`` over the person the phone comes masked, whatever the other would see: trying out
    rules is no way around asking for it. Raises ``PersonUnknown``, also for those not listed, and ``TooMany``.
    """
    admit("card", actor=actor)
    entry = selectors.card(viewers.viewer_for(viewer_id), person_id)
    if not entry.full_fields:
        return entry
    if not scope.people_in_reach(actor, READ_SENSITIVE).filter(pk=person_id).exists():
        return entry.with_masked_phone()
    _note({person_id: entry}, actor, at)
    return entry


def _note(shown: Mapping[uuid.UUID, Entry], actor: Actor, at: datetime) -> int:
    midnight = at.astimezone(clock.local_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = Disclosure.objects.filter(
        person__in=shown, kind=Disclosure.Kind.CARD, actor_kind=actor.kind, actor_id=actor.id or "",
        happened_at__gte=midnight,
    )  # fmt: skip
    known = set(seen.values_list("person_id", flat=True))
    rows = [
        Disclosure(
            person_id=person_id, kind=Disclosure.Kind.CARD, fields=",".join(entry.full_fields), happened_at=at,
            actor_kind=actor.kind, actor_id=actor.id or "", actor_name=actor.display_name[:150],
        )
        for person_id, entry in shown.items()
        if person_id not in known
    ]  # fmt: skip
    Disclosure.objects.bulk_create(rows)
    return len(rows)


def _readable(levels: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Named in words: under the key "phone" the audit trail would hide the level itself."""
    return {
        f"{FIELDS[field].label} · {ViewerKind(audience).label}": str(Visibility(level).label)
        for (field, audience), level in levels.items()
    }
