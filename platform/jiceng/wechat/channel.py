"""WeChat as a way out of the inbox (``jiceng.notices.channels``)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.clock import now
from jiceng.kernel.module_settings import read as read_settings
from jiceng.notices.channels.port import Answer, Message, Result
from jiceng.notices.models import Habits

from .models import Account, AccountState, Campaign, CampaignKind, Identity, Push, PushState
from .services import campaigns, pushing
from .services.planning import Ways
from .wording import trail_words


class WeChatChannel:
    """Takes messages over in the same transaction; which of WeChat's ways they go is decided for each person."""

    code = "wechat"
    label: Any = gettext_lazy("微信")

    def is_on(self) -> bool:
        return bool(read_settings("wechat").push_enabled) and Account.objects.filter(state=AccountState.ACTIVE).exists()

    def reachable(self) -> Q:
        known = Identity.objects.filter(person__user=OuterRef("user"), account__state=AccountState.ACTIVE)
        return Q(Exists(known))

    def unwanted(self) -> Q:
        return Q(Exists(Habits.objects.filter(user=OuterRef("user"), uses_wechat=False)))

    def addresses(self, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The roster entries of those who have bound WeChat."""
        known = Identity.objects.filter(person__user__in=user_ids, account__state=AccountState.ACTIVE)
        return {user: str(person) for user, person in known.values_list("person__user", "person")}

    def push(self, messages: Sequence[Message]) -> list[Result]:
        ways, at = Ways(), now()
        wanted: dict[tuple[uuid.UUID, bool], list[tuple[uuid.UUID, int | None]]] = {}
        kept: dict[uuid.UUID, Campaign] = {}
        for message in messages:
            campaign = _campaign(message, kept)
            wanted.setdefault((campaign.pk, message.is_urgent), []).append(
                (uuid.UUID(message.address), message.delivery_id)
            )
            kept[campaign.pk] = campaign
        results = {}
        for (campaign_id, is_urgent), people in wanted.items():
            for push in pushing.push_to_people(kept[campaign_id], people, at=at, is_urgent=is_urgent, ways=ways):
                results[push.delivery_id] = _result(push)
        return [results[message.delivery_id] for message in messages]

    def recall(self, notice_ids: Collection[uuid.UUID]) -> None:
        campaigns.recall([f"notice:{pk}" for pk in notice_ids], at=now())


def _result(push: Push) -> Result:
    if push.state == PushState.SKIPPED:
        return Result(Answer.NO_WAY, trail_words(push.trail))
    return Result(Answer.HANDED)


def _campaign(message: Message, kept: dict[uuid.UUID, Campaign]) -> Campaign:
    """A notice's own, shared by all who get it; a digest is somebody's own."""
    if len(message.lines) > 1:
        titles = "；".join(line.title for line in message.lines)
        title = _("%(count)d 条新消息") % {"count": len(message.lines)}
        return pushing.campaign_for(
            key=f"digest:{message.key}", kind=CampaignKind.DIGEST, category="", title=title, text=titles[:300],
            url="/notices/", at=now(),
        )  # fmt: skip
    line = message.lines[0]
    key = f"notice:{line.notice_id}"
    found = next((campaign for campaign in kept.values() if campaign.key == key), None)
    return found or pushing.campaign_for(
        key=key, category=line.category, title=line.title, text=line.text, url=line.url, at=line.created_at
    )
