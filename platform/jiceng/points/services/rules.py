"""Publishing rules: within the bounds that manifests set, never for the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.kernel.registry import registry

from .. import errors
from ..models import RuleVersion
from ..selectors import rules as reads
from ..selectors.rules import Rule

NOTE_LENGTH = 200


@transaction.atomic
def publish_rules(
    *, rules: Mapping[str, Mapping[str, Any]], note: str, effective_at: datetime | None, expected: int, actor: Actor,
    at: datetime,
) -> RuleVersion:  # fmt: skip
    """Let other numbers hold from ``effective_at`` on (``None``: now). What was given before stays as it is.

    ``rules``: code -> those of ``is_on``, ``points``, ``daily_cap``, ``yearly_cap`` that change. ``expected``: the newest
    version's number that the editor saw, 0 for none. Raises ``PointsInvalid`` with faults below ``/<code>/``,
    ``RulesStale``, ``NothingChanged``. Audited with what changed.
    """
    newest = reads.newest_version()
    if (newest.number if newest else 0) != expected:
        raise errors.RulesStale
    cleaner = Cleaner().text("note", note, NOTE_LENGTH)
    clean_moment(cleaner, {"effective_at": effective_at}, "effective_at")
    starts_at = cleaner.values.get("effective_at") or at
    if starts_at < at:
        cleaner.refuse("effective_at", "in_the_past", _("生效时间不能早于现在，已给的积分不受影响。"))
    cleaner.refuse_unknown(rules, set(registry.points_rules))
    known = {rule.code: rule for rule in reads.rules_of(newest)}
    wanted = {code: _cleaned(cleaner, rule, rules.get(code, {})) for code, rule in known.items()}
    values = cleaner.done(errors.PointsInvalid)
    before = {code: rule.as_json() for code, rule in known.items()}
    changed = {code: after for code, after in wanted.items() if after != before[code]}
    if not changed:
        raise errors.NothingChanged
    version = RuleVersion(
        number=expected + 1, effective_at=starts_at, rules=wanted, note=values["note"],
        author_name=actor.display_name[:150], created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:  # two editors at once: the unique number lets one of them win
        raise errors.RulesStale from error
    record(
        action="points.rules_published", actor=actor, target=str(version.number), target_label=version.note,
        before={code: before[code] for code in changed}, after=changed,
    )  # fmt: skip
    return version


def _cleaned(cleaner: Cleaner, rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    own = Cleaner(within=rule.code).refuse_unknown(given, set(reads.TUNED))
    values = {**rule.as_json(), **given}
    own.whole("points", values["points"], rule.declared.minimum, rule.declared.maximum, needed=True)
    own.whole("daily_cap", values["daily_cap"], 1, rule.most_a_day, needed=True)
    if values["yearly_cap"] is not None:
        own.whole("yearly_cap", values["yearly_cap"], 1, rule.most_a_year, needed=True)
    if not own.faults and own.values["daily_cap"] < own.values["points"]:
        own.refuse("daily_cap", "below_points", _("每天的上限不能低于一次的积分。"))
    if not own.faults and values["yearly_cap"] is not None and own.values["yearly_cap"] < own.values["daily_cap"]:
        own.refuse("yearly_cap", "below_daily", _("全年的上限不能低于每天的上限。"))
    if not isinstance(values["is_on"], bool):
        own.refuse("is_on", "invalid", _("应为是或否。"))
    cleaner.faults.extend(own.faults)
    return {**own.values, "yearly_cap": own.values.get("yearly_cap"), "is_on": values["is_on"]}
