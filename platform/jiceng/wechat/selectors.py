"""Reads of the WeChat side."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.members import scope
from jiceng.members.models import Membership, Person, PersonState, Unit

from .errors import AccountUnknown, CampaignUnknown, ConversationUnknown, RuleUnknown
from .manifest import BIND
from .models import (
    Account,
    AccountKind,
    AccountState,
    BindCase,
    BindState,
    Campaign,
    Channel,
    Conversation,
    ConversationState,
    Identity,
    Lane,
    MenuVersion,
    Push,
    Remark,
    ReplyRule,
)  # fmt: skip
from .services import conversations


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How far a unit is with binding. ``path``: of the unit; counts are of people right in it and below."""

    unit_id: uuid.UUID
    name: str
    depth: int
    people: int
    bound: int

    @property
    def percent(self) -> int:
        return self.bound * 100 // self.people if self.people else 0


def has_account() -> bool:
    return Account.objects.filter(state=AccountState.ACTIVE).exists()


def list_accounts() -> QuerySet[Account]:
    return Account.objects.exclude(state=AccountState.DISABLED).order_by("created_at")


def get_account(account_id: uuid.UUID | str) -> Account:
    """Raises ``AccountUnknown``."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise AccountUnknown
    return account


def official_accounts() -> QuerySet[Account]:
    """Those that make QR codes and have followers."""
    return Account.objects.filter(state=AccountState.ACTIVE, kind__in=(AccountKind.OFFICIAL, AccountKind.AUTHORIZED))


def binding_figures(actor: Actor, *, tree: str = "") -> list[UnitFigures]:
    """Every unit within reach in reading order, with people in it and below and how many have bound. Two queries."""
    units = scope.units_in_reach(actor, BIND).filter(dissolved_on=None)
    rows = list((units.filter(tree=tree) if tree else units).order_by("path").values("pk", "name", "path", "depth"))
    is_bound = Exists(Identity.objects.filter(person=OuterRef("person"), account__state=AccountState.ACTIVE))
    held = Membership.objects.filter(ended_on=None, unit__isnull=False, person__state=PersonState.ACTIVE)
    counted = (
        held.order_by()
        .values_list("unit__path")
        .annotate(people=Count("person", distinct=True), bound=Count("person", distinct=True, filter=Q(is_bound)))
    )
    counts = {path: (people, bound) for path, people, bound in counted}
    found = []
    for row in rows:
        below = [count for path, count in counts.items() if path.startswith(row["path"])]
        found.append(
            UnitFigures(row["pk"], row["name"], row["depth"], sum(c[0] for c in below), sum(c[1] for c in below))
        )
    return found


def people_with_binding(actor: Actor, *, unit: Unit | None = None, is_bound: bool | None = None) -> QuerySet[Person]:
    """People within reach by name, each with ``has_wechat`` and ``bound_since``, the earliest of their bindings."""
    people = scope.people_in_reach(actor, BIND).filter(state=PersonState.ACTIVE)
    if unit is not None:
        held = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, unit__path__startswith=unit.path)
        people = people.filter(Exists(held))
    theirs = Identity.objects.filter(person=OuterRef("pk"), account__state=AccountState.ACTIVE)
    people = people.annotate(
        has_wechat=Exists(theirs), bound_since=Subquery(theirs.order_by("bound_at").values("bound_at")[:1])
    )
    if is_bound is not None:
        people = people.filter(has_wechat=is_bound)
    return people.select_related("unit").order_by("pinyin", "name", "id")


def binding_totals(actor: Actor, *, unit: Unit | None = None) -> tuple[int, int]:
    """(people within reach, how many of them have bound), nobody twice. One query."""
    people = people_with_binding(actor, unit=unit).order_by()
    counted = people.aggregate(people=Count("pk"), bound=Count("pk", filter=Q(has_wechat=True)))
    return counted["people"], counted["bound"]


def identities_in_reach(actor: Actor) -> QuerySet[Identity]:
    """Bindings of people within reach, newest first."""
    found = Identity.objects.filter(person__in=scope.people_in_reach(actor, BIND))
    return found.select_related("account", "person__unit").order_by("-bound_at", "-id")


def identities_of_user(user: User) -> QuerySet[Identity]:
    return Identity.objects.filter(person__user=user).select_related("account").order_by("bound_at")


def bind_cases(actor: Actor) -> QuerySet[BindCase]:
    """What an administrator has to look at: cases of units within reach, all of them for who reaches everything."""
    found = BindCase.objects.filter(state=BindState.CONFLICT).select_related(
        "identity__account", "code__unit", "code__person", "person__unit"
    )
    reach = Q(code__unit__in=scope.units_in_reach(actor, BIND)) | Q(code__person__in=scope.people_in_reach(actor, BIND))
    return found.filter(reach).order_by("created_at")


def conversations_for(actor: Actor, *, show: str = "waiting", words: str = "") -> QuerySet[Conversation]:
    """``show``: ``"waiting"``, ``"answered"``, ``"closed"``, ``""`` for all. Longest waiting first, else newest first."""
    found: QuerySet[Conversation] = conversations.within_reach(actor)
    if show in ConversationState.values:
        found = found.filter(state=show)
    if words:
        found = found.filter(Q(excerpt__icontains=words) | Q(person__name__contains=words))
    return found.order_by("last_in_at" if show == ConversationState.WAITING else "-last_in_at", "id")


def own_conversation(conversation_id: uuid.UUID, *, user: User) -> Conversation:
    """Somebody's own. Raises ``ConversationUnknown``."""
    found = (
        Conversation.objects.select_related("identity__account").filter(pk=conversation_id, person__user=user).first()
    )
    if found is None:
        raise ConversationUnknown
    return found


