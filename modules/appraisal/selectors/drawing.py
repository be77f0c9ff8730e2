"""Who would be judged by whom. A look only: the list is written down when the round is opened.

* Judged is everybody in the audience. Home is the unit of their membership in the Party, else the one beside their name.
* ``peers``: up to ``peer_count`` others of the same home, drawn by a fixed shuffle, so that everybody judges as many as
  judge them and looking twice shows the same list.
* ``branch``: who holds a post of secretary or in the committee, in the home or the nearest unit above it that has any.
* ``leaders``: who leads the next unit above that has leaders, and who heads the department beside their name.
* Who fits in several ways judges once, as the highest of them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jiceng.members import audiences
from jiceng.members.bodies import Body
from jiceng.members.models import Membership, Person, PersonState, Post, PostKind, Unit
from jiceng.members.models.units import LABEL_LENGTH

from ..models import Group, Round

SUBJECTS_AT_MOST = 2000
BRANCH_POSTS = frozenset({
    PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY, PostKind.DISCIPLINE,
    PostKind.YOUTH, PostKind.COMMITTEE_MEMBER,
})  # fmt: skip
LEADING_POSTS = frozenset({
    PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.CHAIR, PostKind.DEPUTY_CHAIR, PostKind.HEAD, PostKind.DEPUTY_HEAD,
})  # fmt: skip
HEADING_POSTS = frozenset({PostKind.HEAD, PostKind.DEPUTY_HEAD})


@dataclass(frozen=True, slots=True)
class Reviewer:
    person_id: uuid.UUID
    name: str
    group: str
    user_id: uuid.UUID | None


@dataclass(slots=True)
class Judged:
    person_id: uuid.UUID
    name: str
    unit_id: uuid.UUID | None
    unit_name: str
    is_graded: bool
    reviewers: list[Reviewer] = field(default_factory=list)

    @property
    def judge_count(self) -> int:
        """How many judge them beside themselves."""
        return sum(1 for reviewer in self.reviewers if reviewer.group != Group.SELF)


@dataclass(frozen=True, slots=True)
class Drawn:
    """``is_too_large``: more than fit into one round; then the list is cut off."""

    judged: tuple[Judged, ...]
    is_too_large: bool = False

    @property
    def sheet_count(self) -> int:
        return sum(len(row.reviewers) for row in self.judged)

    @property
    def reviewers(self) -> dict[uuid.UUID, Reviewer]:
        return {reviewer.person_id: reviewer for row in self.judged for reviewer in row.reviewers}

    @property
    def without_login_count(self) -> int:
        return sum(1 for reviewer in self.reviewers.values() if reviewer.user_id is None)

    @property
    def most_sheets(self) -> int:
        """The largest number of sheets that one person has to fill in."""
        counts: dict[uuid.UUID, int] = {}
        for row in self.judged:
            for reviewer in row.reviewers:
                counts[reviewer.person_id] = counts.get(reviewer.person_id, 0) + 1
        return max(counts.values(), default=0)

    def by_group(self) -> dict[str, int]:
        counts = dict.fromkeys(Group.values, 0)
        for row in self.judged:
            for reviewer in row.reviewers:
                counts[reviewer.group] += 1
        return counts

    def with_too_few(self, minimum: int) -> list[Judged]:
        return [row for row in self.judged if row.judge_count < minimum]


def draw(round: Round, *, at: datetime) -> Drawn:
    """The list as it would be drawn up at ``at``. Four queries, however many people there are."""
    found = audiences.people(round.audience, at=at).select_related("unit").order_by("pinyin", "name", "pk")
    people = list(found[: SUBJECTS_AT_MOST + 1])
    is_too_large = len(people) > SUBJECTS_AT_MOST
    people = people[:SUBJECTS_AT_MOST]
    party = {
        row.person_id: row
        for row in Membership.objects.filter(
            person__in=[person.pk for person in people], body=Body.PARTY, ended_on=None
        ).select_related("unit")
    }
    homes: dict[uuid.UUID, Unit | None] = {}
    for person in people:
        membership = party.get(person.pk)
        homes[person.pk] = membership.unit if membership and membership.unit else person.unit
    offices = _Offices(
        Post.objects.filter(ended_on=None, person__state=PersonState.ACTIVE).select_related("unit", "person")
    )
    circles = _circles(round, people, homes)
    judged = []
    for person in people:
        home, membership = homes[person.pk], party.get(person.pk)
        row = Judged(
            person.pk, person.name, home.pk if home else None, home.name if home else "",
            is_graded=membership is None or membership.state != "probationary",
        )  # fmt: skip
        row.reviewers = _reviewers(round, person, home, offices, circles)
        judged.append(row)
    return Drawn(tuple(judged), is_too_large)


def _circles(
    round: Round, people: Iterable[Person], homes: Mapping[uuid.UUID, Unit | None]
) -> dict[uuid.UUID, list[Person]]:
    """The people of every home in an order that nobody chose and that is always the same."""
    circles: dict[uuid.UUID, list[Person]] = {}
    for person in people:
        home = homes[person.pk]
        if home is not None:
            circles.setdefault(home.pk, []).append(person)
    for circle in circles.values():
        circle.sort(key=lambda person: hashlib.sha256(f"{round.pk}|{person.pk}".encode()).digest())
    return circles


def _reviewers(
    round: Round, person: Person, home: Unit | None, offices: _Offices, circles: Mapping[uuid.UUID, list[Person]]
) -> list[Reviewer]:
    chosen: dict[uuid.UUID, tuple[Person, str]] = {}
    weights = round.weights
    branch_path, branch = offices.nearest(home.path if home else "", BRANCH_POSTS)
    if Group.BRANCH in weights:
        chosen |= {each.pk: (each, Group.BRANCH.value) for each in branch}
    if Group.LEADERS in weights:
        above = branch_path or (home.path if home else "")
        leaders = offices.nearest(_parent(above), LEADING_POSTS)[1]
        heads = offices.right_in(person.unit_id, HEADING_POSTS)
        chosen |= {each.pk: (each, Group.LEADERS.value) for each in [*leaders, *heads]}
    chosen.pop(person.pk, None)
    if Group.PEERS in weights and home is not None:
        circle = circles[home.pk]
        start = next(index for index, each in enumerate(circle) if each.pk == person.pk)
        following = [*circle[start + 1 :], *circle[:start]]
        peers = [each for each in following if each.pk not in chosen][: round.peer_count]
        chosen |= {each.pk: (each, Group.PEERS.value) for each in peers}
    if Group.SELF in weights:
        chosen[person.pk] = (person, Group.SELF.value)
    return [Reviewer(each.pk, each.name, group, each.user_id) for each, group in chosen.values()]  # type: ignore[attr-defined]


def _parent(path: str) -> str:
    return path[: -(LABEL_LENGTH + 1)]


class _Offices:
    """Who holds which post where, now."""

    def __init__(self, posts: Iterable[Any]) -> None:
        self.by_path: dict[str, list[Post]] = {}
        self.by_unit: dict[uuid.UUID, list[Post]] = {}
        for post in posts:
            self.by_path.setdefault(post.unit.path, []).append(post)
            self.by_unit.setdefault(post.unit_id, []).append(post)

    def nearest(self, path: str, kinds: frozenset[PostKind]) -> tuple[str, list[Person]]:
        """The unit at ``path`` or the nearest above it in which somebody holds one of ``kinds``, and who does."""
        while path:
            holders = [post.person for post in self.by_path.get(path, ()) if post.kind in kinds]
            if holders:
                return path, holders
            path = _parent(path)
        return "", []

    def right_in(self, unit_id: uuid.UUID | None, kinds: frozenset[PostKind]) -> list[Person]:
        return [post.person for post in self.by_unit.get(unit_id, ()) if post.kind in kinds] if unit_id else []
