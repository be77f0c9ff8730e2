"""Residents ask for help, and say at the end whether they got it. No log-in anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.crypto import open_sealed, seal
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.identity import ValueFault, mask_phone, normalise_office_phone, normalise_phone
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import HELP
from ..models import HelpRequest, HelpState, HelpStep, HelpStepKind
from . import admitting, receipts

TEXTS = {"text": 500, "place": 100, "wanted": 60, "name": 30}


@dataclass(frozen=True, slots=True)
class Visit:
    """By what somebody comes. ``token``: the form's; ``trap``: what only machines fill in."""

    token: str
    address: str
    trap: str = ""


@transaction.atomic
def ask(*, fields: Any, visit: Visit, at: datetime) -> HelpRequest:
    """Take a request. The same form again is the same request, whatever it says now.

    ``fields``: ``text``, ``place``, ``wanted``, ``name``, ``phone``, all needed. Raises ``FormExpired``, ``HelpInvalid``,
    ``LooksAutomatic``, ``TooManyRequests``, ``Unavailable``; nothing is kept then. Emits ``volunteering.help.requested``.
    """
    digest = admitting.form_digest(visit.token)
    known = HelpRequest.objects.filter(token_digest=digest).first()
    if known is not None:
        return known
    values = _cleaned(fields)
    admitting.require_human(visit.token, visit.trap, at=at)
    admitting.count_request(visit.address, at=at)
    phone = values.pop("phone")
    due_at = at + timedelta(days=read_settings("volunteering").help_days)
    request = HelpRequest(
        **values, number=receipts.new_number(), token_digest=digest, due_at=due_at, created_at=at, updated_at=at
    )
    request.phone_sealed = seal(phone.encode(), context=_place(request))
    made = HelpRequest.objects.bulk_create([request], ignore_conflicts=True)[0]
    if not HelpRequest.objects.filter(pk=made.pk).exists():  # the same form in two windows at once
        return HelpRequest.objects.get(token_digest=digest)
    step(request, HelpStepKind.ASKED, at=at)
    workflow.put_todo(
        owner=owner_of(request), kind="volunteering.help", title=_("受理群众求助：%(number)s") % {"number": request.number},
        url=f"/console/volunteering/help/requests/{request.pk}/", permission=HELP, at=at, due_at=due_at,
    )  # fmt: skip
    emit("volunteering.help.requested", payload={"request_id": str(request.pk)})
    return request


@transaction.atomic
def confirm(*, request: HelpRequest, at: datetime) -> HelpRequest:
    """The resident has been helped. Raises ``HelpMoved``."""
    row = locked(request.pk, HelpState.DONE)
    row.state, row.ended_at = HelpState.CONFIRMED, at
    save(row, at)
    step(row, HelpStepKind.CONFIRMED, at=at)
    return row


@transaction.atomic
def complain(*, request: HelpRequest, words: str, at: datetime) -> HelpRequest:
    """The resident has not been helped, or not well; staff hear of it. Raises ``HelpMoved``, ``HelpInvalid`` on ``/words``."""
    row = locked(request.pk, HelpState.DONE)
    said = Cleaner().text("words", words, 300, needed=True).done(errors.HelpInvalid)["words"]
    row.state, row.due_at = HelpState.COMPLAINED, at + timedelta(days=read_settings("volunteering").help_days)
    save(row, at)
    step(row, HelpStepKind.COMPLAINED, words=said, at=at)
    workflow.put_todo(
        owner=owner_of(row), kind="volunteering.help", title=_("居民对求助结果不满意：%(number)s") % {"number": row.number},
        url=f"/console/volunteering/help/requests/{row.pk}/", permission=HELP, at=at, due_at=row.due_at,
    )  # fmt: skip
    return row


def phone_of(request: HelpRequest) -> str:
    """The number in clear; ``""`` once it was taken away."""
    if not request.phone_sealed:
        return ""
    return open_sealed(bytes(request.phone_sealed), context=_place(request)).decode()


def masked_phone_of(request: HelpRequest) -> str:
    return mask_phone(phone_of(request))


def locked(request_id: Any, *states: str) -> HelpRequest:
    """The request, locked, in one of ``states``. Raises ``HelpMissing``, ``HelpMoved``."""
    row = HelpRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None:
        raise errors.HelpMissing
    if row.state not in states:
        raise errors.HelpMoved
    return row


def save(row: HelpRequest, at: datetime) -> None:
    row.updated_at = at
    row.save()


def step(request: HelpRequest, kind: str, *, at: datetime, words: str = "", author_name: str = "") -> None:
    HelpStep.objects.create(request=request, kind=kind, words=words, author_name=author_name, happened_at=at)


def owner_of(request: HelpRequest) -> str:
    return f"volunteering.help:{request.pk}"


def _cleaned(fields: Any) -> dict[str, Any]:
    cleaner = Cleaner()
    for name, longest in TEXTS.items():
        cleaner.text(name, fields.get(name), longest, needed=True)
    given = Cleaner().text("phone", fields.get("phone"), 40, needed=True)
    cleaner.faults += given.faults
    if "phone" in given.values:
        cleaner.values["phone"] = _dialled(cleaner, given.values["phone"])
    return cleaner.done(errors.HelpInvalid)


def _dialled(cleaner: Cleaner, text: str) -> str:
    """A mobile number, or one of a telephone at home."""
    try:
        return normalise_phone(text)
    except ValueFault as fault:
        try:
            number = normalise_office_phone(text)
        except ValueFault:
            number = ""
        if len(number) < 7:
            cleaner.refuse("phone", fault.code, _("电话号码的格式不对，请填写手机号或带区号的座机。"))
        return number


def _place(request: HelpRequest) -> str:
    return f"volunteering_helprequest|phone|{request.pk}"
