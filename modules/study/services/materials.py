"""Materials: what lessons are made of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.files.models import StoredFile
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..manifest.words import TEACH
from ..models import TITLE_LENGTH, Lesson, Material, MaterialKind
from . import scoping
from .recording import record_deed

BODY_LENGTH = 200_000
WITH_FILE = (MaterialKind.FILE, MaterialKind.VIDEO)


class MaterialFields(TypedDict, total=False):
    """What an editor may say. ``kind`` is fixed once made. ``file_id``: the actor's own upload; ``upload``: a fresh one."""

    kind: str
    title: str
    source: str
    body: str
    url: str
    unit_id: uuid.UUID | None
    file_id: uuid.UUID | None
    upload: UploadedFile | None


def owner_of(material: Material) -> str:
    return f"study.material:{material.pk}"


@transaction.atomic
def create_material(*, fields: MaterialFields, actor: Actor, at: datetime) -> Material:
    """Raises ``CourseInvalid`` with a fault by field, ``Forbidden``, the refusals of ``jiceng.files`` at ``/upload``."""
    kind = fields.get("kind", "")
    if kind not in MaterialKind.values:
        raise _fault("kind", "unknown_kind", _("请选择资料类型。"))
    material = Material(kind=kind, created_at=at, updated_at=at)
    material.unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=TEACH)
    _assign(material, {"title": "", **fields}, actor=actor, at=at)
    _check_content(material)
    material.save(force_insert=True)
    _attach_pictures(material, actor=actor, at=at)
    record_deed("study.material.created", material, actor, after={"title": material.title, "kind": material.kind})
    return material


@transaction.atomic
def update_material(
    *, material_id: uuid.UUID, fields: MaterialFields, version: int | None = None, actor: Actor, at: datetime
) -> Material:
    """Change the given fields; every lesson that uses it shows the new text. Locks the row.

    Raises ``MaterialMissing``, ``MaterialStale``, ``CourseInvalid``, ``Forbidden``.
    """
    material = _locked(material_id, actor)
    if version is not None and version != material.version:
        raise errors.MaterialStale
    before = _facts(material)
    _assign(material, fields, actor=actor, at=at)
    _check_content(material)
    material.version, material.updated_at = material.version + 1, at
    material.save()
    _attach_pictures(material, actor=actor, at=at)
    record_deed("study.material.updated", material, actor, before=before, after=_facts(material))
    return material


@transaction.atomic
def retire_material(*, material_id: uuid.UUID, actor: Actor, at: datetime) -> Material:
    """Offer it no longer. Raises ``MaterialInUse`` while a course uses it."""
    material = _locked(material_id, actor)
    if Lesson.objects.filter(material=material).exists():
        raise errors.MaterialInUse
    material.is_retired, material.version, material.updated_at = True, material.version + 1, at
    material.save()
    record_deed("study.material.retired", material, actor)
    return material


def _locked(material_id: uuid.UUID, actor: Actor) -> Material:
    rows = Material.objects.select_for_update(of=("self",)).select_related("unit", "file")
    material = rows.filter(pk=material_id).first()
    if material is None:
        raise errors.MaterialMissing
    scoping.require_over(material.unit, actor=actor, permission=TEACH)
    return material


def _assign(material: Material, fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    cleaner = Cleaner()
    for name, longest in (("title", TITLE_LENGTH), ("source", 100), ("body", BODY_LENGTH), ("url", 500)):
        if name in fields:
            cleaner.text(name, fields[name] or "", longest, needed=name == "title")
    url = cleaner.values.get("url", "")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        cleaner.refuse("url", "invalid_url", _("链接要以 https:// 或 http:// 开头。"))
    for name, value in cleaner.done(errors.CourseInvalid).items():
        setattr(material, name, richtext.sanitise(value) if name == "body" else value)
    if material.kind != MaterialKind.LINK:
        material.url = ""
    if fields.get("upload") or fields.get("file_id"):
        _take_file(material, fields, actor=actor, at=at)


def _take_file(material: Material, fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Store what was uploaded, or take the actor's own stored file."""
    if material.kind not in WITH_FILE:
        raise _fault("upload", "not_wanted", _("这种资料没有文件。"))
    is_video = material.kind == MaterialKind.VIDEO
    try:
        if fields.get("upload"):
            store = files.store_media if is_video else files.store_attachment
            stored = store(upload=fields["upload"], actor=actor).pk
        else:
            stored = fields["file_id"]
        found = files.attach(file_ids=[stored], owner=owner_of(material), actor=actor)[stored]
    except DomainError as error:
        raise _fault("upload", error.code, str(error.detail)) from error
    if is_video and not found.is_media:
        raise _fault("upload", "not_media", _("请选择视频或音频。"))
    material.file, material.duration_seconds = found, found.duration_seconds


def _attach_pictures(material: Material, *, actor: Actor, at: datetime) -> None:
    """Pictures in the text belong to the material; what it no longer shows is let go."""
    wanted = richtext.picture_ids(material.body)
    known = set(StoredFile.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    try:
        files.attach(file_ids=known, owner=owner_of(material), actor=actor)
    except DomainError as error:
        raise _fault("body", error.code, str(error.detail)) from error
    files.release(owner=owner_of(material), keep={*known, *([material.file_id] if material.file_id else [])}, at=at)


def _check_content(material: Material) -> None:
    """Every kind has what it is about."""
    missing = {
        MaterialKind.ARTICLE: ("body", richtext.is_blank(material.body), _("请填写正文。")),
        MaterialKind.FILE: ("upload", material.file is None, _("请上传文件。")),
        MaterialKind.VIDEO: ("upload", material.file is None, _("请上传视频或音频。")),
        MaterialKind.LINK: ("url", not material.url, _("请填写链接。")),
    }[MaterialKind(material.kind)]
    if missing[1]:
        raise _fault(missing[0], "required", missing[2])


def _facts(material: Material) -> dict[str, Any]:
    return {"title": material.title, "source": material.source, "url": material.url, "version": material.version}


def _fault(name: str, code: str, message: str) -> errors.CourseInvalid:
    return errors.CourseInvalid(fields=(FieldError(f"/{name}", code, message),))
