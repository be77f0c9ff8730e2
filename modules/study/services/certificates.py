"""Issuing certificates, revoking them, answering whoever scans one."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import limits
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.clock import local_zone
from jiceng.kernel.months import months_after
from jiceng.members.models import Person
from jiceng.notices import services as notices

from .. import errors
from ..manifest.words import HOURS
from ..models import Certificate, CertificateState, CertificateYear, Course, Enrolment
from ..selectors import certificates as reads

REASON_LENGTH = 200
VERIFIED_PER_MINUTE = 30
# Of 24 characters: 144 bits.
CODE_BYTES = 18


@transaction.atomic
def issue(*, person: Person, course: Course, at: datetime, actor: Actor) -> Certificate:
    """The certificate of ``person`` for ``course``; a new one only where there is none, or the last has expired.

    A revoked one stays the last: nothing replaces it by itself. The caller answers for the permission and that the course
    is done. Emits ``study.certificate.issued``. Locks the year's counter.
    """
    today = at.astimezone(local_zone()).date()
    counter = _counter(today.year)
    last = Certificate.objects.filter(person=person, course=course).order_by("-issued_at", "-id").first()
    if last is not None and last.standing(today) != "expired":
        return last
    counter.last_number += 1
    counter.save(update_fields=("last_number",))
    months = course.certificate_months
    made = Certificate.objects.create(
        number=f"{counter.year}-{counter.last_number:06d}", code=secrets.token_urlsafe(CODE_BYTES), person=person,
        person_name=person.name, course=course, title=course.title, hours=course.class_hours, issued_at=at,
        expires_date=months_after(today, months) if months else None,
    )  # fmt: skip
    facts = {"title": made.title, "expires_date": str(made.expires_date or "")}
    record(action="study.certificate.issued", actor=actor, target=str(made.pk), target_label=made.number, after=facts)
    _announce("issued", made, actor)
    _tell(made, _("您获得了证书：%(title)s") % {"title": made.title[:80]}, actor, at)
    return made


@transaction.atomic
def renew(*, certificate_id: uuid.UUID, actor: Actor, at: datetime) -> Certificate:
    """Another one in place of an expired one.

    Raises ``CertificateMissing``, ``Forbidden``, ``CertificateRevoked``, ``CertificateStillValid``, ``NoCertificate``,
    ``CourseNotDone``.
    """
    old = _within(certificate_id, actor)
    standing = old.standing(at.astimezone(local_zone()).date())
    if standing == "revoked":
        raise errors.CertificateRevoked
    if standing != "expired":
        raise errors.CertificateStillValid
    if old.course is None or not old.course.gives_certificate:
        raise errors.NoCertificate
    if not Enrolment.objects.filter(course=old.course, person=old.person, completed_at__isnull=False).exists():
        raise errors.CourseNotDone
    return issue(person=old.person, course=old.course, at=at, actor=actor)


@transaction.atomic
def revoke(*, certificate_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Certificate:
    """Its verification page says so from now on. Emits ``study.certificate.revoked``.

    Raises ``CertificateMissing``, ``Forbidden``, ``CertificateInvalid`` on ``/reason``, ``CertificateRevoked``.
    """
    found = _within(certificate_id, actor)
    cleaned = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.CertificateInvalid)
    if found.state == CertificateState.REVOKED:
        raise errors.CertificateRevoked
    found.state, found.revoked_at, found.revoke_reason = CertificateState.REVOKED, at, cleaned["reason"]
    found.save(update_fields=("state", "revoked_at", "revoke_reason"))
    record(
        action="study.certificate.revoked", actor=actor, target=str(found.pk), target_label=found.number,
        after={"reason": found.revoke_reason},
    )  # fmt: skip
    _announce("revoked", found, actor)
    _tell(found, _("您的证书已撤销：%(title)s") % {"title": found.title[:80]}, actor, at)
    return found


def verify(*, code: str, address: str, at: datetime) -> reads.Verification:
    """What a certificate says to anybody who has its code. ``address``: of the caller, whose tries are counted.

    Raises ``VerifiedTooOften``, ``CertificateMissing``. Lets pass when nothing can be counted: codes have 144 bits.
    """
    seen = limits.tally(f"study.verify:{address}", window_seconds=60)
    if seen is not None and seen.count > VERIFIED_PER_MINUTE:
        raise errors.VerifiedTooOften(retry_after=seen.reset_seconds)
    found = Certificate.objects.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise errors.CertificateMissing
    zone = local_zone()
    return reads.Verification(
        number=found.number, title=found.title, name=reads.masked(found.person_name),
        issued_date=found.issued_at.astimezone(zone).date(), expires_date=found.expires_date,
        standing=found.standing(at.astimezone(zone).date()),
    )  # fmt: skip


def _counter(year: int) -> CertificateYear:
    """The year's counter, locked until the transaction ends: a number that is not used is not used up."""
    CertificateYear.objects.bulk_create([CertificateYear(year=year)], ignore_conflicts=True)
    return CertificateYear.objects.select_for_update().get(pk=year)


def _within(certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """Locked, its state as it is now."""
    policy.require(actor, HOURS)
    found = reads.get_certificate(certificate_id=certificate_id, actor=actor)
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("person", "course")
    return rows.get(pk=found.pk)


def _announce(deed: str, certificate: Certificate, actor: Actor) -> None:
    emit(
        f"study.certificate.{deed}", actor_id=actor.id,
        payload={
            "certificate_id": str(certificate.pk), "number": certificate.number, "title": certificate.title,
            "person_id": str(certificate.person_id), "user_id": str(certificate.person.user_id or ""),
        },
    )  # fmt: skip


def _tell(certificate: Certificate, title: str, actor: Actor, at: datetime) -> None:
    if certificate.person.user_id is None:
        return
    notices.send(
        category="study.certificate", title=title, url="/study/certificates/", at=at, actor=actor,
        source=f"study.certificate:{certificate.pk}", key=f"study.certificate:{certificate.pk}:{certificate.state}",
        users=User.objects.filter(pk=certificate.person.user_id).values("pk"),
    )  # fmt: skip
