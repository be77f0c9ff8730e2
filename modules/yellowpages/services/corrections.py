"""Members say what is wrong; an editor decides. Favourites."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import Forbidden
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..models import Correction, CorrectionState, Entry, Favourite
from ..selectors import entries as reads
from . import cleaning
from . import entries as changes

TEXTS = {"address": 150, "hours_note": 150, "words": 300}
A_DAY = 10
MANAGE = "yellowpages.manage"


@transaction.atomic
def propose_correction(*, entry_id: uuid.UUID, fields: Mapping[str, Any], actor: Actor, at: datetime) -> Correction:
    """``fields``: ``phone``, ``address``, ``hours_note``, ``is_closed``, ``words``; at least one of them.

    Editors find it in their inbox. Raises ``EntryMissing``, ``EntryInvalid``, ``CorrectionEmpty``, ``CorrectionWaiting``,
    ``TooManyCorrections``, ``Forbidden`` for programs. Emits ``yellowpages.correction.proposed``.
    """
    if actor.user is None:
        raise Forbidden
    entry = reads.get_entry(entry_id=entry_id, actor=actor)
    values = _cleaned(fields)
    if Correction.objects.filter(user=actor.user, created_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise errors.TooManyCorrections
    correction = Correction(entry=entry, user=actor.user, author_name=actor.display_name, created_at=at, **values)
    try:
        with transaction.atomic():
            correction.save(force_insert=True)
    except IntegrityError as error:
        raise errors.CorrectionWaiting from error
    workflow.put_todo(
        owner=owner_of(correction), kind="yellowpages.correction", title=_("核实黄页纠错：%(name)s") % {"name": entry.name},
        url=f"/console/yellowpages/corrections/{correction.pk}/", permission=MANAGE, at=at,
    )  # fmt: skip
    emit(
        "yellowpages.correction.proposed", actor_id=actor.id,
        payload={"correction_id": str(correction.pk), "entry_id": str(entry.pk)},
    )  # fmt: skip
    return correction


@transaction.atomic
def accept_correction(*, correction_id: uuid.UUID, answer: str, actor: Actor, at: datetime) -> Correction:
    """Put it into the entry and thank the member. Raises ``CorrectionMissing``, ``CorrectionAnswered``.

    Emits ``yellowpages.correction.accepted`` while the member's login exists.
    """
    correction = _locked(correction_id)
    given = {name: getattr(correction, name) for name in ("address", "hours_note") if getattr(correction, name)}
    if correction.phone:
        given["lines"] = [{"label": "", "number": correction.phone}]
    if correction.is_closed:
        changes.set_state(entry_id=correction.entry_id, is_listed=False, actor=actor, at=at)
    else:
        changes.update_entry(entry_id=correction.entry_id, fields=given, actor=actor, at=at)  # type: ignore[arg-type]
    _answer(correction, CorrectionState.ACCEPTED, answer, actor, at)
    if correction.user_id:
        emit("yellowpages.correction.accepted", actor_id=actor.id, payload={
            "correction_id": correction.pk, "entry_id": correction.entry_id, "name": correction.entry.name,
            "user_id": correction.user_id,
        })  # fmt: skip
    return correction


@transaction.atomic
def decline_correction(*, correction_id: uuid.UUID, answer: str, actor: Actor, at: datetime) -> Correction:
    """Leave the entry as it is, and say why: ``answer`` is needed. Raises as ``accept_correction``, ``EntryInvalid``."""
    correction = _locked(correction_id)
    Cleaner().text("answer", answer, 300, needed=True).done(errors.EntryInvalid)
    _answer(correction, CorrectionState.DECLINED, answer, actor, at)
    return correction


@transaction.atomic
def set_favourite(*, entry_id: uuid.UUID, is_on: bool, actor: Actor) -> None:
    """Keep at hand, or no more. Doing so twice is the same as once."""
    if actor.user is None:
        raise Forbidden
    entry = reads.get_entry(entry_id=entry_id, actor=actor)
    if is_on:
        Favourite.objects.bulk_create([Favourite(user=actor.user, entry=entry)], ignore_conflicts=True)
    else:
        Favourite.objects.filter(user=actor.user, entry=entry).delete()


def owner_of(correction: Correction) -> str:
    return f"yellowpages.correction:{correction.pk}"


def _locked(correction_id: uuid.UUID) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("entry")
    correction = rows.filter(pk=correction_id).first()
    if correction is None:
        raise errors.CorrectionMissing
    if correction.state != CorrectionState.OPEN:
        raise errors.CorrectionAnswered
    return correction


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaner = Cleaner()
    for name, longest in TEXTS.items():
        cleaner.text(name, fields.get(name) or "", longest)
    phone = str(fields.get("phone") or "").strip()
    cleaner.values["phone"] = cleaning.dialled(phone) if phone else ""
    if phone and not cleaner.values["phone"]:
        cleaner.refuse("phone", "invalid_number", _("电话号码的写法有误。"))
    cleaner.values["is_closed"] = bool(fields.get("is_closed"))
    values = cleaner.done(errors.EntryInvalid)
    if not any(values.values()):
        raise errors.CorrectionEmpty
    return values


def _answer(correction: Correction, state: str, answer: str, actor: Actor, at: datetime) -> None:
    words = Cleaner().text("answer", answer, 300).done(errors.EntryInvalid)["answer"]
    correction.state, correction.answer, correction.answered_at = state, words, at
    correction.answered_by_name = actor.display_name
    correction.save()
    workflow.close_todos(owner=owner_of(correction), actor=actor, at=at)
    is_accepted = state == CorrectionState.ACCEPTED
    entry: Entry = correction.entry
    record(
        action="yellowpages.correction.accepted" if is_accepted else "yellowpages.correction.declined",
        actor=actor, target=str(entry.pk), target_label=entry.name,
    )  # fmt: skip
    title = _("您的纠错已采纳：%(name)s") if is_accepted else _("您的纠错已答复：%(name)s")
    notices.send(
        category="yellowpages.answer", title=title % {"name": entry.name}, text=words, url=f"/yellowpages/{entry.pk}/",
        source=owner_of(correction), users=[correction.user_id] if correction.user_id else [], at=at, actor=actor,
        key=f"{owner_of(correction)}:answer",
    )  # fmt: skip
