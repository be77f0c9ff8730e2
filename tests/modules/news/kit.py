"""Building blocks for tests of news. Call within a tenant's scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role, create_user
from jiceng.kernel.clock import now
from jiceng.members import services as members
from jiceng.members.models import Person, Unit
from modules.news import services
from modules.news.models import Article
from tests.factories.people import PASSWORD

BODY = "<p>入冬以来，登记窗口党支部把流动办理点开进三个老旧小区。</p>"


def write(
    *, column: str = "releases", actor: Actor | None = None, at: datetime | None = None,
    details: Mapping[str, Any] | None = None, **fields: Any,
) -> Article:  # fmt: skip
    """A draft."""
    given = {"column": column, "title": "窗口服务进社区", "body": BODY, **fields}
    if details is not None:
        given["details"] = details
    return services.create_article(fields=given, actor=actor or Actor.system(), at=at or now())  # type: ignore[arg-type]


def publish(article: Article, *, actor: Actor | None = None, at: datetime | None = None) -> Article:
    """Publish a draft; ``deliver`` does what the worker does afterwards."""
    return services.publish_article(article_id=article.pk, actor=actor or Actor.system(), at=at or now())


def deliver(article: Article, *, at: datetime | None = None) -> int | None:
    """Make the list of recipients and tell them."""
    return services.deliver_article(article_id=article.pk, at=at or now())


def make_unit(name: str, parent: Unit | None = None, *, kind: str = "party_branch") -> Unit:
    """A unit of the Party's tree, unless ``kind`` is of another."""
    return members.create_unit(name=name, kind=kind, parent_id=parent.pk if parent else None, actor=Actor.system())


def make_person(
    name: str, unit: Unit | None = None, *, body: str = "party", state: str | None = None, login: str = "", roles: tuple[str, ...] = ()
) -> Person:
    """Somebody on the roster, with a login where ``login`` gives a username; ``roles`` are held everywhere."""
    person = members.create_person(
        name=name, unit_id=unit.pk if unit else None, body=body if unit else None, state=state, actor=Actor.system()
    )
    if login:
        person.user = create_user(
            username=login, password=PASSWORD, display_name=name, roles=roles or ("member",), actor=Actor.system()
        )
        person.save(update_fields=("user",))
    return person


def give(user: User, role: str, unit: Unit | None = None) -> None:
    """The role within the subtree of ``unit`` (everywhere without it)."""
    assign_role(user=user, role=role, actor=Actor.system(), unit_path=unit.path if unit else "")


def actor_of(person: Person) -> Actor:
    """The person's user as an actor, with the roles held now."""
    assert person.user_id
    return Actor.for_user(User.objects.get(pk=person.user_id))


def secretary_of(unit: Unit, name: str, login: str) -> Person:
    """A member of the unit who holds the role ``secretary`` there."""
    person = make_person(name, unit, login=login)
    assert person.user is not None
    give(person.user, "secretary", unit)
    return person
