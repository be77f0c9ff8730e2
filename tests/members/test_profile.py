"""One's own data: changing it, asking for changes, who decides, what is on record."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.audit.models import AuditEntry
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import Invalid, NotFound
from jiceng.members import errors, sealing, services
from jiceng.members.models import Consent, Disclosure, Person, PersonChange, ProfileChange
from jiceng.members.profile import consents, exporting, knowledge, requests, selectors
from jiceng.members.profile import services as own
from jiceng.members.profile.errors import (
    EvidenceRefused,
    NoEntry,
    NotLight,
    NotOwnChange,
    RequestDecided,
    RequestOvertaken,
    RequestPending,
    RequestUnknown,
)
from jiceng.workflow import services as workflow
from jiceng.workflow.models import Assignment, Case
from tests.factories.people import make_user
from tests.files.samples import pdf

AT = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
OLD, NEW, OTHER = "13800138000", "13900139000", "13700137000"
ID_NUMBER = "11010519491231002X"
PDF = pdf()


@pytest.fixture
def world(in_hongqi, member, stranger, hongqi):
    """``me`` in the eastern branch, ``head`` approves there, ``west_head`` in the western; ``other`` is another member."""
    system = Actor.system("测试")
    east, west = (services.create_unit(name=name, kind="party_branch", actor=system) for name in ("东支部", "西支部"))
    role = create_role(name="审核人", permissions=["members.approve_changes", "workflow.view"], actor=system)
    heads = [make_user(hongqi, name, display_name=name) for name in ("head", "west_head")]
    for head, unit in zip(heads, (east, west), strict=True):
        assign_role(user=head, role=role.code, unit_path=unit.path, actor=system)
    other_user = make_user(hongqi, "other", "member", display_name="李四")
    person = services.create_person(name="张三", unit_id=east.pk, phone=OLD, birth_date="1980-01-02", actor=system)
    other = services.create_person(name="李四", unit_id=east.pk, phone=OTHER, email="lisi@example.com", actor=system)
    services.link_user(person_id=person.pk, user_id=member.pk, actor=system)
    services.link_user(person_id=other.pk, user_id=other_user.pk, actor=system)
    return SimpleNamespace(
        person=person, other=other, me=Actor.for_user(member), them=Actor.for_user(other_user),
        head=Actor.for_user(heads[0]), west_head=Actor.for_user(heads[1]), nobody=Actor.for_user(stranger), system=system,
    )  # fmt: skip


def phone_of(person) -> str:
    return sealing.phone_of(Person.objects.get(pk=person.pk))


def ask(world, phone=NEW, **extra) -> ProfileChange:
    return requests.request_change(group="phone", values={"phone": phone}, actor=world.me, at=AT, **extra)


def assignment(change) -> Assignment:
    return Assignment.objects.get(case__subject_id=str(change.pk), state="open")


def test_light_fields_change_at_once(world):
    own.update_own(values={"email": "Me@Example.com", "education": "本科"}, version=1, actor=world.me)
    person = Person.objects.get(pk=world.person.pk)
    assert (person.email, person.education, person.version) == ("me@example.com", "本科", 2)
    assert PersonChange.objects.get(person=person, version=2).source == "self"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"phone": NEW}, NotLight),
        ({"title": "局长"}, NotLight),
        ({"email": "nonsense"}, Invalid),
        ({"office_phone": "x" * 50}, Invalid),
    ],
)
def test_what_one_may_not_change_alone_is_refused(world, values, refusal):
    with pytest.raises(refusal):
        own.update_own(values=values, version=1, actor=world.me)
    assert Person.objects.get(pk=world.person.pk).version == 1


def test_only_a_change_of_the_same_field_is_a_conflict(world):
    services.update_person(person_id=world.person.pk, values={"title": "会计"}, actor=world.system)
    own.update_own(values={"email": "a@example.com"}, version=1, actor=world.me)
    with pytest.raises(errors.PersonChanged) as refusal:
        own.update_own(values={"email": "b@example.com"}, version=2, actor=world.me)
    assert [fault.pointer for fault in refusal.value.fields] == ["/email"]
    assert Person.objects.get(pk=world.person.pk).email == "a@example.com"


def test_own_light_changes_can_be_undone_others_not(world):
    own.update_own(values={"email": "a@example.com"}, version=1, actor=world.me)
    services.update_person(person_id=world.person.pk, values={"title": "会计"}, actor=world.system)
    light, console = PersonChange.objects.filter(person=world.person, version__gt=1).order_by("version")
    with pytest.raises(NotOwnChange):
        own.undo_own(change_id=console.pk, actor=world.me)
    with pytest.raises(errors.ChangeUnknown):
        own.undo_own(change_id=light.pk, actor=world.them)
    own.undo_own(change_id=light.pk, actor=world.me)
    person = Person.objects.get(pk=world.person.pk)
    assert (person.email, person.title) == ("", "会计")


def test_a_request_is_decided_where_the_person_belongs(world):
    change = ask(world, note="换号了")
    assert phone_of(world.person) == OLD
    case = Case.objects.get(subject_id=str(change.pk))
    assert NEW not in case.title and "手机号码" in case.title
    with pytest.raises(NotFound):
        workflow.approve(assignment_id=assignment(change).pk, actor=world.west_head, at=AT)
    workflow.approve(assignment_id=assignment(change).pk, actor=world.head, at=AT)
    change.refresh_from_db()
    assert (change.state, change.decided_at, phone_of(world.person)) == ("applied", AT, NEW)
    person = Person.objects.get(pk=world.person.pk)
    assert bytes(person.phone_index) == sealing.phone_index(NEW)
    assert PersonChange.objects.filter(person=person).latest("version").source == "approved"
    assert NEW not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("group", "values", "field"),
    [
        ("phone", {"phone": "123"}, "phone"),
        ("phone", {"phone": ""}, "phone"),
        ("phone", {"phone": OLD}, "phone"),
        ("document", {"id_kind": "resident", "id_number": "110105194912310021"}, "id_number"),
        ("document", {"id_kind": "resident", "id_number": ""}, "id_number"),
        ("birth", {"birth_date": "2099-01-01"}, "birth_date"),
        ("name", {"name": ""}, "name"),
        ("basic", {"gender": "", "ethnicity": "火星族"}, "ethnicity"),
    ],
)
def test_what_cannot_be_true_is_not_asked_for(world, group, values, field):
    with pytest.raises(Invalid) as refusal:
        requests.request_change(group=group, values=values, actor=world.me, at=AT)
    assert [fault.pointer for fault in refusal.value.fields] == [f"/{field}"]
    assert not ProfileChange.objects.exists() and not Case.objects.exists()


def test_one_request_at_a_time_and_it_can_be_withdrawn(world):
    change = ask(world, evidence=[SimpleUploadedFile("证明.pdf", PDF)])
    with pytest.raises(RequestPending):
        ask(world, phone="13600136000")
    with pytest.raises(RequestUnknown):
        requests.withdraw_request(request_id=change.pk, actor=world.them, at=AT)
    assert requests.withdraw_request(request_id=change.pk, actor=world.me, at=AT).state == "withdrawn"
    assert not StoredFile.objects.exists()
    with pytest.raises(RequestDecided):
        requests.withdraw_request(request_id=change.pk, actor=world.me, at=AT)
    assert ask(world).state == "pending"
    assert phone_of(world.person) == OLD


def test_a_rejected_request_changes_nothing(world):
    change = ask(world)
    workflow.reject(assignment_id=assignment(change).pk, comment="不清楚", actor=world.head, at=AT)
    change.refresh_from_db()
    assert (change.state, phone_of(world.person)) == ("rejected", OLD)


def test_what_was_changed_meanwhile_is_not_overwritten(world):
    change = ask(world)
    services.update_person(person_id=world.person.pk, values={"phone": "13500135000"}, actor=world.system)
    with pytest.raises(RequestOvertaken):
        workflow.approve(assignment_id=assignment(change).pk, actor=world.head, at=AT)
    change.refresh_from_db()
    assert (change.state, phone_of(world.person)) == ("pending", "13500135000")


def test_a_document_of_somebody_else_is_only_found_out_by_the_approver(world):
    services.update_person(
        person_id=world.other.pk, values={"id_kind": "resident", "id_number": ID_NUMBER}, actor=world.system
    )
    values = {"id_kind": "resident", "id_number": ID_NUMBER}
    change = requests.request_change(group="document", values=values, actor=world.me, at=AT)
    with pytest.raises(errors.IdNumberTaken):
        workflow.approve(assignment_id=assignment(change).pk, actor=world.head, at=AT)
    assert Person.objects.get(pk=world.person.pk).id_number_index is None


def test_evidence_is_for_the_applicant_and_who_decides(world):
    change = ask(world, evidence=[SimpleUploadedFile("证明.pdf", PDF)])
    readers = {
        name: selectors.may_read_evidence(actor=getattr(world, name), owner_id=str(change.pk))
        for name in ("me", "head", "west_head", "them", "nobody")
    }
    assert readers == {"me": True, "head": True, "west_head": False, "them": False, "nobody": False}
    assert [file.original_name for file in selectors.evidence_of(change)] == ["证明.pdf"]


@pytest.mark.parametrize("uploads", [["a.exe"], ["a.docx"], ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]], ids=str)
def test_other_evidence_is_refused_with_the_request(world, uploads):
    with pytest.raises(EvidenceRefused):
        ask(world, evidence=[SimpleUploadedFile(name, PDF) for name in uploads])
    assert not ProfileChange.objects.exists() and not StoredFile.objects.exists()


def test_approvers_see_masked_values_and_the_full_ones_on_record(world):
    change = ask(world)
    summary = requests.summary(subject_id=str(change.pk))
    assert [(row.before, row.after) for row in summary.rows] == [("138****8000", "139****9000")]
    for stranger in (world.them, world.west_head, world.me):
        with pytest.raises(RequestUnknown):
            requests.reveal_request(request_id=change.pk, reason="核对手机号码", actor=stranger, at=AT)
    assert not Disclosure.objects.exists()
    shown = requests.reveal_request(request_id=change.pk, reason="核对手机号码", actor=world.head, at=AT)
    assert shown == {"phone": NEW}
    row = Disclosure.objects.get()
    assert (row.person_id, row.fields, row.actor_name) == (world.person.pk, "phone", "head")


def test_consents_are_rows_that_end(world):
    consents.grant(purpose="birthday_greeting", actor=world.me, at=AT)
    consents.grant(purpose="birthday_greeting", actor=world.me, at=AT)
    consents.withdraw(purpose="birthday_greeting", actor=world.me, at=AT)
    consents.withdraw(purpose="birthday_greeting", actor=world.me, at=AT)
    consents.grant(purpose="birthday_greeting", actor=world.me, at=AT)
    consents.withdraw(purpose="directory_phone", actor=world.me, at=AT)
    rows = Consent.objects.order_by("purpose", "pk").values_list("purpose", "channel", "withdrawn_at")
    assert list(rows) == [
        ("birthday_greeting", "h5", AT), ("birthday_greeting", "h5", None), ("directory_phone", "h5", AT),
    ]  # fmt: skip
    holds = {stand.purpose.code: stand.holds for stand in consents.stands_of(world.person)}
    assert holds == {
        "directory_phone": False, "birthday_greeting": True, "photo_showcase": False, "statistics": True,
    }  # fmt: skip
    with pytest.raises(NotFound):
        consents.grant(purpose="selling", actor=world.me, at=AT)


def test_the_export_holds_all_of_me_and_nothing_of_others(world):
    own.update_own(values={"email": "canary@example.com"}, version=1, actor=world.me)
    services.reveal(person_id=world.person.pk, fields=["phone"], reason="电话核对参会", actor=world.system)
    consents.grant(purpose="photo_showcase", actor=world.me, at=AT)
    ask(world, note="换号金丝雀")
    services.update_person(person_id=world.other.pk, values={"email": "x@example.com"}, actor=world.me)
    archive = zipfile.ZipFile(io.BytesIO(exporting.export_own(actor=world.me, at=AT)))
    text = archive.read("data.json").decode()
    for canary in ("张三", OLD, NEW, "canary@example.com", "换号金丝雀", "东支部", "电话核对参会", "风采展示使用照片"):
        assert canary in text, canary
    for foreign in ("李四", OTHER, "lisi@example.com", "x@example.com", str(world.other.pk)):
        assert foreign not in text, foreign
    data = json.loads(text)
    assert all(
        data[part] for part in ("profile", "memberships", "membership_periods", "changes", "requests", "consents")
    )
    workbook = zipfile.ZipFile(io.BytesIO(archive.read("我的数据.xlsx")))
    assert "张三" in workbook.read("xl/worksheets/sheet1.xml").decode()
    assert AuditEntry.objects.filter(action="members.profile.exported", actor_id=world.me.id).count() == 1


def test_a_login_without_an_entry_has_nothing_to_change(world):
    for call in (
        lambda: own.update_own(values={"email": "a@example.com"}, version=1, actor=world.nobody),
        lambda: requests.request_change(group="phone", values={"phone": NEW}, actor=world.nobody, at=AT),
        lambda: consents.grant(purpose="statistics", actor=world.nobody, at=AT),
        lambda: exporting.export_own(actor=world.nobody, at=AT),
    ):
        with pytest.raises(NoEntry):
            call()


def test_what_is_known_says_who_sees_it_now(world):
    def seen_by() -> str:
        return next(row.seen_by for row in knowledge.known_of(world.person) if row.label == "手机号码")

    assert "同一组织的成员" in seen_by()
    consents.withdraw(purpose="directory_phone", actor=world.me, at=AT)
    assert "同一组织的成员" not in seen_by() and "任职干部" in seen_by()
