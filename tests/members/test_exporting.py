"""Exports: whom and what they hold, one at a time, for one person, for a day; and that they are never formulas."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import RoleAssignment
from jiceng.access.services import assign_role, create_role, create_user
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.files import blobs
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import services as members
from jiceng.members.exporting import errors, selectors, services
from jiceng.members.exporting.columns import EXPORT_COLUMNS
from jiceng.members.importing.columns import COLUMNS
from jiceng.members.models import Disclosure, RosterExport

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PHONE, ID_NUMBER = "13912345678", "11010519491231002X"
SYSTEM = Actor.system("测试")


def user_with(name: str, *permissions: str, unit_path: str = "") -> Actor:
    role = create_role(name=f"角色{name}", permissions=list(permissions), actor=SYSTEM)
    user = create_user(username=name, password="Lvshui-Qingshan-2035", display_name=f"导出人{name}", actor=SYSTEM)
    assign_role(user=user, role=role.code, unit_path=unit_path, actor=SYSTEM)
    return Actor.for_user(user)


@pytest.fixture
def units(in_hongqi):
    top = members.create_unit(name="机关党委", kind="party_committee", actor=SYSTEM)
    return {
        name: members.create_unit(name=name, kind="party_branch", parent_id=top.pk, actor=SYSTEM)
        for name in ("第一党支部", "第二党支部")
    }


@pytest.fixture
def roster(units):
    """One in each branch; one who left."""
    first, second = units.values()
    made = {
        "欧阳华": members.create_person(
            name="欧阳华", unit_id=first.pk, phone=PHONE, id_number=ID_NUMBER, title="=1+1", gender="male",
            on=date(2018, 6, 30), actor=SYSTEM,
        ),
        "张三": members.create_person(name="张三", unit_id=second.pk, state="probationary", actor=SYSTEM),
        "李四": members.create_person(name="李四", unit_id=first.pk, actor=SYSTEM),
    }  # fmt: skip
    members.leave(person_id=made["李四"].pk, on=date.today(), actor=SYSTEM)
    return made


@pytest.fixture
def exporter(roster):
    return user_with("ren", "members.export", "members.read_sensitive")


def ask(actor, *, columns=("name",), filters=None, reason="年度统计上报", at=NOW) -> RosterExport:
    wanted = {"state": "active", **(filters or {})}
    return services.request_export(filters=wanted, columns=columns, reason=reason, actor=actor, at=at)


def built(export) -> tuple[RosterExport, list[list]]:
    """The export and what stands in its sheet."""
    done = services.build(export_id=export.pk, at=NOW)
    assert done is not None
    sheet = openpyxl.load_workbook(io.BytesIO(blobs.read(done.file, "original").read())).active
    return done, [list(row) for row in sheet.iter_rows()]


def names_in(cells) -> list[str]:
    return [row[0].value for row in cells[4:]]


def test_workbook_holds_what_was_asked_and_whose_it_is(exporter, roster):
    columns = ("phone", "name", "id_number", "title", "gender", "party_unit", "party_state", "party_joined")
    done, cells = built(ask(exporter, columns=columns))
    head = "".join(str(row[0].value) for row in cells[:3])
    for words in ("内部资料", "导出人ren", "2026-11-23 16:00", services.number_of(done), "共 2 人", "年度统计上报"):
        assert words in head
    labels = ["姓名", "证件号码", "手机号码", "职务", "政治面貌", "所在党支部", "入党时间", "性别"]
    assert sorted(cell.value for cell in cells[3]) == sorted(labels)
    row = {head.value: cell for head, cell in zip(cells[3], cells[4], strict=True)}
    assert {label: cell.value for label, cell in row.items() if label != "入党时间"} == {
        "姓名": "欧阳华", "证件号码": ID_NUMBER, "手机号码": PHONE, "职务": "=1+1", "性别": "男", "政治面貌": "正式党员",
        "所在党支部": "机关党委 / 第一党支部",
    }  # fmt: skip
    assert row["入党时间"].value.date() == date(2018, 6, 30)
    assert "f" not in {cell.data_type for line in cells for cell in line}
    assert names_in(cells) == ["欧阳华", "张三"]
    assert done.expires_at == NOW + timedelta(hours=24)


def test_columns_are_named_as_the_import_reads_them():
    shared = EXPORT_COLUMNS.keys() & COLUMNS.keys()
    assert len(shared) > 20
    assert all(EXPORT_COLUMNS[code].label == COLUMNS[code].label for code in shared)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["欧阳华", "张三"]),
        ({"state": "left"}, ["李四"]),
        ({"state": ""}, ["李四", "欧阳华", "张三"]),
        ({"body": "party", "membership_state": "probationary"}, ["张三"]),
        ({"unit": "第一党支部"}, ["欧阳华"]),
    ],
)
def test_filters(exporter, units, filters, names):
    if "unit" in filters:
        filters = {"unit": str(units[filters["unit"]].pk)}
    _done, cells = built(ask(exporter, filters=filters))
    assert names_in(cells) == names


def test_only_people_in_reach_and_in_clear_only_where_one_may_see_them(roster, units):
    first, second = units.values()
    actor = user_with("zhi", "members.export", unit_path=first.path)
    _done, cells = built(ask(actor))
    assert names_in(cells) == ["欧阳华"]
    with pytest.raises(Invalid):
        ask(actor, filters={"unit": str(second.pk)})
    with pytest.raises(Forbidden):
        ask(actor, columns=("name", "phone"))
    _done, cells = built(ask(actor, columns=("name", "phone_masked", "id_number_masked")))
    text = "".join(str(cell.value) for row in cells for cell in row)
    assert "139****5678" in text
    assert PHONE not in text
    assert ID_NUMBER not in text


def test_rights_are_asked_again_when_it_is_written(exporter, roster):
    export = ask(exporter, columns=("name", "phone"))
    RoleAssignment.objects.filter(user=exporter.user).delete()
    assert services.build(export_id=export.pk, at=NOW) is None
    export.refresh_from_db()
    assert export.state == "failed"
    assert export.failure
    assert not StoredFile.objects.exists()
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("columns", "reason", "filters"),
    [
        ((), "年度统计上报", {}),
        (("nothing",), "年度统计上报", {}),
        (("name",), "用", {}),
        (("name",), "年度统计上报", {"body": "women"}),
    ],
)
def test_incomplete_requests_are_refused(exporter, columns, reason, filters):
    with pytest.raises(Invalid):
        ask(exporter, columns=columns, reason=reason, filters=filters)
    assert not RosterExport.objects.exists()


def test_without_the_right_there_is_nothing(roster, units):
    with pytest.raises(Forbidden):
        ask(user_with("wu", "members.read"))
    assert not RosterExport.objects.exists()


def test_one_at_a_time_until_it_is_over(exporter, roster):
    first = ask(exporter)
    with pytest.raises(errors.ExportRunning) as refused:
        ask(exporter)
    assert refused.value.status == 409
    services.build(export_id=first.pk, at=NOW)
    second = ask(exporter)
    services.cancel(export_id=second.pk, actor=exporter)
    stuck = ask(exporter)
    third = ask(exporter, at=NOW + timedelta(hours=7))
    stuck.refresh_from_db()
    assert (stuck.state, third.state) == ("failed", "waiting")


def test_cancelled_before_it_was_written_leaves_nothing(exporter, roster):
    export = ask(exporter)
    services.cancel(export_id=export.pk, actor=exporter)
    assert services.build(export_id=export.pk, at=NOW) is None
    assert not StoredFile.objects.exists()
    assert not Disclosure.objects.exists()
    with pytest.raises(errors.ExportOver):
        services.cancel(export_id=export.pk, actor=exporter)


def test_cancelled_while_it_is_written_leaves_nothing(exporter, roster, monkeypatch):
    export = ask(exporter)
    rows = selectors.rows

    def slow(person_ids, columns):
        RosterExport.objects.filter(pk=export.pk).update(state="cancelled")
        yield from rows(person_ids, columns)

    monkeypatch.setattr(selectors, "rows", slow)
    assert services.build(export_id=export.pk, at=NOW) is None
    assert not StoredFile.objects.exists()
    assert not Disclosure.objects.exists()


def test_everybody_in_it_can_see_that(exporter, roster):
    done, _cells = built(ask(exporter, columns=("name", "phone")))
    noted = Disclosure.objects.order_by("person__pinyin")
    assert [item.person.name for item in noted] == ["欧阳华", "张三"]
    assert {(item.kind, item.fields, item.reason, item.actor_id) for item in noted} == {
        ("export", "phone,name", "年度统计上报", exporter.id)
    }
    assert done.row_count == 2


def test_fetching_is_for_the_one_who_asked_counted_and_audited(exporter, roster):
    other = user_with("bie", "members.export", "members.read_sensitive")
    export = ask(exporter, columns=("name", "phone"))
    with pytest.raises(errors.ExportNotReady):
        services.download(export_id=export.pk, actor=exporter, at=NOW)
    built(export)
    for stranger in (other, SYSTEM):
        with pytest.raises(errors.ExportUnknown):
            services.download(export_id=export.pk, actor=stranger, at=NOW)
    with pytest.raises(errors.ExportUnknown):
        services.cancel(export_id=export.pk, actor=other)
    for _time in range(2):
        assert services.download(export_id=export.pk, actor=exporter, at=NOW).content_type == services.XLSX
    export.refresh_from_db()
    assert export.download_count == 2
    deeds = (
        AuditEntry.objects.filter(action__startswith="members.export.").order_by("id").values_list("action", flat=True)
    )
    assert [deed.rpartition(".")[2] for deed in deeds] == ["requested", "built", "downloaded", "downloaded"]
    assert PHONE not in str(list(AuditEntry.objects.values_list("before", "after", "note")))
    assert PHONE not in str(list(OutboxMessage.objects.values_list("payload", flat=True)))


def test_gone_after_a_day(exporter, roster):
    done, _cells = built(ask(exporter))
    assert services.expire(export_id=done.pk, at=NOW + timedelta(hours=23)) is False
    with pytest.raises(errors.ExportExpired):  # also when the task comes late
        services.download(export_id=done.pk, actor=exporter, at=NOW + timedelta(hours=24))
    assert services.expire(export_id=done.pk, at=NOW + timedelta(hours=24)) is True
    assert services.expire(export_id=done.pk, at=NOW + timedelta(hours=24)) is False
    assert not StoredFile.objects.exists()
    done.refresh_from_db()
    assert (done.state, done.file) == ("expired", None)


def test_unknown_export(exporter):
    with pytest.raises(errors.ExportUnknown):
        services.download(export_id=uuid.uuid4(), actor=exporter, at=NOW)
    assert services.build(export_id=uuid.uuid4(), at=NOW) is None


def test_rows_are_read_page_by_page(exporter, roster, monkeypatch, django_assert_num_queries):
    """So that a large roster never lies in memory as a whole."""
    monkeypatch.setattr(selectors, "PAGE_SIZE", 1)
    person_ids = [person.pk for person in roster.values()]
    with django_assert_num_queries(1 + 2 * len(person_ids)):
        names = [row[0] for row in selectors.rows(person_ids, ["name", "party_unit"])]
    assert names == list(roster)
