"""Imports: the dry run changes nothing, applying writes what the services would, undoing takes it back."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import identity, sealing, services
from jiceng.members.importing import errors
from jiceng.members.importing import services as importing
from jiceng.members.models import ImportBatch, ImportRow, Membership, Person, PersonChange, Unit

HEADERS = ["姓名", "工号", "身份证号", "手机", "所在部门", "职务", "政治面貌", "所在党支部", "入党时间"]


def id_number(serial: int, born: str = "19900131") -> str:
    first17 = f"110105{born}{serial:03d}"
    return first17 + identity.check_character(first17)


def roster(*rows: list, headers: list[str] = HEADERS) -> SimpleUploadedFile:
    book = Workbook()
    for row in (headers, *rows):
        book.active.append(row)
    for cell in (cell for line in book.active.iter_rows() for cell in line if cell.data_type == "f"):
        cell.data_type = "s"  # a text that looks like a formula, as other programs write it
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("roster.xlsx", stream.getvalue())


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def units(actor) -> dict[str, Unit]:
    party = services.create_unit(name="中心党总支", kind="general_branch", actor=actor)
    branch = services.create_unit(name="综合科党支部", kind="party_branch", parent_id=party.pk, actor=actor)
    office = services.create_unit(name="综合科", kind="department", actor=actor)
    return {"party": party, "branch": branch, "office": office}


def checked(actor: Actor, upload: SimpleUploadedFile, **options) -> ImportBatch:
    batch = importing.create_batch(upload=upload, actor=actor, at=now(), **options)
    importing.request_check(batch_id=batch.pk, actor=actor)
    importing.run_check(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    return batch


def applied(actor: Actor, upload: SimpleUploadedFile, **options) -> ImportBatch:
    batch = checked(actor, upload, **options)
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    while batch.state in ("checked", "applying"):
        importing.run_apply(batch_id=batch.pk, at=now())
        batch.refresh_from_db()
    return batch


def outcomes(batch: ImportBatch) -> dict[int, str]:
    return dict(batch.rows.values_list("number", "outcome"))


GOOD = ["张三", "A1", id_number(1), "138 0013 8000", "综合科", "科员", "正式党员", "综合科党支部", "2012.7.1"]


def test_the_dry_run_changes_nothing(actor, units):
    batch = checked(actor, roster(GOOD))
    assert (batch.state, outcomes(batch)) == ("checked", {2: "new"})
    assert Person.objects.count() == 0
    assert Membership.objects.count() == 0


def test_an_imported_person_is_what_the_services_would_make(actor, units):
    applied(actor, roster(GOOD))
    imported = Person.objects.get()
    twin = services.create_person(
        name="张三", id_number=id_number(2), phone="13800138000", employee_number="A2", title="科员", birth_date="1990-01-31",
        gender="female", unit_id=units["office"].pk, actor=actor,
    )  # fmt: skip
    services.join(
        person=twin, body="party", unit_id=units["branch"].pk, on=identity.parse_date("2012-07-01"), actor=actor
    )
    twin.refresh_from_db()
    for column in ("name", "pinyin", "search_key", "initial", "birth_date", "title", "unit_id", "state", "version", "is_listed",
                   "phone_index", "phone_tail_index", "id_kind", "office_phone", "email", "left_on", "merged_into_id"):  # fmt: skip
        assert getattr(imported, column) == getattr(twin, column), column
    assert sealing.phone_of(imported) == "13800138000"
    assert sealing.id_number_of(imported) == id_number(1)

    def held(person):
        rows = person.memberships.order_by("body")
        return [
            (row.body, row.state, row.unit_id, row.started_on, row.confirmed_on, row.version,
             [(period.state, period.unit_id, period.valid_from, period.valid_to) for period in row.periods.all()])
            for row in rows
        ]  # fmt: skip

    assert held(imported) == held(twin)


def test_importing_again_changes_nothing(actor, units):
    applied(actor, roster(GOOD))
    before = list(Person.objects.values_list("pk", "version"))
    batch = applied(actor, roster(GOOD))
    assert outcomes(batch) == {2: "unchanged"}
    assert list(Person.objects.values_list("pk", "version")) == before


def test_only_what_differs_is_changed_and_kept_for_undoing(actor, units):
    applied(actor, roster(GOOD))
    batch = checked(actor, roster([*GOOD[:5], "科长", *GOOD[6:]]))
    row = batch.rows.get()
    assert (row.outcome, row.fields) == ("changed", "title")
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    person = Person.objects.get()
    assert (person.title, person.version) == ("科长", 2)
    importing.request_undo(batch_id=batch.pk, actor=actor)
    importing.run_undo(batch_id=batch.pk, at=now())
    person.refresh_from_db()
    batch.refresh_from_db()
    assert (person.title, batch.state) == ("科员", "undone")
    assert batch.counts["undo"] == {"removed": 0, "restored": 1, "kept": 0}


def test_undoing_removes_the_new_and_keeps_what_was_touched(actor, units):
    other = ["李四", "A2", id_number(2), "13900139000", "综合科", "", "群众", None, None]
    batch = applied(actor, roster(GOOD, other))
    touched = Person.objects.get(name="李四")
    services.update_person(person_id=touched.pk, values={"title": "主任"}, actor=actor)
    importing.request_undo(batch_id=batch.pk, actor=actor)
    importing.run_undo(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert list(Person.objects.values_list("name", flat=True)) == ["李四"]
    assert batch.counts["undo"] == {"removed": 1, "restored": 0, "kept": 1}


@pytest.mark.parametrize(
    ("place", "cell", "code"),
    [
        (0, None, "required"), (2, "110105199001310019", "id_checksum"), (2, 1.10105199001310021e17, "id_as_number"),
        (2, "110105199002300015", "id_birth_date"), (3, "1380013800", "phone_length"), (4, "综合处", "unit_unknown"),
        (6, "民主人士", "choice"), (7, "一支部", "unit_unknown"), (8, "2012年2月30日", "date_impossible"),
        (8, "2005-01-01", "too_young"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_and_the_row_left_out(actor, units, place, cell, code):
    bad = [*GOOD[:place], cell, *GOOD[place + 1 :]]
    other = ["李四", "A2", id_number(2), "13900139000", "综合科", "", "群众", None, None]
    batch = applied(actor, roster(bad, other))
    assert outcomes(batch) == {2: "error", 3: "new"}
    assert code in {fault[1] for fault in batch.rows.get(number=2).faults}
    assert list(Person.objects.values_list("name", flat=True)) == ["李四"]


def test_all_or_nothing_takes_nothing_when_a_row_is_bad(actor, units):
    batch = checked(actor, roster(GOOD, ["李四", "A2", "110105199001310019", None, None, None, None, None, None]))
    with pytest.raises(errors.HasErrors):
        importing.request_apply(batch_id=batch.pk, actor=actor, at=now(), mode="all_or_nothing")
    assert Person.objects.count() == 0


def test_a_person_twice_in_the_file_waits_for_somebody_to_decide(actor, units):
    batch = applied(actor, roster(GOOD, GOOD))
    assert outcomes(batch) == {2: "new", 3: "duplicate"}
    assert batch.rows.get(number=3).candidates == [["copy", "2"]]
    assert Person.objects.count() == 1


def test_a_namesake_is_asked_about_and_the_answer_counts(actor, units):
    there = services.create_person(name="张三", actor=actor)
    batch = checked(actor, roster(["张三", None, None, None, "综合科", None, None, None, None]))
    assert outcomes(batch) == {2: "duplicate"}
    with pytest.raises(errors.MappingInvalid):
        importing.choose(batch_id=batch.pk, rows={2: "same:0190b9a0-0000-7000-8000-000000000000"}, actor=actor)
    importing.choose(batch_id=batch.pk, rows={2: f"same:{there.pk}"}, actor=actor)
    importing.run_check(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert outcomes(batch) == {2: "changed"}
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    there.refresh_from_db()
    assert (Person.objects.count(), there.unit) == (1, units["office"])


def test_unknown_units_are_listed_with_the_nearest_and_may_be_founded(actor, units):
    batch = checked(
        actor,
        roster(
            [*GOOD[:7], "综合党支部", None], ["李四", "A2", None, None, "政务大厅/受理一组", None, None, None, None]
        ),
    )
    unknown = batch.counts["units"]
    assert unknown["party|综合党支部"]["suggestions"][0] == [str(units["branch"].pk), "中心党总支 / 综合科党支部"]
    importing.choose(
        batch_id=batch.pk, actor=actor,
        units={"party|综合党支部": str(units["branch"].pk), "admin|政务大厅/受理一组": "create"},
    )  # fmt: skip
    importing.run_check(batch_id=batch.pk, at=now())
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    group = Unit.objects.get(name="受理一组")
    assert group.parent.name == "政务大厅"
    assert Person.objects.get(name="李四").unit == group
    assert Membership.objects.get(body="party").unit == units["branch"]


def test_rows_outside_the_importers_reach_are_errors(actor, units, hongqi, people):
    from jiceng.access.services import assign_role, create_role

    user = people(hongqi).stranger
    create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=actor)
    from jiceng.access.models import Role

    assign_role(user=user, role=Role.objects.get(name="支部书记").code, unit_path=units["branch"].path, actor=actor)
    mine = Actor.for_user(user)
    inside = ["李四", "A2", None, None, None, None, "正式党员", "综合科党支部", None]
    batch = checked(mine, roster(GOOD, inside))
    assert outcomes(batch) == {2: "error", 3: "new"}


def test_killed_in_the_middle_it_goes_on_where_it_was(actor, units, monkeypatch):
    monkeypatch.setattr(importing.applying, "CHUNK", 2)
    rows = [
        ["员工" + "甲乙丙丁戊"[n], f"B{n}", id_number(10 + n), None, "综合科", None, None, None, None] for n in range(5)
    ]
    batch = checked(actor, roster(*rows))
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert (batch.state, batch.done_count, Person.objects.count()) == ("applying", 2, 2)
    for _again in range(5):
        importing.run_apply(batch_id=batch.pk, at=now())
    batch.refresh_from_db()
    assert (batch.state, batch.done_count, Person.objects.count()) == ("applied", 5, 5)


def test_of_two_who_apply_one_is_refused(actor, units):
    batch = checked(actor, roster(GOOD))
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now(), version=batch.version)
    with pytest.raises(errors.BatchBusy):
        importing.request_apply(batch_id=batch.pk, actor=actor, at=now(), version=batch.version)


def test_the_error_workbook_is_the_original_with_reasons(actor, units):
    bad = ["=1+1", "A3", "110105199001310019", "13800138000", "综合科", "=HYPERLINK(1)", None, None, None]
    batch = checked(actor, roster(GOOD, bad))
    sheet = load_workbook(io.BytesIO(importing.errors_of(batch))).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == (*HEADERS, "错误原因")
    assert lines[1][2] == id_number(1)
    assert "校验位不对" in lines[2][-1]
    assert lines[2][5] == "=HYPERLINK(1)"
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_nothing_personal_is_kept_in_clear(actor, units):
    batch = applied(actor, roster(GOOD))
    row = ImportRow.objects.get(batch=batch)
    change = PersonChange.objects.get()
    for sealed in (batch.content_sealed, row.values_sealed, change.changes_sealed):
        assert id_number(1).encode() not in bytes(sealed)
        assert b"13800138000" not in bytes(sealed)


def test_old_files_and_rows_are_forgotten(actor, units, clock):
    import datetime as dt

    batch = applied(actor, roster(GOOD))
    assert importing.forget_old(at=now() + dt.timedelta(days=29)) == 0
    assert importing.forget_old(at=now() + dt.timedelta(days=31)) == 1
    batch.refresh_from_db()
    assert (batch.content_sealed, batch.rows.count(), batch.state) == (None, 0, "applied")
    with pytest.raises(errors.BatchBusy):
        importing.request_undo(batch_id=batch.pk, actor=actor)


def test_a_unit_dissolved_since_the_check_takes_nobody(actor, units):
    batch = checked(actor, roster(GOOD))
    services.dissolve_unit(unit_id=units["office"].pk, actor=actor)
    importing.request_apply(batch_id=batch.pk, actor=actor, at=now())
    importing.run_apply(batch_id=batch.pk, at=now())
    assert Person.objects.count() == 0
    assert batch.rows.get().faults[0][1] == "unit_gone_since"
