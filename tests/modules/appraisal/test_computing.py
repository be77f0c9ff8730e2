"""The arithmetic, against figures worked out by hand."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from modules.appraisal.services.computing import Filled, Measure, Rules, outcomes

ONE = [Measure("c", "履职", 100, 10)]
TWO = [Measure("a", "履职", 60, 10), Measure("b", "服务", 40, 20)]


def rules(normalisation="none", *, is_blind=False, minimum=3, **weights):
    return Rules(weights or {"peers": 100}, normalisation, is_blind, minimum)


def sheet(value, group="peers", *, subject="s", reviewer=None):
    return Filled(subject, group, {"c": Decimal(str(value))}, reviewer)


def test_weights_of_groups_and_criteria():
    """Peers: a (8+9+7)/3=8 → 80 %, b (16+18+14)/3=16 → 80 %: 80. Branch: a 9 → 90 %, b 12 → 60 %: 54+24=78.
    Leaders: a 10 → 100 %, b 20 → 100 %: 100. Total .5*80 + .3*78 + .2*100 = 83.40.
    """
    given = [("peers", 8, 16), ("peers", 9, 18), ("peers", 7, 14), ("branch", 9, 12), ("leaders", 10, 20)]
    sheets = [Filled("s", group, {"a": Decimal(a), "b": Decimal(b)}) for group, a, b in given]
    found = outcomes(sheets, TWO, rules(peers=50, branch=30, leaders=20))["s"]
    assert found.total == Decimal("83.40")
    # a: .5*80 + .3*90 + .2*100 = 87; b: .5*80 + .3*60 + .2*100 = 78
    assert [(name, score) for name, _weight, score in found.criteria] == [("履职", Decimal(87)), ("服务", Decimal(78))]


def test_a_missing_groups_weight_is_shared_out():
    """Peers 50 and branch 30 of 80: 80*.625 + 90*.375 = 83.75."""
    sheets = [*(sheet(8) for _each in range(3)), *(sheet(9, "branch") for _each in range(3))]
    found = outcomes(sheets, ONE, rules(peers=50, branch=30, leaders=20))["s"]
    assert (found.total, found.missing) == (Decimal("83.75"), ("leaders",))
    assert [(line.groups, line.weight) for line in found.lines] == [
        (("peers",), Decimal("62.5")),
        (("branch",), Decimal("37.5")),
    ]


@pytest.mark.parametrize(
    ("values", "total"),
    [
        # Below five nothing is left out: (2+8+8+10)/4 = 7
        ((2, 8, 8, 10), "70.00"),
        # Of five: without 2 and 10, (7+8+9)/3 = 8
        ((2, 7, 8, 9, 10), "80.00"),
        # Only one of several equal ones goes
        ((8, 8, 8, 10, 10), "86.67"),
    ],
)
def test_trimmed(values, total):
    assert outcomes([sheet(value) for value in values], ONE, rules("trimmed"))["s"].total == Decimal(total)


def test_strict_and_lenient_reviewers_count_alike():
    """A strict reviewer gives x, y, z 4, 5, 6; a lenient one 8, 9, 10: both say the same with other words.

    Percents 40 50 60 80 90 100: mean 70, variance (900+400+100+100+400+900)/6 = 466.67, spread 21.602.
    Each reviewer's spread is sqrt(200/3) = 8.165, so their outer ones lie 10/8.165 = 1.224745 away:
    70 - 1.224745*21.602 = 43.5425, 70, 96.4575. Both agree, so these are the means.
    """
    sheets = [
        sheet(value, subject=subject, reviewer=reviewer)
        for reviewer, values in (("strict", (4, 5, 6)), ("lenient", (8, 9, 10)))
        for subject, value in zip("xyz", values, strict=True)
    ]
    found = outcomes(sheets, ONE, rules("z_score"))
    assert {subject: outcome.total for subject, outcome in found.items()} == {
        "x": Decimal("43.54"), "y": Decimal("70.00"), "z": Decimal("96.46"),
    }  # fmt: skip
    plain = outcomes(sheets, ONE, rules())
    assert [plain[subject].total for subject in "xyz"] == [Decimal(60), Decimal(70), Decimal(80)]


def test_who_gives_everybody_the_same_counts_as_the_mean():
    """All 10s from one and 2, 5, 8 from another. 100 100 100 20 50 80: mean 75, variance (3*625+3025+625+25)/6 = 925, spread
    30.414. The first says 75 of each. The other's ends lie 1.224745 * 30.414 = 37.249 away: 37.751 and, cut off, 100.
    So x (75+37.751)/2 = 56.3755, y 75, z (75+100)/2 = 87.5.
    """
    sheets = [sheet(10, subject=subject, reviewer="kind") for subject in "xyz"]
    sheets += [sheet(value, subject=subject, reviewer="exact") for subject, value in zip("xyz", (2, 5, 8), strict=True)]
    found = outcomes(sheets, ONE, rules("z_score"))
    assert [found[subject].total for subject in "xyz"] == [Decimal("56.38"), Decimal("75.00"), Decimal("87.50")]


def test_two_sheets_are_too_few_to_know_a_reviewer():
    sheets = [sheet(value, subject=subject, reviewer="new") for subject, value in (("x", 4), ("y", 6))]
    assert outcomes(sheets, ONE, rules("z_score"))["x"].total == Decimal("40.00")


def test_standardised_scores_stay_on_the_scale():
    values = [*(("loud", f"s{n}", 10 if n else 0) for n in range(9)), *(("calm", f"s{n}", 5) for n in range(9))]
    found = outcomes([sheet(v, subject=s, reviewer=r) for r, s, v in values], ONE, rules("z_score"))
    assert all(0 <= outcome.total <= 100 for outcome in found.values())


def test_rounded_once_and_half_up():
    """(10+10+10+7.3 … ) chosen so that the mean is x.xx5: 8.1235 of 10 is 81.235 → 81.24."""
    sheets = [sheet(value) for value in ("8.12", "8.13", "8.12", "8.124")]
    assert outcomes(sheets, ONE, rules())["s"].total == Decimal("81.24")


def test_the_order_of_sheets_changes_nothing():
    sheets = [sheet(f"{n}.{n}3", subject=f"s{n % 3}", reviewer=f"r{n % 4}") for n in range(10)]
    first = outcomes(sheets, ONE, rules("z_score"))
    for seed in range(5):
        shuffled = random.Random(seed).sample(sheets, len(sheets))
        assert outcomes(shuffled, ONE, rules("z_score")) == first


# --- Nobody can be worked back from what is shown ------------------------------------------------------------------------
def shown(counts, *, is_blind=True, minimum=3):
    sheets = [sheet(5 + number, group) for group, count in counts.items() for number in range(count)]
    share = 100 // len(counts)
    found = outcomes(sheets, ONE, rules(is_blind=is_blind, minimum=minimum, **dict.fromkeys(counts, share)))["s"]
    return [(line.groups, line.count) for line in found.lines]


@pytest.mark.parametrize(
    ("counts", "lines"),
    [
        ({"peers": 5, "branch": 3, "leaders": 4}, [(("peers",), 5), (("branch",), 3), (("leaders",), 4)]),
        # One leader would follow from the total: put together with the smallest of the others
        ({"peers": 5, "branch": 3, "leaders": 1}, [(("peers",), 5), (("branch", "leaders"), 4)]),
        ({"peers": 5, "branch": 2, "leaders": 1}, [(("peers",), 5), (("branch", "leaders"), 3)]),
        ({"peers": 5, "branch": 1, "leaders": 1}, [(("peers", "branch", "leaders"), 7)]),
        ({"peers": 1, "branch": 1, "leaders": 1}, [(("peers", "branch", "leaders"), 3)]),
        # In a blind round one's own review counts as nobody, and would follow from the total too
        ({"self": 1, "peers": 5, "leaders": 3}, [(("peers",), 5), (("self", "leaders"), 4)]),
        ({"self": 1, "peers": 3}, [(("self", "peers"), 4)]),
    ],
)
def test_small_groups_are_put_together(counts, lines):
    assert shown(counts) == lines


def test_named_rounds_show_ones_own_review_and_hide_what_is_too_small():
    assert shown({"self": 1, "peers": 5}, is_blind=False) == [(("self",), 1), (("peers",), 5)]
    assert shown({"self": 1, "peers": 2}, is_blind=False) == [(("self",), 1)]
    assert shown({"leaders": 1}, is_blind=False) == []


def test_too_few_reviewers_give_no_result_in_a_blind_round():
    sheets = [sheet(9, "self"), sheet(8), sheet(7)]
    blind = outcomes(sheets, ONE, rules(is_blind=True, self=10, peers=90))["s"]
    assert (blind.total, blind.lines, blind.criteria) == (None, (), ())
    assert outcomes(sheets, ONE, rules(self=10, peers=90))["s"].total == Decimal("76.50")
    assert outcomes([sheet(9, "self")], ONE, rules(self=10, peers=90))["s"].total is None
