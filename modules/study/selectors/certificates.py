"""Certificates: one's own, those of people within reach, and the one behind a code."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from jiceng.access.actor import Actor
from jiceng.members import scope

from .. import errors
from ..manifest.words import HOURS
from ..models import Certificate
from .learners import learner


@dataclass(frozen=True, slots=True)
class Verification:
    """What anybody with the code may know. ``standing``: valid, expired or revoked."""

    number: str
    title: str
    name: str
    issued_date: date
    expires_date: date | None
    standing: str


def certificates_of(actor: Actor) -> QuerySet[Certificate]:
    """One's own, the latest first; none for those not on the roster."""
    return Certificate.objects.filter(person=learner(actor)).order_by("-issued_at", "-id")


def get_own(*, certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """Raises ``CertificateMissing``, also for those of others."""
    found = certificates_of(actor).filter(pk=certificate_id).first()
    if found is None:
        raise errors.CertificateMissing
    return found


def in_reach(actor: Actor) -> QuerySet[Certificate]:
    """Of people in whose units ``actor`` looks after hours and certificates."""
    people = scope.people_in_reach(actor, HOURS).order_by().values("pk")
    return Certificate.objects.select_related("person__unit").filter(person__in=people)


def search(actor: Actor, *, words: str = "", show: str = "", on: date) -> QuerySet[Certificate]:
    """Within reach, by name or number. ``show``: ``valid``, ``expired``, ``revoked`` or everything."""
    found = in_reach(actor)
    if words:
        found = found.filter(Q(person_name__icontains=words) | Q(number__icontains=words) | Q(title__icontains=words))
    narrowing = {
        "valid": Q(state="valid") & (Q(expires_date=None) | Q(expires_date__gte=on)),
        "expired": Q(state="valid", expires_date__lt=on), "revoked": Q(state="revoked"),
    }  # fmt: skip
    return found.filter(narrowing.get(show, Q())).order_by("-issued_at", "-id")


def get_certificate(*, certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """Raises ``CertificateMissing``, also for people out of reach."""
    found = in_reach(actor).filter(pk=certificate_id).first()
    if found is None:
        raise errors.CertificateMissing
    return found


def masked(name: str) -> str:
    """The first character and a star: ``张*``."""
    return f"{name[:1]}*"
