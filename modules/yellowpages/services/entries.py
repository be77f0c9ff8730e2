"""Entries and categories: writing, verifying, closing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.clock import local_zone
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.members import names
from jiceng.workflow import services as workflow

from .. import errors
from ..models import Category, Entry, EntryState, Line, Opening
from ..selectors import entries as reads
from ..selectors import opening
from . import cleaning
from .changing import mark_changed


class EntryFields(TypedDict, total=False):
    """``lines``: ``[{"label", "number"}]``. ``openings``: triples of weekday, opens, closes. ``photo_upload``: a picture."""

    category_id: uuid.UUID
    name: str
    summary: str
    tags: str
    address: str
    latitude: Any
    longitude: Any
    hours_note: str
    is_always_open: bool
    keeps_holidays: bool
    is_public: bool
    keeper_id: uuid.UUID | None
    lines: list[Mapping[str, str]]
    openings: list[tuple[int, Any, Any]]
    photo_upload: UploadedFile | None


@transaction.atomic
def create_entry(*, fields: EntryFields, actor: Actor, at: datetime) -> Entry:
    """Raises ``EntryInvalid`` with a fault by field, ``EntryTaken``. Emits ``yellowpages.entry.changed``."""
    entry = Entry(created_at=at, updated_at=at, verified_on=_today(at), verified_by_name=actor.display_name)
    cleaned = _cleaned({"category_id": None, "name": "", **fields})
    _assign(entry, cleaned, fields, actor)
    _insert(entry)
    _write_parts(entry, cleaned)
    _changed("yellowpages.entry.created", entry, actor)
    return entry


@transaction.atomic
def update_entry(
    *, entry_id: uuid.UUID, fields: EntryFields, version: int | None = None, actor: Actor, at: datetime
) -> Entry:
    """Change the given fields. Saying what it is counts as verifying. Raises as ``create_entry``, ``EntryMissing``, ``EntryStale``."""
    entry = locked(entry_id, version)
    before = facts(entry)
    cleaned = _cleaned(fields)
    _assign(entry, cleaned, fields, actor)
    entry.verified_on, entry.verified_by_name = _today(at), actor.display_name
    _save(entry, at)
    _write_parts(entry, cleaned)
    _changed("yellowpages.entry.updated", entry, actor, before=before)
    return entry


@transaction.atomic
def verify_entry(*, entry_id: uuid.UUID, actor: Actor, at: datetime) -> Entry:
    """Everything is still right. Closes the keeper's to-do."""
    entry = locked(entry_id)
    entry.verified_on, entry.verified_by_name = _today(at), actor.display_name
    _save(entry, at)
    workflow.close_todos(owner=owner_of(entry), actor=actor, at=at)
    _changed("yellowpages.entry.verified", entry, actor)
    return entry


@transaction.atomic
def verify_own(*, entry_id: uuid.UUID, actor: Actor, at: datetime) -> Entry:
    """The same by its keeper. Raises ``EntryMissing``, ``Forbidden`` for everybody else."""
    entry = locked(entry_id)
    if not reads.is_keeper(entry, actor):
        policy.require(actor, reads.MANAGE)
    return verify_entry(entry_id=entry_id, actor=actor, at=at)


@transaction.atomic
def set_state(*, entry_id: uuid.UUID, is_listed: bool, actor: Actor, at: datetime) -> Entry:
    """Close it, or show it again."""
    entry = locked(entry_id)
    entry.state = EntryState.LISTED if is_listed else EntryState.CLOSED
    _save(entry, at)
    workflow.close_todos(owner=owner_of(entry), actor=actor, at=at, is_done=False)
    _changed("yellowpages.entry.listed" if is_listed else "yellowpages.entry.closed", entry, actor)
    return entry


@transaction.atomic
def save_category(*, category_id: uuid.UUID | None, name: str, icon: str, position: int, actor: Actor) -> Category:
    """Make or change one. Raises ``EntryInvalid``, ``CategoryMissing``, ``CategoryTaken``."""
    category = Category() if category_id is None else Category.objects.filter(pk=category_id).first()
    if category is None:
        raise errors.CategoryMissing
    cleaner = Cleaner().text("name", name, 20, needed=True).text("icon", icon, 40).whole("position", position, 0, 9999)
    for field, value in cleaner.done(errors.EntryInvalid).items():
        setattr(category, field, value or getattr(category, field) if field == "icon" else value)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        raise errors.CategoryTaken from error
    mark_changed()
    record(action="yellowpages.category.saved", actor=actor, target=str(category.pk), target_label=category.name)
    return category


