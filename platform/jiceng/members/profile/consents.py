"""What people agree to or object to, purpose by purpose. Every word given or taken back stays on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..directory.rules import PHONE_CONSENT
from ..models import Consent, Person
from ..services.writing import person_of
from .errors import PurposeUnknown
from .selectors import entry_of


@dataclass(frozen=True, slots=True)
class Purpose:
    """``text``: the words agreed to; a new text is a new ``version``. ``holds_unless_refused``: silence is no refusal."""

    code: str
    label: Any
    text: Any
    version: int = 1
    holds_unless_refused: bool = False

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(str(self.text).encode()).hexdigest()


PURPOSES: Mapping[str, Purpose] = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            PHONE_CONSENT,
            _("在通讯录中显示手机号码"),
            _("同事可以按单位设定的范围在通讯录里看到您的手机号码。不同意时，只有您本人和任职干部能看到。"),
            holds_unless_refused=True,
        ),
        Purpose(
            "birthday_greeting",
            _("生日和政治生日祝福"),
            _("用您的出生日期和入党日期，在当天向您发送祝福。不会公布年龄。"),
        ),
        Purpose(
            "photo_showcase",
            _("风采展示使用照片"),
            _("在风采展示、活动报道中使用有您形象的照片。撤回后不再新用，已发布的可以要求撤下。"),
        ),
        Purpose(
            "statistics",
            _("用于统计分析"),
            _("把您的性别、年龄段、学历等计入队伍结构统计。统计结果只有人数，看不出个人。"),
            holds_unless_refused=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody stands on a purpose. ``consent``: the latest word; ``is_outdated``: agreed to an earlier text."""

    purpose: Purpose
    consent: Consent | None
    is_outdated: bool

    @property
    def is_granted(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_at is None

    @property
    def holds(self) -> bool:
        return self.is_granted or (self.consent is None and self.purpose.holds_unless_refused)


def stands_of(person: Person) -> list[Stand]:
    """Every purpose, with the latest word on it. One query."""
    latest: dict[str, Consent] = {}
    for consent in Consent.objects.filter(person=person).order_by("granted_at", "pk"):
        if (seen := latest.get(consent.purpose)) is None or seen.withdrawn_at is not None:
            latest[consent.purpose] = consent
    return [
        Stand(purpose, word := latest.get(code), word is not None and word.text_hash != purpose.text_hash)
        for code, purpose in PURPOSES.items()
    ]


@transaction.atomic
def grant(*, purpose: str, actor: Actor, at: datetime, channel: str = "h5") -> Consent:
    """Agree to the present text. Agreeing again changes nothing; to a new text it is a new row.

    Raises ``NoEntry``, ``PurposeUnknown``. Locks the person.
    """
    person, wanted, standing = _standing(purpose, actor)
    if standing is not None and standing.text_hash == wanted.text_hash:
        return standing
    if standing is not None:
        _end(standing, at)
    consent = Consent.objects.create(
        person=person, purpose=purpose, text_version=wanted.version, text_hash=wanted.text_hash, channel=channel,
        granted_at=at,
    )  # fmt: skip
    _tell("granted", wanted, person, actor)
    return consent


@transaction.atomic
def withdraw(*, purpose: str, actor: Actor, at: datetime, channel: str = "h5") -> Consent | None:
    """Take the word back, or object to what holds without one. Doing so again changes nothing.

    An objection without an earlier word is a row that ends as it begins. Raises ``NoEntry``, ``PurposeUnknown``.
    """
    person, wanted, standing = _standing(purpose, actor)
    if standing is not None:
        _end(standing, at)
    elif wanted.holds_unless_refused and not Consent.objects.filter(person=person, purpose=purpose).exists():
        standing = Consent.objects.create(
            person=person, purpose=purpose, text_version=wanted.version, text_hash=wanted.text_hash, channel=channel,
            granted_at=at, withdrawn_at=at,
        )  # fmt: skip
    else:
        return None
    _tell("withdrawn", wanted, person, actor)
    return standing


def _standing(purpose: str, actor: Actor) -> tuple[Person, Purpose, Consent | None]:
    if purpose not in PURPOSES:
        raise PurposeUnknown
    person = person_of(entry_of(actor).pk)
    return person, PURPOSES[purpose], Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()


def _end(consent: Consent, at: datetime) -> None:
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])


def _tell(deed: str, purpose: Purpose, person: Person, actor: Actor) -> None:
    record(
        action=f"members.consent.{deed}", actor=actor, target=str(person.pk), target_label=person.name,
        after={"purpose": str(purpose.label), "version": purpose.version},
    )  # fmt: skip


def label_of(consent: Consent) -> str:
    """The purpose in words; its code where it is no longer declared."""
    return str(PURPOSES[consent.purpose].label) if consent.purpose in PURPOSES else consent.purpose