def waiting_count(actor: Actor) -> int:
    return conversations_for(actor).order_by().count()


def list_campaigns(*, words: str = "") -> QuerySet[Campaign]:
    found = Campaign.objects.order_by("-id")
    return found.filter(title__icontains=words) if words else found


def get_campaign(campaign_id: uuid.UUID | str) -> Campaign:
    """Raises ``CampaignUnknown``."""
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise CampaignUnknown
    return campaign


def campaign_figures(campaign: Campaign) -> dict[tuple[str, str], int]:
    """(state, channel) -> how many. One query over an index."""
    rows = Push.objects.filter(campaign=campaign).order_by().values_list("state", "channel").annotate(count=Count("*"))
    return {(state, channel): count for state, channel, count in rows}


def figures_of(campaigns: Sequence[Campaign]) -> dict[uuid.UUID, dict[str, int]]:
    """Campaign -> state -> how many, for a page of them. One query over an index."""
    rows = Push.objects.filter(campaign__in=campaigns).order_by().values_list("campaign", "state").annotate(count=Count("*"))  # fmt: skip
    found: dict[uuid.UUID, dict[str, int]] = {campaign.pk: {} for campaign in campaigns}
    for campaign_id, state, count in rows:
        found[campaign_id][state] = count
    return found


def pushes_of(campaign: Campaign, *, state: str = "") -> QuerySet[Push]:
    """Each with its person and account."""
    found = Push.objects.filter(campaign=campaign).select_related("person", "account")
    return (found.filter(state=state) if state else found).order_by("id")


def lanes_waiting(at: datetime) -> Mapping[str, str]:
    """Account and channel, in words -> why nothing goes out just now."""
    rows = Lane.objects.filter(paused_until__gt=at).select_related("account")
    return {f"{row.account.name} {Channel(row.channel).label}": row.pause_reason for row in rows}


def menu_versions(account: Account) -> QuerySet[MenuVersion]:
    """The draft, if there is one, then what was published, newest first; the last twenty."""
    return MenuVersion.objects.filter(account=account).order_by("-number")[:20]


def accounts_with_menus() -> list[tuple[Account, MenuVersion | None, MenuVersion | None]]:
    """Each account in use with the version that is published and the draft. Two queries."""
    accounts = list(list_accounts())
    published: dict[uuid.UUID, MenuVersion] = {}
    drafts: dict[uuid.UUID, MenuVersion] = {}
    for row in MenuVersion.objects.filter(account__in=accounts).defer("buttons", "conditional").order_by("number"):
        (drafts if row.published_at is None else published)[row.account_id] = row  # type: ignore[attr-defined]
    return [(account, published.get(account.pk), drafts.get(account.pk)) for account in accounts]


def list_rules() -> QuerySet[ReplyRule]:
    """In the order in which they are tried."""
    return ReplyRule.objects.select_related("account").order_by("trigger", "position", "id")


def get_rule(rule_id: uuid.UUID) -> ReplyRule:
    """Raises ``RuleUnknown``."""
    rule = ReplyRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise RuleUnknown
    return rule


def remarks_of(conversation: Conversation) -> list[Remark]:
    """The last two hundred in order, each with its author and, of the staff's, ``push``: what became of it. Two queries."""
    rows = conversation.remarks.select_related("author").prefetch_related("pushes").order_by("-made_at", "-id")[:200]
    found = list(reversed(rows))
    for remark in found:
        remark.push = next(iter(remark.pushes.all()), None)  # type: ignore[attr-defined]
    return found


def namesakes(case: BindCase, *, actor: Actor) -> list[Person]:
    """Whom a case can be about: the person named, else the people of the code's unit, within reach; 200 at most."""
    if case.person is not None:
        return [case.person]
    unit = case.code.unit if case.code else None
    return list(people_with_binding(actor, unit=unit, is_bound=False)[:200])
