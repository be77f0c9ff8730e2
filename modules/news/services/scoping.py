"""On whose behalf somebody may write and publish, and to whom."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel.errors import FieldError
from jiceng.members.models import Unit

from .. import errors
from ..manifest.words import PUBLISH, WRITE
from ..models import Article


def require_over(article: Article, *, actor: Actor, permission: str) -> None:
    """Raise ``Forbidden`` unless ``actor`` has ``permission`` over the article's unit (over everything where it has none)."""
    path = article.unit.path if article.unit else ""
    if permission == WRITE and policy.may(actor, PUBLISH, path):
        return  # who may publish may write
    policy.require(actor, permission, path)


def unit_for(unit_id: uuid.UUID | None, *, actor: Actor) -> Unit | None:
    """The unit that ``actor`` writes for: the one asked for, else everything, else their only one.

    Raises ``ArticleInvalid`` on ``/unit_id``: unknown, dissolved, out of reach, or to be chosen.
    """
    if unit_id is not None:
        unit = Unit.objects.filter(pk=unit_id, dissolved_on=None).first()
        if unit is None:
            raise _refusal("unknown_unit", _("没有这个组织，或它已撤销。"))
        if not any(policy.may(actor, permission, unit.path) for permission in (WRITE, PUBLISH)):
            raise _refusal("unit_out_of_reach", _("您不能代表这个组织撰写文章。"))
        return unit
    reach = [policy.unit_paths(actor, permission) for permission in (WRITE, PUBLISH)]
    if None in reach:
        return None
    paths = sorted({path for paths in reach for path in paths or ()})
    unit = Unit.objects.filter(path=paths[0]).first() if len(paths) == 1 else None
    if unit is None:
        raise _refusal("required", _("请选择以哪个组织的名义发布。"))
    return unit


def _refusal(code: str, message: str) -> errors.ArticleInvalid:
    return errors.ArticleInvalid(fields=(FieldError("/unit_id", code, message),))
