"""Certificates: what somebody's verified hours came to on a day, and whether that still holds."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import Unavailable
from jiceng.kernel.limits import tally
from jiceng.members.models import Person

from .. import errors
from ..models import Certificate, HoursEntry
from ..selectors import hours as reads
from ..selectors.people import require_volunteer
from . import admitting
from .recording import record_deed

LOOK_UPS, LOOK_UP_SECONDS = 30, 600
CODE_LENGTH = 20
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@transaction.atomic
def issue_certificate(*, actor: Actor, at: datetime) -> Certificate:
    """One over everything verified so far; the same while nothing was added. Raises ``NotOnRoster``, ``NothingToCertify``."""
    person = require_volunteer(actor)
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    standing = reads.standing_of(person, year=at.astimezone(clock.local_zone()).year)
    if standing.total <= 0:
        raise errors.NothingToCertify
    same = Certificate.objects.filter(person=person, hours=standing.total, name=person.name, revoked_at=None).first()
    if same is not None and same.star == standing.star:
        return same
    days = reads.standing(HoursEntry.objects.filter(person=person)).aggregate(first=Min("date"), last=Max("date"))
    made = Certificate.objects.create(
        code="".join(secrets.choice(LETTERS) for _each in range(CODE_LENGTH)), person=person, name=person.name,
        hours=standing.total, first_date=days["first"], last_date=days["last"], star=standing.star, issued_at=at,
    )  # fmt: skip
    record_deed("certificate.issued", made, person.name, actor, after={"hours": str(made.hours)})
    return made


@transaction.atomic
def revoke_certificate(*, certificate_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Certificate:
    """It no longer holds. Raises ``CertificateMissing``, ``CertificateInvalid`` on ``/reason``, ``CertificateRevoked``."""
    reads.get_certificate(certificate_id=certificate_id, actor=actor)
    words = Cleaner().text("reason", reason, 200, needed=True).done(errors.CertificateInvalid)["reason"]
    row = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate_id)
    if row.revoked_at is not None:
        raise errors.CertificateRevoked
    row.revoked_at, row.revoke_reason = at, words
    row.save()
    record_deed("certificate.revoked", row, row.name, actor, note=words)
    return row


def revoke_exceeding(person: Person, *, at: datetime) -> int:
    """After hours were taken back: certificates over more than is left no longer hold; returns how many."""
    total = reads.standing_of(person, year=at.year).total
    rows = Certificate.objects.filter(person=person, revoked_at=None, hours__gt=total)
    return rows.update(revoked_at=at, revoke_reason=_("时长更正后，证明上的时长不再准确。"))


def look_up(*, code: str, address: str, at: datetime) -> Certificate:
    """For anybody who has the code. Raises ``CertificateMissing``, ``TooManyRequests``, ``Unavailable``."""
    found = tally(f"volunteering:verify:{admitting.network_of(address, at=at)}", window_seconds=LOOK_UP_SECONDS)
    if found is None:
        raise Unavailable
    if found.count > LOOK_UPS:
        raise errors.TooManyLookUps(retry_after=found.reset_seconds)
    certificate = None
    if len(code) == CODE_LENGTH and set(code) <= set(LETTERS):
        certificate = Certificate.objects.filter(code=code).first()
    if certificate is None:
        raise errors.CertificateMissing
    return certificate
