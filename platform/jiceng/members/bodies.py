"""The bodies one belongs to, their trees of units, and how a membership moves from state to state.

Sources: 《中国共产党章程》 and 《中国共产党发展党员工作细则》 (applicant to full member), 《工会法》, 《中国共产主义青年团章程》.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tree(models.TextChoices):
    """Trees of units, side by side."""

    PARTY = "party", _("党组织")
    UNION = "union", _("工会")
    LEAGUE = "league", _("共青团")
    WOMEN = "women", _("妇联")
    ADMIN = "admin", _("行政部门")


class Body(models.TextChoices):
    """What one can be a member of; several at once."""

    PARTY = "party", _("党组织")
    UNION = "union", _("工会")
    LEAGUE = "league", _("共青团")
    WOMEN = "women", _("妇联")
    STAFF = "staff", _("职工")
    MASSES = "masses", _("群众")


TREE_OF_BODY: Mapping[str, str] = {
    Body.PARTY: Tree.PARTY, Body.UNION: Tree.UNION, Body.LEAGUE: Tree.LEAGUE, Body.WOMEN: Tree.WOMEN,
    Body.STAFF: Tree.ADMIN, Body.MASSES: Tree.ADMIN,
}  # fmt: skip
# Whose unit stands beside a name where only one can: the first of these that somebody has.
PRIMARY_ORDER = (Body.STAFF, Body.PARTY, Body.UNION, Body.LEAGUE, Body.WOMEN, Body.MASSES)


@dataclass(frozen=True, slots=True)
class State:
    """A state of a membership. ``next``: where it may go; with ``is_end`` the membership is over."""

    code: str
    label: Any
    next: tuple[str, ...] = ()
    is_end: bool = False


def _states(*states: State) -> Mapping[str, State]:
    return {state.code: state for state in states}


LEFT = State("left", _("已退出"), is_end=True)
MOVED = State("transferred", _("已转出"), is_end=True)
DIED = State("deceased", _("已去世"), is_end=True)
OVER = ("left", "transferred", "deceased")
ENDS = (LEFT, MOVED, DIED)

STATES: Mapping[str, Mapping[str, State]] = {
    Body.PARTY: _states(
        State("full", _("正式党员"), (*OVER, "suspended", "expelled")),
        State("probationary", _("预备党员"), ("full", "cancelled", *OVER, "expelled")),
        State("candidate", _("发展对象"), ("probationary", "activist", *OVER)),
        State("activist", _("入党积极分子"), ("candidate", "applicant", *OVER)),
        State("applicant", _("入党申请人"), ("activist", *OVER)),
        State("suspended", _("停止党籍"), ("full", *OVER, "expelled")),
        State("cancelled", _("取消预备资格"), is_end=True),
        State("expelled", _("已开除"), is_end=True),
        *ENDS,
    ),
    Body.UNION: _states(
        State("member", _("会员"), ("retained", *OVER)), State("retained", _("保留会籍"), ("member", *OVER)), *ENDS
    ),
    Body.LEAGUE: _states(
        State("member", _("团员"), ("retained", "overage", *OVER)),
        State("retained", _("保留团籍"), ("member", "overage", *OVER)),
        State("overage", _("超龄离团"), is_end=True),
        *ENDS,
    ),
    Body.WOMEN: _states(
        State("member", _("会员"), ("representative", *OVER)),
        State("representative", _("代表"), ("member", *OVER)),
        *ENDS,
    ),
    Body.STAFF: _states(
        State("regular", _("在职"), ("retired", "seconded", *OVER)),
        State("probation", _("试用期"), ("regular", *OVER)),
        State("seconded", _("借调在外"), ("regular", "retired", *OVER)),
        State("retired", _("退休"), ("regular", *OVER)),
        *ENDS,
    ),
    Body.MASSES: _states(State("member", _("群众"), OVER), *ENDS),
}
# What a membership begins with when nobody says otherwise: what most of a roster is.
DEFAULT_STATE: Mapping[str, str] = {body: next(iter(states)) for body, states in STATES.items()}
# States in which somebody takes part as a member of the Party (not the ones still applying).
PARTY_MEMBER_STATES = ("full", "probationary")


def state_of(body: str, code: str) -> State | None:
    return STATES.get(body, {}).get(code)


def state_label(body: str, code: str) -> str:
    """ "正式党员"; the code itself for one that is no longer known."""
    state = state_of(body, code)
    return str(state.label) if state else code


def open_states(body: str) -> tuple[State, ...]:
    """The states that somebody who still belongs can be in."""
    return tuple(state for state in STATES[body].values() if not state.is_end)


def may_become(body: str, before: str, after: str) -> bool:
    """Whether the state machine of ``body`` leads from ``before`` to ``after`` in one step."""
    state = state_of(body, before)
    return state is not None and after in state.next
