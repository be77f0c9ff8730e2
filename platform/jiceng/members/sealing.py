"""Encrypting what is sensitive about a person, and finding it again without opening it.

Every value is bound to its tenant (the key), and to its table, column and row (the associated data): copied to another
row it cannot be opened.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from jiceng.kernel.crypto import blind_index, open_sealed, seal

from .models import Person

TAIL_LENGTH = 4


def set_phone(person: Person, phone: str) -> None:
    """Put a normalised number (``identity.normalise_phone``) on ``person``; ``""`` takes it away. Does not save."""
    person.phone_sealed, person.phone_index, person.phone_tail_index = sealed_phone(person.pk, phone)


def set_id_number(person: Person, kind: str, number: str) -> None:
    """Put a normalised document number on ``person``; ``""`` takes it away. Does not save."""
    person.id_kind = kind if number else ""
    person.id_number_sealed, person.id_number_index = sealed_id_number(person.pk, kind, number)


def sealed_phone(person_id: UUID, phone: str) -> tuple[bytes, bytes, bytes] | tuple[None, None, None]:
    """The number sealed for this person, its digest, and the digest of its tail."""
    if not phone:
        return None, None, None
    return seal(phone.encode(), context=_place(person_id, "phone")), phone_index(phone), tail_index(phone)


def sealed_id_number(person_id: UUID, kind: str, number: str) -> tuple[bytes, bytes] | tuple[None, None]:
    """The document number sealed for this person, and its digest."""
    if not number:
        return None, None
    return seal(number.encode(), context=_place(person_id, "id_number")), id_number_index(kind, number)


def phone_of(person: Person) -> str:
    """The number in clear; ``""`` without one."""
    return _opened(person.phone_sealed, person.pk, "phone")


def id_number_of(person: Person) -> str:
    """The document's number in clear; ``""`` without one."""
    return _opened(person.id_number_sealed, person.pk, "id_number")


def phone_index(phone: str) -> bytes:
    return blind_index(phone, purpose="members.phone")


def tail_index(phone: str) -> bytes:
    """Digest of the last four digits, for finding somebody by them."""
    return blind_index(phone[-TAIL_LENGTH:], purpose="members.phone_tail")


def id_number_index(kind: str, number: str) -> bytes:
    return blind_index(f"{kind}|{number}", purpose="members.id_number")


def seal_facts(facts: Any, *, table: str, row: UUID | str) -> bytes:
    """Seal ``facts`` (JSON) for one row of ``table``."""
    plain = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    return seal(plain, context=f"members_{table}|facts|{row}")


def open_facts(sealed: bytes | memoryview, *, table: str, row: UUID | str) -> Any:
    """What ``seal_facts`` sealed for this row. Raises ``crypto.Unsealable``."""
    return json.loads(open_sealed(bytes(sealed), context=f"members_{table}|facts|{row}"))


def _place(person_id: UUID | str, column: str) -> str:
    return f"members_person|{column}|{person_id}"


def _opened(sealed: bytes | memoryview | None, person_id: UUID | str, column: str) -> str:
    return open_sealed(bytes(sealed), context=_place(person_id, column)).decode() if sealed else ""
