"""The deeds of a follow-up by name, as phone and console send them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor

from ..errors.survey import FollowUpInvalid
from . import follow_ups, moderating

SHOWS: tuple[tuple[str, Any], ...] = (
    ("", gettext_lazy("办理中")), ("mine", gettext_lazy("我的")), ("overdue", gettext_lazy("已逾期")),
    ("closed", gettext_lazy("已办结")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    message: str
    phone: str = ""


def do(deed: str, *, follow_up_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> Done:
    """``accept``, ``note``, ``reply``, ``close`` or ``phone``. Raises what the deed raises; ``FollowUpInvalid`` for others."""
    if deed == "accept":
        follow_ups.accept(follow_up_id=follow_up_id, actor=actor, at=at)
        return Done(_("已受理，请在期限内答复。"))
    if deed == "note":
        follow_ups.add_note(follow_up_id=follow_up_id, text=text, actor=actor, at=at)
        return Done(_("已记录。"))
    if deed == "reply":
        follow_ups.reply(follow_up_id=follow_up_id, text=text, actor=actor, at=at)
        return Done(_("已答复，群众凭回执号能看到。"))
    if deed == "close":
        follow_ups.close(follow_up_id=follow_up_id, actor=actor, at=at)
        return Done(_("已办结。"))
    if deed == "phone":
        return Done(_("没有留电话。"), phone=moderating.reveal_phone(follow_up_id=follow_up_id, actor=actor, at=at))
    raise FollowUpInvalid


def tabs(show: str) -> list[dict[str, object]]:
    """The lists of follow-ups, as tabs."""
    return [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS]
