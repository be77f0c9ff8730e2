"""A branch with members, and members with WeChat."""

from __future__ import annotations

from dataclasses import dataclass

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import services as members
from jiceng.members.models import Person, Unit
from jiceng.wechat.models import Identity
from jiceng.wechat.services import binding, identities

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Branch:
    unit: Unit
    people: list[Person]


def make_branch(name: str = "第一党支部", names: tuple[str, ...] = ("王芳", "李强", "赵敏")) -> Branch:
    """A Party branch with members; phones end in 0001, 0002, …"""
    unit = members.create_unit(kind="party_branch", name=name, actor=SYSTEM)
    made = []
    for number, person_name in enumerate(names, 1):
        person = members.create_person(name=person_name, phone=f"1380013{number:04}", unit_id=unit.pk, body="party", actor=SYSTEM)
        made.append(person)
    return Branch(unit, made)


def bound(account, world, person: Person, player: str, *, follows: bool = True) -> Identity:
    """``player`` (of the simulator) is ``person``, bound and following, without any window open."""
    if follows and not account.is_wecom:
        world.tie(player, account.appid).follows = True
    tie = world.tie(player, account.appid)
    identity = identities.ensure(account, tie.openid)
    identity.is_following = follows
    identity.save()
    binding.bind(identity, person, actor=SYSTEM, at=now())
    person.refresh_from_db()
    return identity
