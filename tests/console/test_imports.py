"""The console's pages for imports: from the file to the registry and back, step by step."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.kernel import clock
from jiceng.members import identity, services
from jiceng.members.importing import services as importing
from jiceng.members.models import ImportBatch, Person, Proposal, Unit
from tenants.context import tenant_scope
from tests.factories import make_user

SYSTEM = Actor.system("测试")
IMPORTS = "/console/people/imports/"
HEADERS = ["姓名", "工号", "身份证号", "手机", "所在部门", "职务", "备注"]
PHONE = "13800138000"


def id_number(serial: int) -> str:
    first17 = f"11010519900131{serial:03d}"
    return first17 + identity.check_character(first17)


def roster(*rows: list, sheet: str = "") -> SimpleUploadedFile:
    book = Workbook()
    target = book.create_sheet(sheet) if sheet else book.active
    for row in (HEADERS, *rows):
        target.append(row)
    if sheet:
        book.active.append(["姓名", "说明"])
        book.active.append(["样例", "另一张表"])
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("花名册.xlsx", stream.getvalue())


def text_of(answer) -> str:
    return answer.content.decode()


GOOD = ["张三", "A1", id_number(1), PHONE, "综合科", "科员", "x"]


@pytest.fixture
def units(hongqi) -> dict[str, Unit]:
    with tenant_scope(hongqi):
        return {name: services.create_unit(name=name, kind="department", actor=SYSTEM) for name in ("综合科", "财务科")}


@pytest.fixture
def console(client_for, login, hongqi, secretary, units):
    return login(client_for(hongqi), secretary)


@pytest.fixture
def step(hongqi):
    """Do what the background would, until nothing waits; returns the import as it then is."""

    def run() -> ImportBatch:
        with tenant_scope(hongqi):
            batch = ImportBatch.objects.latest("created_at")
            runs = {"checking": importing.run_check, "applying": importing.run_apply, "undoing": importing.run_undo}
            while batch.state in runs:
                runs[batch.state](batch_id=batch.pk, at=clock.now())
                batch.refresh_from_db()
            return batch

    return run


def columns_form(batch: ImportBatch, **changes: str) -> dict[str, str]:
    return {
        "version": str(batch.version),
        **{f"column-{place}": code for place, code in batch.mapping.items() if code},
        **changes,
    }


@pytest.fixture
def upload(console, step):
    """Upload ``rows``, keep the guessed columns and have them checked."""

    def run(*rows: list, kind: str = "import", **changes: str) -> ImportBatch:
        answer = console.post(f"{IMPORTS}new/", {"kind": kind, "upload": roster(*rows)})
        assert answer.status_code == 302, text_of(answer)
        batch = step()
        answer = console.post(f"{IMPORTS}{batch.pk}/columns/", columns_form(batch, **changes))
        assert answer.status_code == 302, text_of(answer)
        return step()

    return run


def test_from_the_file_to_the_registry_and_back(console, step, hongqi):
    assert console.get(IMPORTS).status_code == 200
    assert console.get(f"{IMPORTS}new/").status_code == 200
    console.post(f"{IMPORTS}new/", {"kind": "import", "upload": roster(GOOD)})
    batch = step()
    home = f"{IMPORTS}{batch.pk}/"
    columns = text_of(console.get(f"{home}columns/"))
    assert "138***00" in columns
    assert PHONE not in columns
    assert id_number(1) not in columns
    console.post(f"{home}columns/", columns_form(batch))
    assert "every 2s" in text_of(console.get(home))
    step()
    preview = text_of(console.get(home))
    assert "every 2s" not in preview
    assert "138****8000" in preview
    assert PHONE not in preview
    assert "导入 1 行" in preview
    batch = step()
    assert console.post(f"{home}apply/", {"version": batch.version, "mode": "valid_rows"}).status_code == 302
    assert "正在导入" in text_of(console.get(home))
    assert step().state == "applied"
    with tenant_scope(hongqi):
        assert Person.objects.get(name="张三").unit.name == "综合科"
    assert "撤销导入" in text_of(console.get(home))
    assert console.get(f"{home}undo/").status_code == 200
    assert console.post(f"{home}undo/").status_code == 302
    assert step().state == "undone"
    assert "删除新增的 1 人" in text_of(console.get(home))
    with tenant_scope(hongqi):
        assert not Person.objects.filter(name="张三").exists()
    assert "已撤销" in text_of(console.get(IMPORTS))


def test_a_changed_row_shows_what_would_be_overwritten(console, upload, step, hongqi, units):
    with tenant_scope(hongqi):
        services.create_person(
            name="张三", id_number=id_number(1), phone="13900139000", title="科长", unit_id=units["财务科"].pk,
            actor=SYSTEM,
        )  # fmt: skip
    batch = upload(GOOD)
    shown = text_of(console.get(f"{IMPORTS}{batch.pk}/"))
    for before in ("科长", "财务科", "139****9000"):
        assert f"<del>{before}</del>" in shown
    with tenant_scope(hongqi):
        assert Person.objects.get(name="张三").title == "科长"


def test_unknown_units_are_asked_for_and_checked_again(console, upload, step):
    batch = upload(GOOD, ["李四", "A2", id_number(2), "13900139000", "综合处", "", ""])
    home = f"{IMPORTS}{batch.pk}/"
    shown = text_of(console.get(f"{home}?outcome=error"))
    assert "最接近的是“综合科”" in shown
    assert "李四" in shown
    assert "张三" not in shown
    book = load_workbook(io.BytesIO(console.get(f"{home}errors/").content))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == ["A1", "A2"]
    unit = next(iter(batch.counts["units"].values()))["suggestions"][0][0]
    assert console.post(f"{home}choose/", {"version": batch.version, "unit-0": unit}).status_code == 302
    assert console.post(f"{home}choose/", {"version": batch.version, "unit-0": ""}).status_code == 409
    assert step().counts["outcomes"] == {"new": 2}
    assert f'<option value="{unit}" selected>' in text_of(console.get(home))


def test_possible_duplicates_wait_for_a_decision(console, upload, step, hongqi, units):
    with tenant_scope(hongqi):
        known = services.create_person(name="张三", unit_id=units["财务科"].pk, actor=SYSTEM)
    batch = upload(GOOD, ["李四", "A2", id_number(2), "", "", "", ""], ["李四", "A2", id_number(2), "", "", "", ""])
    home = f"{IMPORTS}{batch.pk}/"
    shown = text_of(console.get(home))
    assert "名册中的张三（财务科）" in shown
    assert "与第 3 行是同一名人员" in shown
    # Somebody with the same document cannot be a second person.
    refused = console.post(f"{home}choose/", {"version": batch.version, "row-4": "new"})
    assert refused.status_code == 422
    assert console.post(f"{home}choose/", {"version": batch.version, "row-2": "same:x"}).status_code == 422
    answers = {"version": batch.version, "row-2": f"same:{known.pk}", "row-4": "skip"}
    assert console.post(f"{home}choose/", answers).status_code == 302
    assert step().counts["outcomes"] == {"changed": 1, "new": 1, "unchanged": 1}


def test_two_who_apply_at_once(console, upload, step):
    batch = upload(GOOD)
    home, form = f"{IMPORTS}{batch.pk}/", {"version": batch.version, "mode": "valid_rows"}
    assert console.post(f"{home}apply/", form).status_code == 302
    assert console.post(f"{home}apply/", form).status_code == 409
    assert console.post(f"{home}cancel/").status_code == 409


def test_all_or_nothing_is_refused_while_rows_are_faulty(console, upload, step, hongqi):
    batch = upload(GOOD, ["", "A2", "", "", "", "", ""])
    form = {"version": batch.version, "mode": "all_or_nothing"}
    answer = console.post(f"{IMPORTS}{batch.pk}/apply/", form)
    assert answer.status_code == 409
    assert "还有错误的行" in text_of(answer)
    assert step().state == "checked"


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b"x"), ("a.xlsx", b"x"), ("a.csv", "工资,奖金\n1,2".encode()), ("a.csv", b"")]
)
def test_unfit_files_are_refused_on_the_form(console, hongqi, name, content):
    answer = console.post(f"{IMPORTS}new/", {"kind": "import", "upload": SimpleUploadedFile(name, content)})
    assert answer.status_code in (413, 415, 422)
    with tenant_scope(hongqi):
        assert not ImportBatch.objects.exists()


def test_columns_named_wrongly_come_back(console, upload, step):
    console.post(f"{IMPORTS}new/", {"kind": "import", "upload": roster(GOOD)})
    batch = step()
    way = f"{IMPORTS}{batch.pk}/columns/"
    twice = console.post(way, columns_form(batch, **{"column-1": "phone"}))
    assert twice.status_code == 422
    assert "只能对应一列" in text_of(twice)
    assert console.post(way, columns_form(batch, **{"column-0": ""})).status_code == 422
    assert console.post(way, columns_form(batch, **{"column-1": "salary"})).status_code == 422
    assert console.post(way, columns_form(batch, version="99")).status_code == 409
    assert step().state == "uploaded"


def test_another_sheet_is_read(console, step):
    console.post(f"{IMPORTS}new/", {"kind": "import", "upload": roster(GOOD, sheet="名册")})
    batch = step()
    assert batch.headers == ["姓名", "说明"]
    part = {"version": batch.version, "sheet": "名册", "header_row": 1}
    assert console.post(f"{IMPORTS}{batch.pk}/columns/", part).status_code == 302
    batch = step()
    assert (batch.sheet, batch.headers, batch.row_count) == ("名册", HEADERS, 1)


def test_cancelling_forgets_the_file(console, upload, hongqi):
    batch = upload(GOOD)
    assert console.post(f"{IMPORTS}{batch.pk}/cancel/").status_code == 302
    with tenant_scope(hongqi):
        batch.refresh_from_db()
        assert (batch.state, batch.content_sealed, batch.rows.count()) == ("cancelled", None, 0)
    assert console.get(f"{IMPORTS}{batch.pk}/").status_code == 200
    assert console.get(f"{IMPORTS}{batch.pk}/columns/").status_code == 302


def test_imports_are_closed_to_others(upload, client_for, login, hongqi, dongfeng, people, editor, units):
    batch = upload(GOOD)
    home = f"{IMPORTS}{batch.pk}/"
    head, colleague = make_user(hongqi, "kezhang"), make_user(hongqi, "fushuji", "administrator")
    with tenant_scope(hongqi):
        role = create_role(name="科长", permissions={"console.view", "members.manage"}, actor=SYSTEM)
        assign_role(user=head, role=role.code, unit_path=units["财务科"].path, actor=SYSTEM)
    assert login(client_for(hongqi), editor).get(home).status_code == 403
    foreign = login(client_for(dongfeng), people(dongfeng).secretary)
    assert foreign.get(home).status_code == 404
    below = login(client_for(hongqi), head)
    assert str(batch.pk) not in text_of(below.get(IMPORTS))
    form = {"version": batch.version, "mode": "valid_rows"}
    for client in (foreign, below):
        for path in ("", "columns/", "errors/", "undo/"):
            assert client.get(f"{home}{path}").status_code == 404
        for path in ("choose/", "apply/", "cancel/", "undo/"):
            assert client.post(f"{home}{path}", form).status_code == 404
    # Another administrator may decide, but the file in clear is for whoever brought it.
    beside = login(client_for(hongqi), colleague)
    assert beside.get(home).status_code == 200
    assert beside.get(f"{home}errors/").status_code == 404
    assert beside.get(f"{home}columns/").status_code == 404
    with tenant_scope(hongqi):
        batch.refresh_from_db()
        assert (batch.state, Person.objects.filter(name="张三").count()) == ("checked", 0)


def test_a_roster_is_compared_and_one_difference_declined(console, upload, hongqi, units):
    with tenant_scope(hongqi):
        services.create_person(name="王五", employee_number="B1", unit_id=units["财务科"].pk, actor=SYSTEM)
    batch = upload(GOOD, kind="roster")
    home = f"{IMPORTS}{batch.pk}/"
    shown = text_of(console.get(home))
    assert "新进人员" in shown
    assert "离开人员" in shown
    assert console.post(f"{home}undo/").status_code == 409
    with tenant_scope(hongqi):
        leaver = Proposal.objects.get(kind="leaver")
    assert console.post(f"{home}proposals/{leaver.pk}/decline/").status_code == 302
    with tenant_scope(hongqi):
        leaver.refresh_from_db()
        assert leaver.state == "rejected"


def test_rows_of_a_roster_that_are_not_understood_are_told(console, upload):
    batch = upload(GOOD, ["李四", "A2", "", "", "综合处", "", ""], kind="roster")
    shown = text_of(console.get(f"{IMPORTS}{batch.pk}/"))
    assert "没有找到这个部门" in shown


def test_pages_cost_the_same_for_many_rows(console, upload):
    def row(serial: int) -> list:
        return ["赵" + "一二三四"[serial], f"C{serial}", id_number(10 + serial), "", f"某{serial}处", "", ""]

    costs = []
    for rows in ((row(0),), (row(1), row(2), row(3))):
        batch = upload(*rows)
        console.get(f"{IMPORTS}{batch.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert console.get(f"{IMPORTS}{batch.pk}/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_template_comes_as_a_workbook(console):
    answer = console.get(f"{IMPORTS}template/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(answer.content)).active.cell(1, 1).value == "姓名"


def test_what_was_forgotten_is_said(console, upload, hongqi):
    batch = upload(GOOD)
    with tenant_scope(hongqi):
        ImportBatch.objects.update(created_at=clock.now() - timedelta(days=31))
        importing.forget_old(at=clock.now())
    assert console.get(f"{IMPORTS}{batch.pk}/").status_code == 200
    assert console.get(f"{IMPORTS}{batch.pk}/errors/").status_code == 409
