"""Sensitive values in clear: to whom, for what reason, and on record."""

from __future__ import annotations

import uuid

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, services
from jiceng.members.models import Disclosure

PHONE, ID_NUMBER = "13800138000", "11010519491231002X"


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def person(actor):
    unit = services.create_unit(name="支部", kind="party_branch", actor=actor)
    return services.create_person(name="张三", unit_id=unit.pk, phone=PHONE, id_number=ID_NUMBER, actor=actor)


def on_record() -> list[tuple]:
    return list(Disclosure.objects.values_list("person__name", "kind", "fields", "reason", "actor_name"))


def test_values_are_shown_for_a_reason_and_it_is_on_record(person, secretary):
    seen = services.reveal(
        person_id=person.pk, fields=["phone"], reason="电话核对参会", actor=Actor.for_user(secretary)
    )
    assert seen == {"phone": PHONE}
    assert on_record() == [("张三", "reveal", "phone", "电话核对参会", "书记")]
    entry = AuditEntry.objects.get(action="members.person.revealed")
    assert entry.note == "电话核对参会"
    assert PHONE not in f"{entry.before}{entry.after}{entry.target_label}"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (["phone"], ""),
        (["phone"], " 看看 "),
        ([], "电话核对参会"),
        (["name"], "电话核对参会"),
        (["phone", "x"], "电话核对参会"),
    ],
)
def test_without_reason_or_field_nothing_is_shown(person, secretary, fields, reason):
    with pytest.raises(Invalid):
        services.reveal(person_id=person.pk, fields=fields, reason=reason, actor=Actor.for_user(secretary))
    assert on_record() == []


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_see_nothing(person, who, request):
    someone = Actor.for_user(request.getfixturevalue(who))
    with pytest.raises(Forbidden):
        services.reveal(person_id=person.pk, fields=["phone"], reason="电话核对参会", actor=someone)
    assert on_record() == []


def test_reach_is_respected(person, member, actor):
    other = services.create_unit(name="另一支部", kind="party_branch", actor=actor)
    role = create_role(name="支部书记", permissions=["members.read", "members.read_sensitive"], actor=actor)
    assign_role(user=member, role=role.code, unit_path=other.path, actor=actor)
    for person_id in (person.pk, uuid.uuid4()):
        with pytest.raises(errors.PersonUnknown):
            services.reveal(person_id=person_id, fields=["phone"], reason="电话核对参会", actor=Actor.for_user(member))
    assert on_record() == []


def test_many_are_noted_at_once(person, actor, django_assert_num_queries):
    ids = [person.pk] * 30
    with django_assert_num_queries(3):  # one, in a savepoint
        assert services.disclose(ids, fields=["phone"], kind="export", reason="年度统计", actor=actor) == 30
    assert len(on_record()) == 30
