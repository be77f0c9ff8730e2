"""Certificates issued and classes credited at the same moment: every number once, one for each person."""

from __future__ import annotations

import pytest

from jiceng.kernel.clock import now, today
from modules.study import errors
from modules.study.models import Certificate, CertificateYear, HoursEntry
from modules.study.services import attendance, classes
from modules.study.services import certificates as services
from tenants.context import tenant_scope
from tests.support.racing import at_once

from . import kit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def study_on():
    """These tests call services; no module has to be on."""


def test_at_once_gives_every_number_once(fresh_tenant):
    with tenant_scope(fresh_tenant):
        branch, course = kit.make_unit("第一支部"), kit.make_course(gives_certificate=True)
        same, *others = [kit.make_person(f"成员{name}", branch) for name in "甲乙丙丁戊"]
    people = iter([same] * 4 + others)

    def issue():
        return services.issue(person=next(people), course=course, at=now(), actor=kit.SYSTEM).number

    outcomes = at_once(fresh_tenant, 8, issue)
    with tenant_scope(fresh_tenant):
        counter = CertificateYear.objects.get()
        numbers = sorted(Certificate.objects.values_list("number", flat=True))
        assert numbers == [f"{counter.year}-{count:06d}" for count in range(1, 6)]
        assert (set(outcomes), counter.last_number) == (set(numbers), 5)


def test_confirmed_by_eight_credits_once(fresh_tenant):
    with tenant_scope(fresh_tenant):
        person = kit.make_person("成员甲", kit.make_unit("第一支部"))
        fields = {"title": "书记培训班", "first_date": today(), "duration_kind": "days", "duration_count": "2"}
        one = classes.create_class(fields=fields, actor=kit.SYSTEM, at=now())
        attendance.record_attendance(class_id=one.pk, states={person.pk: "present"}, actor=kit.SYSTEM, at=now())
    outcomes = at_once(
        fresh_tenant, 8, lambda: classes.confirm_class(class_id=one.pk, actor=kit.SYSTEM, at=now()).state
    )
    assert sorted(map(str, outcomes)) == sorted(["confirmed", *[str(errors.ClassConfirmed)] * 7])
    with tenant_scope(fresh_tenant):
        assert [row.hours for row in HoursEntry.objects.all()] == [16]
