"""Writing the guide."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..models import BODY_LENGTH, TITLE_LENGTH, Topic
from ..selectors import topics as reads

AUDITED = ("title", "module", "is_public", "is_shown", "position")
KNOWN = {"title", "body", "module", "is_public", "is_shown", "position", "picture_upload", "drop_picture"}


class TopicFields(TypedDict, total=False):
    """``picture_upload``: a picture; ``drop_picture``: take the present one away."""

    title: str
    body: str
    module: str
    is_public: bool
    is_shown: bool
    position: int
    picture_upload: UploadedFile | None
    drop_picture: bool


@transaction.atomic
def create_topic(*, fields: TopicFields, actor: Actor, at: datetime) -> Topic:
    """Raises ``TopicInvalid`` with a fault by field."""
    topic = Topic(created_at=at, updated_at=at)
    _assign(topic, {"title": "", "body": "", **fields}, actor)
    topic.save(force_insert=True)
    record(
        action="guide.topic.created", actor=actor, target=str(topic.pk), target_label=topic.title, after=_facts(topic)
    )
    return topic


@transaction.atomic
def update_topic(
    *, topic_id: uuid.UUID, fields: TopicFields, version: int | None = None, actor: Actor, at: datetime
) -> Topic:
    """Change the given fields. Raises ``TopicInvalid``, ``TopicMissing``, ``TopicStale``."""
    topic = _locked(topic_id)
    if version is not None and topic.version != version:
        raise errors.TopicStale
    before = _facts(topic)
    _assign(topic, dict(fields), actor)
    topic.version, topic.updated_at = topic.version + 1, at
    topic.save()
    record(
        action="guide.topic.updated", actor=actor, target=str(topic.pk), target_label=topic.title, before=before,
        after=_facts(topic),
    )  # fmt: skip
    return topic


@transaction.atomic
def delete_topic(*, topic_id: uuid.UUID, actor: Actor) -> None:
    """Raises ``TopicMissing``; ``TopicBuiltIn`` for those that every tenant has: these are hidden instead."""
    topic = _locked(topic_id)
    if topic.code:
        raise errors.TopicBuiltIn
    topic.delete()
    record(action="guide.topic.deleted", actor=actor, target=str(topic_id), target_label=topic.title)


def owner_of(topic: Topic) -> str:
    """What the topic's picture belongs to."""
    return f"guide.topic:{topic.pk}"


def _locked(topic_id: uuid.UUID) -> Topic:
    topic = Topic.objects.select_for_update(of=("self",)).filter(pk=topic_id).first()
    if topic is None:
        raise errors.TopicMissing
    return topic


def _assign(topic: Topic, fields: dict[str, Any], actor: Actor) -> None:
    cleaner = Cleaner().refuse_unknown(fields, KNOWN)
    for name, longest in (("title", TITLE_LENGTH), ("body", BODY_LENGTH)):
        if name in fields:
            cleaner.text(name, fields[name], longest, needed=True)
    if "position" in fields:
        cleaner.whole("position", fields["position"], 0, 9999)
    if fields.get("module") and fields["module"] not in reads.module_names():
        cleaner.refuse("module", "unknown_module", "没有这个功能模块。")
    for name, value in cleaner.done(errors.TopicInvalid).items():
        setattr(topic, name, value)
    for name in ("module", "is_public", "is_shown"):
        if name in fields:
            setattr(topic, name, fields[name])
    if fields.get("drop_picture"):
        topic.picture = None
    if upload := fields.get("picture_upload"):
        _attach(topic, upload, actor)


def _attach(topic: Topic, upload: UploadedFile, actor: Actor) -> None:
    try:
        stored = files.store_image(upload=upload, actor=actor)
        topic.picture = files.attach(file_ids=[stored.pk], owner=owner_of(topic), actor=actor)[stored.pk]
    except DomainError as error:
        fault = FieldError("/picture_upload", error.code, str(error.detail))
        raise errors.TopicInvalid(fields=(fault,)) from error


def _facts(topic: Topic) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in AUDITED}