@transaction.atomic
def delete_category(*, category_id: uuid.UUID, actor: Actor) -> None:
    """Raises ``CategoryMissing``, ``CategoryInUse``."""
    category = Category.objects.select_for_update().filter(pk=category_id).first()
    if category is None:
        raise errors.CategoryMissing
    if category.entries.exists():
        raise errors.CategoryInUse
    record(action="yellowpages.category.deleted", actor=actor, target=str(category.pk), target_label=category.name)
    category.delete()
    mark_changed()


def owner_of(entry: Entry) -> str:
    return f"yellowpages.entry:{entry.pk}"


def locked(entry_id: uuid.UUID, version: int | None = None) -> Entry:
    """Raises ``EntryMissing``, ``EntryStale``."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("category").filter(pk=entry_id).first()
    if entry is None:
        raise errors.EntryMissing
    if version is not None and version != entry.version:
        raise errors.EntryStale
    return entry


def facts(entry: Entry) -> dict[str, Any]:
    """For the audit trail."""
    return {
        "name": entry.name, "address": entry.address, "hours_note": entry.hours_note, "is_public": entry.is_public,
        "lines": [f"{line.label} {line.number}".strip() for line in entry.lines.all()],
        "openings": opening.format_hours([(row.weekday, row.opens, row.closes) for row in entry.openings.all()]),
    }  # fmt: skip


def index(entry: Entry) -> None:
    """Set what it is sorted and found by."""
    entry.pinyin = names.sort_key(entry.name)[:300]
    words = [
        entry.name,
        names.search_key(entry.name),
        *(f"{tag} {names.search_key(tag)}" for tag in entry.tags.split()),
    ]
    entry.search_key = " ".join([*words, entry.address]).lower()[:1200]


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaner = Cleaner()
    cleaning.clean_texts(cleaner, fields)
    cleaning.clean_place(cleaner, fields)
    if "category_id" in fields:
        cleaner.values["category"] = Category.objects.filter(pk=fields["category_id"]).first()
        if cleaner.values["category"] is None:
            cleaner.refuse("category_id", "unknown_category", _("请选择类别。"))
    if "keeper_id" in fields:
        keeper = User.objects.filter(pk=fields["keeper_id"], is_active=True).first() if fields["keeper_id"] else None
        if fields["keeper_id"] and keeper is None:
            cleaner.refuse("keeper_id", "unknown_user", _("没有这个账号，或它已停用。"))
        cleaner.values["keeper"] = keeper
    for name, clean in (("lines", cleaning.clean_lines), ("openings", cleaning.clean_openings)):
        if name in fields:
            cleaner.values[name] = clean(cleaner, fields[name])
    return cleaner.done(errors.EntryInvalid)


def _assign(entry: Entry, cleaned: Mapping[str, Any], fields: Mapping[str, Any], actor: Actor) -> None:
    for name, value in cleaned.items():
        if name not in ("lines", "openings"):
            setattr(entry, name, value)
    if upload := fields.get("photo_upload"):
        try:
            stored = files.store_image(upload=upload, actor=actor)
            entry.photo = files.attach(file_ids=[stored.pk], owner=owner_of(entry), actor=actor)[stored.pk]
        except DomainError as error:
            fault = FieldError("/photo_upload", error.code, str(error.detail))
            raise errors.EntryInvalid(fields=(fault,)) from error
    index(entry)


def _insert(entry: Entry) -> None:
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise errors.EntryTaken from error


def _save(entry: Entry, at: datetime) -> None:
    entry.version, entry.updated_at = entry.version + 1, at
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise errors.EntryTaken from error


def _write_parts(entry: Entry, cleaned: Mapping[str, Any]) -> None:
    if "lines" in cleaned:
        entry.lines.all().delete()
        Line.objects.bulk_create(
            [Line(entry=entry, label=label, number=number, position=place)
             for place, (label, number) in enumerate(cleaned["lines"])]
        )  # fmt: skip
    if "openings" in cleaned:
        entry.openings.all().delete()
        Opening.objects.bulk_create(
            [
                Opening(entry=entry, weekday=day, opens=opens, closes=closes)
                for day, opens, closes in cleaned["openings"]
            ]
        )


def _changed(action: str, entry: Entry, actor: Actor, **more: Any) -> None:
    mark_changed()
    emit("yellowpages.entry.changed", payload={"entry_id": str(entry.pk), "name": entry.name}, actor_id=actor.id)
    if "verified" not in action:
        more["after"] = facts(entry)
    record(action=action, actor=actor, target=str(entry.pk), target_label=entry.name, **more)


def _today(at: datetime) -> Any:
    return at.astimezone(local_zone()).date()
