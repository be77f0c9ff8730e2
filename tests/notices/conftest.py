"""The people of 红旗社区, and what they may do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiceng.access.actor import Actor


@pytest.fixture
def people(people, hongqi):
    """Secretary, editor, member and stranger of 红旗社区."""
    return people(hongqi)


@pytest.fixture
def actors(people, in_hongqi):
    """The same people as actors."""
    names = ("secretary", "editor", "member", "stranger")
    return SimpleNamespace(**{name: Actor.for_user(getattr(people, name)) for name in names})
