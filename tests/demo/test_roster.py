"""The demonstration's people: every data file can be told as a roster."""

from __future__ import annotations

import json

import pytest

from jiceng.demo.people import Roster
from jiceng.demo.seed import DATA, TENANTS
from jiceng.members import selectors
from jiceng.members.models import Membership, Person, Post


@pytest.mark.parametrize("slug", TENANTS)
def test_roster_is_made(in_hongqi, slug):
    roster = Roster(json.loads((DATA / f"{slug}.json").read_text("utf-8")))
    roster.make()
    member = roster.member("王小燕")
    assert {held.body for held in selectors.memberships_of(member)} == {"staff", "party", "union"}
    assert set(Membership.objects.values_list("body", flat=True)) >= {"party", "union", "women"}
    assert Person.objects.filter(state="left").count() == 1
    assert set(Post.objects.values_list("kind", flat=True)) >= {"secretary", "organisation", "publicity"}
    assert {node.tree for node in selectors.unit_tree()} == {"party", "union", "league", "women", "admin"}
