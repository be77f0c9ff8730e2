"""From a person to what one viewer is shown of them. Whatever is not put in here never reaches a page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from .. import identity, sealing
from ..bodies import TREE_OF_BODY, Tree, state_label
from ..models import Membership, Person, Post
from .rules import FIELDS, FULL, HIDDEN, Levels, level_of
from .viewers import Viewer


@dataclass(frozen=True, slots=True)
class Line:
    """One field of an entry. ``number``: what to call or write to; empty where it is masked."""

    code: str
    label: str
    text: str
    href: str = ""
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody as a viewer sees them. ``lines``: by field code, only what is shown; ``audience``: which rules applied."""

    person_id: uuid.UUID
    name: str
    initial: str
    unit_name: str
    audience: str
    lines: dict[str, Line] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    memberships: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        line = self.lines.get("title")
        return line.text if line else ""

    @property
    def call(self) -> Line | None:
        """The number that a tap on the row calls."""
        for code in ("phone", "office_phone"):
            line = self.lines.get(code)
            if line and line.href:
                return line
        return None

    @property
    def contacts(self) -> list[Line]:
        return [self.lines[code] for code in ("phone", "office_phone", "email") if code in self.lines]

    def with_masked_phone(self) -> Entry:
        phone = self.lines["phone"]
        masked = replace(phone, text=identity.mask_phone(phone.text), href="", is_masked=True)
        return replace(self, lines={**self.lines, "phone": masked})

    @property
    def full_fields(self) -> list[str]:
        """The sensitive fields shown in clear."""
        line = self.lines.get("phone")
        return ["phone"] if line and not line.is_masked else []


def entry_for(
    person: Person, viewer: Viewer, levels: Levels, *, posts: Iterable[Post], memberships: Sequence[Membership] = ()
) -> Entry:
    """``person`` comes from ``viewers.listed_for``; ``posts``, ``memberships``: the open ones, with their units."""
    audience = viewer.audience(person)
    level = {
        code: level_of(levels, code, audience, objects=person.hides_phone)  # type: ignore[attr-defined]
        for code in FIELDS
    }
    lines = [
        _phone(person, level["phone"]),
        _office_phone(person, level["office_phone"]),
        _email(person, level["email"]),
        _line("title", person.title if level["title"] == FULL else ""),
        _line("birthday", _birthday(person) if level["birthday"] == FULL else ""),
    ]
    return Entry(
        person_id=person.pk, name=person.name, initial=person.initial, audience=audience,
        unit_name=person.unit.name if person.unit else "", lines={line.code: line for line in lines if line},
        posts=tuple(_post(post) for post in posts) if level["posts"] == FULL else (),
        memberships=tuple(_belonging(memberships, level["memberships"])),
    )  # fmt: skip


def _line(code: str, text: str, href: str = "", *, is_masked: bool = False) -> Line | None:
    return Line(code, str(FIELDS[code].label), text, href, is_masked) if text else None


def _phone(person: Person, level: str) -> Line | None:
    number = sealing.phone_of(person) if level != HIDDEN else ""
    if level == FULL:
        return _line("phone", number, f"tel:{number}")
    return _line("phone", identity.mask_phone(number) if number else "", is_masked=True)


def _office_phone(person: Person, level: str) -> Line | None:
    if level != FULL:
        return None
    number, _turn, extension = person.office_phone.partition("转")
    # A comma makes the phone wait before it dials the extension.
    return _line("office_phone", person.office_phone, f"tel:{number},{extension}" if extension else f"tel:{number}")


def _email(person: Person, level: str) -> Line | None:
    if level == HIDDEN or not person.email:
        return None
    if level == FULL:
        return _line("email", person.email, f"mailto:{person.email}")
    name, _at, domain = person.email.partition("@")
    return _line("email", f"{name[:1]}***@{domain}", is_masked=True)


def _birthday(person: Person) -> str:
    if person.birth_date is None:
        return ""
    return _("%(month)d月%(day)d日") % {"month": person.birth_date.month, "day": person.birth_date.day}


def _post(post: Post) -> str:
    return f"{post.unit.name} {post.name}"


def _belonging(memberships: Sequence[Membership], level: str) -> Iterable[tuple[str, str]]:
    """(unit, "党组织 · 正式党员"); the second only where everything is shown."""
    for membership in memberships:
        words = f"{Tree(TREE_OF_BODY[membership.body]).label} · {state_label(membership.body, membership.state)}"
        if level == FULL:
            yield (membership.unit.name if membership.unit else "", words)
        elif level != HIDDEN and membership.unit:
            yield (membership.unit.name, "")
