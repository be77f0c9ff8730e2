"""The public answers: once per form, once per device for some hours, never more than the limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.clock import local_zone
from jiceng.kernel.crypto import open_sealed, seal
from jiceng.kernel.errors import DomainError
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.identity import ValueFault, normalise_phone

from ..errors import survey as refusals
from ..models import TEXT_LENGTH, RefusalReason, SurveyAnswer, SurveyPoint, SurveyRefusal, SurveyTrace
from ..selectors.points import is_code
from . import admitting, follow_ups, receipts


@dataclass(frozen=True, slots=True)
class Visit:
    """By what somebody comes. ``device``: the cookie as sent; ``token``: the form's; ``trap``: what only machines fill in."""

    token: str
    device: str
    address: str
    trap: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``answer``, or why none was taken: a refusal that is counted and therefore not raised."""

    answer: SurveyAnswer | None = None
    refusal: DomainError | None = None


@transaction.atomic
def answer(*, code: str, grade: Any, visit: Visit, at: datetime, text: str = "", phone: str = "") -> Outcome:
    """Take an answer. The same form again is the same answer, whatever it says now.

    Repeated, flooding and automatic ones come back as ``refusal``; a point's refusals are counted by day and reason.
    Raises ``CodeUnknown``, ``PointWithdrawn``, ``AnswerInvalid``, ``Unavailable``. Emits ``appraisal.survey.answered``. Locks the
    point, so that one device in two windows answers once.
    """
    rows = SurveyPoint.objects.select_for_update(of=("self",)).select_related("unit")
    point = rows.filter(code=code).first() if is_code(code) else None
    if point is None:
        raise refusals.CodeUnknown
    device = admitting.device_of(visit.device)
    try:
        digest = admitting.form_digest(visit.token, code=code, device=device)
    except refusals.FormExpired as error:
        return _refused(point, RefusalReason.EXPIRED, error, at)
    known = SurveyAnswer.objects.select_related("point").filter(token_digest=digest).first()
    if known is not None:
        return Outcome(answer=known)
    if not point.is_active:
        raise refusals.PointWithdrawn
    values = _checked(grade, text, phone)
    refused = _check_visit(point, device, visit, at)
    if refused is not None:
        return refused
    return Outcome(answer=_write(point, digest, device, values, at))


def _check_visit(point: SurveyPoint, device: str, visit: Visit, at: datetime) -> Outcome | None:
    rules, age = read_settings("appraisal"), admitting.form_age(visit.token, at=at)
    if age > timedelta(hours=admitting.FORM_HOURS):
        return _refused(point, RefusalReason.EXPIRED, refusals.FormExpired(), at)
    if visit.trap or age < timedelta(seconds=rules.form_seconds):
        return _refused(point, RefusalReason.AUTOMATED, refusals.LooksAutomatic(), at)
    if has_answered(point, device, at=at):
        return _refused(point, RefusalReason.REPEATED, refusals.AnsweredLately(), at)
    is_within = admitting.count_answer(
        point_id=point.pk, network=admitting.network_of(visit.address, at=at), point_limit=rules.answers_per_point,
        network_limit=rules.answers_per_network,
    )  # fmt: skip
    if not is_within:
        return _refused(point, RefusalReason.FLOODED, refusals.TooManyAnswers(retry_after=admitting.HOUR), at)
    return None


def has_answered(point: SurveyPoint, device: str, *, at: datetime) -> bool:
    """Whether this device has answered here within the hours of the setting."""
    today = at.astimezone(local_zone()).date()
    digests = [admitting.trace_of(device, point_id=point.pk, day=today - timedelta(days=back)) for back in range(9)]
    return SurveyTrace.objects.filter(point=point, digest__in=digests, expires_at__gt=at).exists()


def phone_of(answer: SurveyAnswer) -> str:
    """The number in clear; ``""`` without one."""
    if not answer.phone_sealed:
        return ""
    return open_sealed(bytes(answer.phone_sealed), context=_place(answer)).decode()


def _write(point: SurveyPoint, digest: bytes, device: str, values: dict[str, Any], at: datetime) -> SurveyAnswer:
    row = SurveyAnswer(
        point=point, grade=values["grade"], text=values["text"], token_digest=digest, receipt=receipts.new_number(),
        answered_at=at,
    )  # fmt: skip
    if values["phone"]:
        row.phone_sealed = seal(values["phone"].encode(), context=_place(row))
    row.save(force_insert=True)
    rules = read_settings("appraisal")
    day = at.astimezone(local_zone()).date()
    SurveyTrace.objects.update_or_create(
        point=point, digest=admitting.trace_of(device, point_id=point.pk, day=day),
        defaults={"expires_at": at + timedelta(hours=rules.repeat_hours)},
    )  # fmt: skip
    emit("appraisal.survey.answered", payload={"point_id": point.pk, "answer_id": row.pk, "grade": row.grade})
    if row.grade <= rules.follow_up_grade or row.phone_sealed:  # who leaves a number waits for a call
        follow_ups.open_for(row, at=at)
    return row


def _refused(point: SurveyPoint, reason: str, refusal: DomainError, at: datetime) -> Outcome:
    """Count it. The caller holds the lock of the point, so that none is lost."""
    day = at.astimezone(local_zone()).date()
    row, _is_new = SurveyRefusal.objects.get_or_create(point=point, day=day, reason=reason)
    SurveyRefusal.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return Outcome(refusal=refusal)


def _checked(grade: Any, text: str, phone: str) -> dict[str, Any]:
    cleaner = Cleaner().text("text", text, TEXT_LENGTH).text("phone", phone, 30)
    given = str(grade)
    if given not in ("1", "2", "3", "4", "5"):
        cleaner.refuse("grade", "required", _("请选择满意程度。"))
    if cleaner.values.get("phone"):
        try:
            cleaner.values["phone"] = normalise_phone(cleaner.values["phone"])
        except ValueFault as error:
            cleaner.refuse("phone", error.code, error.message)
    return {**cleaner.done(refusals.AnswerInvalid), "grade": int(given)}


def _place(answer: SurveyAnswer) -> str:
    return f"appraisal_surveyanswer|phone|{answer.pk}"
