"""By which way a push goes: the first that is open to this person, with the reason for each one passed over.

WeCom, then template message, then subscription message, then a customer-service message while its window is open. What
none of them reaches is in the inbox of the platform in any case.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..models import Account, AccountState, Channel, Identity, TemplateBinding
from . import identities

# Reasons, stored with each push; their words are in ``selectors.REASONS``.
NO_IDENTITY, NOT_FOLLOWING, NO_TEMPLATE, NO_OFFER, NO_WINDOW, NOT_VERIFIED = (
    "no_identity", "not_following", "no_template", "no_offer", "no_window", "not_verified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    channel: str
    identity: Identity
    binding: TemplateBinding | None = None


@dataclass(slots=True)
class Plan:
    """``ways``: open ones in order; ``passed``: (channel, reason) of the others."""

    ways: list[Way] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)


class Ways:
    """Everything that planning needs, read once for many people: accounts, templates. Two queries, one more for each batch."""

    def __init__(self, category: str = "") -> None:
        self.accounts = {row.pk: row for row in Account.objects.filter(state=AccountState.ACTIVE)}
        self.bindings = list(TemplateBinding.objects.filter(account__in=self.accounts))

    def identities_of(self, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Identity]]:
        """Person id -> identities at accounts that are active. One query."""
        found: dict[uuid.UUID, list[Identity]] = {}
        for row in Identity.objects.filter(person__in=person_ids, account__in=self.accounts).order_by("bound_at"):
            if row.person_id is not None:
                found.setdefault(row.person_id, []).append(row)
        return found

    def binding(self, account_id: uuid.UUID, channel: str, category: str) -> TemplateBinding | None:
        """The template for this category, or the one for all others."""
        fitting = [row for row in self.bindings if (row.account_id, row.channel) == (account_id, channel)]
        return next((row for row in fitting if row.category == category), None) or next(
            (row for row in fitting if not row.category), None
        )

    def plan(self, owned: Iterable[Identity], *, category: str, at: datetime, is_reply: bool = False) -> Plan:
        """``is_reply``: an answer to what they wrote: in the chat while that is possible, before anything else."""
        plan = Plan()
        rows = [row for row in owned if row.account_id in self.accounts]
        order = (Channel.CUSTOM, Channel.WECOM, Channel.TEMPLATE, Channel.SUBSCRIPTION) if is_reply else tuple(Channel)
        for channel in order:
            self._try(plan, channel, rows, category, at)
        return plan

    def _try(self, plan: Plan, channel: Channel, rows: list[Identity], category: str, at: datetime) -> None:
        fitting = [row for row in rows if self.accounts[row.account_id].is_wecom == (channel == Channel.WECOM)]
        if not fitting:
            plan.passed.append((channel, NO_IDENTITY))
            return
        reason = ""
        for row in fitting:
            binding = self.binding(row.account_id, channel, category)
            reason = self._against(channel, row, binding, at)
            if not reason:
                plan.ways.append(Way(channel, row, binding))
                return
        plan.passed.append((channel, reason))

    def _against(self, channel: Channel, row: Identity, binding: TemplateBinding | None, at: datetime) -> str:
        if channel == Channel.WECOM:
            return ""
        account = self.accounts[row.account_id]
        if not account.is_verified:
            return NOT_VERIFIED
        if channel == Channel.SUBSCRIPTION:
            if binding is None:
                return NO_TEMPLATE
            return "" if row.offers.get(binding.template_id) else NO_OFFER
        if not row.is_following:
            return NOT_FOLLOWING
        if channel == Channel.TEMPLATE:
            return "" if binding is not None else NO_TEMPLATE
        return "" if identities.has_window(row, at=at) else NO_WINDOW
