"""From sheets to a result. Nothing but arithmetic on what it is given: the same sheets give the same figures, always.

1. A score counts as percent of the criterion's maximum.
2. Normalisation. ``trimmed``: of five or more scores of one group for one criterion the highest and the lowest are left
   out, one each. ``z_score``: of a reviewer with three or more sheets every score is put as distance from that reviewer's
   own mean in units of their own spread, and laid on mean and spread of the whole round, within 0 and 100; who gives
   everybody the same counts as the round's mean. Self-reviews are never normalised and play no part in mean and spread.
3. The mean by criterion and group.
4. Groups without a sheet have their weight shared out among the others in proportion; then weights of groups and criteria.
5. Rounded once, at the end: two decimals, half up.

What is shown apart: only groups of ``group_minimum`` reviewers or more; smaller ones are put together, and where that is
still too few, with the smallest of the others: else one could work back from the total. In a blind round the person's own
review counts as nobody, for the same reason, and without enough reviewers there is no result at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from ..models import Group, Normalisation

CENT, HUNDRED, ZERO = Decimal("0.01"), Decimal(100), Decimal(0)
TRIM_FROM, Z_FROM = 5, 3
PRECISION = 40
Key = Any


@dataclass(frozen=True, slots=True)
class Measure:
    """A criterion. ``weight``: percent."""

    id: Key
    name: str
    weight: int
    max_score: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet handed in. ``reviewer``: ``None`` in blind rounds. ``scores``: criterion -> points."""

    subject: Key
    group: str
    scores: Mapping[Key, Decimal]
    reviewer: Key = None


