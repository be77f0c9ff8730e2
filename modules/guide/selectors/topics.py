"""The topics, as far as somebody may read them."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile
from jiceng.kernel.registry import registry

from .. import errors
from ..models import Topic

READ, MANAGE = "guide.read", "guide.manage"


def readable(actor: Actor) -> QuerySet[Topic]:
    """Shown ones: for members those of modules that are on, for visitors the public ones of these."""
    found = Topic.objects.filter(is_shown=True).select_related("picture")
    if actor.modules is not None:
        found = found.filter(Q(module="") | Q(module__in=list(actor.modules)))
    return found if policy.may(actor, READ) else found.filter(is_public=True)


def managed() -> QuerySet[Topic]:
    """All of them, hidden ones too."""
    return Topic.objects.select_related("picture")


def get_topic(topic_id: uuid.UUID, actor: Actor) -> Topic:
    """Raises ``TopicMissing``."""
    rows = managed() if policy.may(actor, MANAGE) else readable(actor)
    topic = rows.filter(pk=topic_id).first()
    if topic is None:
        raise errors.TopicMissing
    return topic


def picture_of(topic_id: uuid.UUID, actor: Actor) -> StoredFile:
    """Raises ``TopicMissing``, also if it has none."""
    picture = get_topic(topic_id, actor).picture
    if picture is None:
        raise errors.TopicMissing
    return picture


def may_open_picture(*, actor: Actor, owner_id: str) -> bool:
    """Whether a topic's picture may be seen."""
    return readable(actor).filter(pk=owner_id).exists() or policy.may(actor, MANAGE)


def module_names() -> dict[str, str]:
    """Code -> Chinese name of every module that a topic may explain."""
    return {manifest.code: str(manifest.name) for manifest in registry.modules}
