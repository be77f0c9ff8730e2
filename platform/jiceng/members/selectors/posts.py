"""Reads of posts and terms of office."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from jiceng.access.actor import Actor

from .. import scope
from ..bodies import TREE_OF_BODY
from ..errors import PostUnknown, TermUnknown
from ..models import Membership, Person, Post, Term, Unit
from .people import list_people


def get_post(post_id: UUID | str, *, actor: Actor, permission: str = scope.READ) -> Post:
    """A post in a unit that ``actor`` may see with ``permission``. Raises ``PostUnknown``."""
    posts = posts_in_reach(actor=actor, permission=permission)
    post = posts.select_related("unit", "person", "term").filter(pk=post_id).first()
    if post is None:
        raise PostUnknown
    return post


def posts_in_reach(*, actor: Actor, permission: str = scope.READ) -> QuerySet[Post]:
    """All posts in the units that ``actor`` reaches with ``permission``."""
    return Post.objects.filter(unit__in=scope.units_in_reach(actor, permission))


def get_term(term_id: UUID | str, *, actor: Actor, permission: str = scope.READ) -> Term:
    """A term of a unit that ``actor`` may see with ``permission``. Raises ``TermUnknown``."""
    terms = Term.objects.filter(unit__in=scope.units_in_reach(actor, permission))
    term = terms.select_related("unit").filter(pk=term_id).first()
    if term is None:
        raise TermUnknown
    return term


def posts_in(unit: Unit, *, only_open: bool = True) -> QuerySet[Post]:
    """Who holds, or held, posts in ``unit`` itself; in the order posts are listed by, then by seniority."""
    posts = Post.objects.filter(unit=unit).select_related("person", "term")
    return posts.filter(ended_on=None) if only_open else posts.order_by("-started_on", "id")


def candidates_for(unit: Unit, *, actor: Actor, query: str = "") -> QuerySet[Person]:
    """Who could be given a post in ``unit``: those below it, or with ``query`` anybody of its tree within reach."""
    bodies = [body for body, tree in TREE_OF_BODY.items() if tree == unit.tree]
    held = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, body__in=bodies)
    reachable = scope.people_in_reach(actor, scope.MANAGE)
    people = list_people(actor=actor, query=query, unit=None if query.strip() else unit)
    return people.filter(Exists(held), pk__in=reachable.values("pk"))


def posts_of(person: Person) -> QuerySet[Post]:
    """The posts somebody holds or held, the latest first."""
    return Post.objects.filter(person=person).select_related("unit", "term").order_by("-started_on", "id")


def terms_of(unit: Unit) -> QuerySet[Term]:
    return Term.objects.filter(unit=unit).order_by("-started_on")


def terms_ending_by(day: date) -> QuerySet[Term]:
    """Open terms of standing units that end by ``day`` and nobody was reminded of."""
    terms = Term.objects.filter(ended_on=None, reminded_on=None, ends_on__lte=day, unit__dissolved_on=None)
    return terms.select_related("unit").order_by("ends_on", "id")