@dataclass(frozen=True, slots=True)
class Rules:
    weights: Mapping[str, int]
    normalisation: str
    is_blind: bool
    group_minimum: int


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of one group, or of several put together. ``weight``: effective percent. ``score``: 0 to 100."""

    groups: tuple[str, ...]
    count: int
    weight: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """``total``: ``None`` where there is no result. ``missing``: groups whose weight went to the others."""

    total: Decimal | None
    lines: tuple[Line, ...] = ()
    criteria: tuple[tuple[str, int, Decimal], ...] = ()
    missing: tuple[str, ...] = ()
    reviewer_count: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": [
                {"groups": list(line.groups), "count": line.count, "weight": str(rounded(line.weight)),
                 "score": str(rounded(line.score))}
                for line in self.lines
            ],
            "criteria": [{"name": name, "weight": weight, "score": str(rounded(score))} for name, weight, score in self.criteria],
            "missing": list(self.missing), "reviewer_count": self.reviewer_count,
        }  # fmt: skip


@dataclass(slots=True)
class _Pool:
    """The scores of one group for one person: criterion -> percents."""

    count: int = 0
    scores: dict[Key, list[Decimal]] = field(default_factory=dict)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def outcomes(sheets: Sequence[Filled], measures: Sequence[Measure], rules: Rules) -> dict[Key, Outcome]:
    """A result for everybody who has at least one sheet."""
    with localcontext() as context:
        context.prec = PRECISION
        percents = [_percents(sheet, measures) for sheet in sheets]
        if rules.normalisation == Normalisation.Z_SCORE:
            _standardise(sheets, percents, measures)
        found: dict[Key, dict[str, _Pool]] = {}
        for sheet, scores in zip(sheets, percents, strict=True):
            if sheet.group not in rules.weights:
                continue
            pool = found.setdefault(sheet.subject, {}).setdefault(sheet.group, _Pool())
            pool.count += 1
            for key, value in scores.items():
                pool.scores.setdefault(key, []).append(value)
        return {subject: _outcome(pools, measures, rules) for subject, pools in found.items()}


def _percents(sheet: Filled, measures: Sequence[Measure]) -> dict[Key, Decimal]:
    return {measure.id: sheet.scores[measure.id] * HUNDRED / measure.max_score for measure in measures}


def _standardise(sheets: Sequence[Filled], percents: list[dict[Key, Decimal]], measures: Sequence[Measure]) -> None:
    """Replace the percents by ones in which strict and lenient reviewers count alike."""
    own: dict[Key, list[int]] = {}
    for index, sheet in enumerate(sheets):
        if sheet.group != Group.SELF and sheet.reviewer is not None:
            own.setdefault(sheet.reviewer, []).append(index)
    judged = [index for index, sheet in enumerate(sheets) if sheet.group != Group.SELF]
    if not judged:
        return
    for measure in measures:
        mean, spread = _mean_and_spread([percents[index][measure.id] for index in judged])
        laid = {}
        for indexes in own.values():
            if len(indexes) < Z_FROM:
                continue
            own_mean, own_spread = _mean_and_spread([percents[index][measure.id] for index in indexes])
            for index in indexes:
                distance = (percents[index][measure.id] - own_mean) / own_spread if own_spread else ZERO
                laid[index] = min(max(mean + distance * spread, ZERO), HUNDRED)
        for index, value in laid.items():
            percents[index][measure.id] = value


def _mean_and_spread(values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """Mean and population standard deviation. Sorted first, so that the order of sheets never shows in a last digit."""
    ordered = sorted(values)
    mean = sum(ordered, ZERO) / len(ordered)
    return mean, (sum(sorted((value - mean) ** 2 for value in ordered), ZERO) / len(ordered)).sqrt()


def _outcome(pools: Mapping[str, _Pool], measures: Sequence[Measure], rules: Rules) -> Outcome:
    missing = tuple(group for group in rules.weights if group not in pools)
    judges = sum(pool.count for group, pool in pools.items() if group != Group.SELF)
    if not judges or (rules.is_blind and judges < rules.group_minimum):
        return Outcome(None, missing=missing)
    present = {group: rules.weights[group] for group in rules.weights if group in pools}
    share = {group: Decimal(weight) / sum(present.values()) for group, weight in present.items()}
    means = {
        group: {measure.id: _mean(pools[group].scores[measure.id], rules) for measure in measures} for group in present
    }
    by_criterion = {
        measure.id: sum((share[group] * means[group][measure.id] for group in present), ZERO) for measure in measures
    }
    total = sum((by_criterion[measure.id] * measure.weight / HUNDRED for measure in measures), ZERO)
    lines = []
    for groups in _shown(pools, present, rules):
        weight = sum((share[group] for group in groups), ZERO)
        score = sum((share[group] * _weighted(means[group], measures) for group in groups), ZERO) / weight
        lines.append(Line(groups, sum(pools[group].count for group in groups), weight * HUNDRED, score))
    criteria = tuple((measure.name, measure.weight, by_criterion[measure.id]) for measure in measures)
    return Outcome(rounded(total), tuple(lines), criteria, missing, judges)


def _mean(values: list[Decimal], rules: Rules) -> Decimal:
    ordered = sorted(values)
    if rules.normalisation == Normalisation.TRIMMED and len(ordered) >= TRIM_FROM:
        ordered = ordered[1:-1]
    return sum(ordered, ZERO) / len(ordered)


def _weighted(means: Mapping[Key, Decimal], measures: Sequence[Measure]) -> Decimal:
    return sum((means[measure.id] * measure.weight / HUNDRED for measure in measures), ZERO)


def _shown(pools: Mapping[str, _Pool], present: Mapping[str, int], rules: Rules) -> list[tuple[str, ...]]:
    """Which groups are shown by themselves and which together; none where even all together are too few."""

    def size(groups: Iterable[str]) -> int:
        return sum(pools[group].count for group in groups if group != Group.SELF)

    own = [Group.SELF.value] if Group.SELF in present and not rules.is_blind else []
    others = [group for group in present if group not in own]
    together = [group for group in others if size([group]) < rules.group_minimum]
    alone = sorted((group for group in others if group not in together), key=lambda group: (size([group]), group))
    while together and size(together) < rules.group_minimum and alone:
        together.append(alone.pop(0))
    if size(together) < rules.group_minimum:
        together = []
    apart = [(group,) for group in present if group in alone or group in own]
    return [*apart, *([tuple(group for group in present if group in together)] if together else [])]
