"""/api/v1/people/imports: a roster sent by a program, checked, applied and taken back."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import services
from jiceng.members.importing import services as importing
from jiceng.members.models import ImportBatch, Person
from tenants.context import tenant_scope

IMPORTS, ROWS_OF = "/api/v1/people/imports", "/api/v1/people/imports/rows"
PHONE = "13800138000"
ROWS = [
    {"name": "欧阳华", "employee_number": "007", "phone": PHONE, "staff_unit": "综合科"},
    {"name": "王敏", "employee_number": "008", "phone": "1380013", "staff_unit": "综合科"},
]


@pytest.fixture
def program(client_for, api_key, hongqi):
    with tenant_scope(hongqi):
        services.create_unit(name="综合科", kind="department", on=date(2020, 1, 1), actor=Actor.system("系统"))
    return client_for(hongqi, key=api_key(hongqi, ["members.read", "members.manage"]))


@pytest.fixture
def work(hongqi):
    """Does what the background would do for an import."""

    def run(job: dict) -> None:
        with tenant_scope(hongqi):
            for step in (importing.run_check, importing.run_apply, importing.run_undo):
                step(batch_id=job["id"], at=now())

    return run


def workbook(*rows: list) -> SimpleUploadedFile:
    book = Workbook()
    for row in (["姓名", "工号", "手机"], *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("名册.xlsx", stream.getvalue())


def people(tenant) -> list:
    with tenant_scope(tenant):
        return list(Person.objects.filter(state="active").order_by("name").values_list("name", "employee_number"))


def batches(tenant) -> int:
    with tenant_scope(tenant):
        return ImportBatch.objects.count()


def test_check_apply_and_undo(program, work, hongqi, post, refused):
    sent = post(program, IMPORTS, {"rows": ROWS})
    assert (sent.status_code, sent.json()["state"]) == (202, "checking"), sent.content
    job = sent.headers["Location"]
    refused(post(program, f"{job}/apply"), 409, "import_busy")
    work(sent.json())
    checked = program.get(job).json()
    assert (checked["state"], checked["outcomes"]) == ("checked", {"new": 1, "error": 1})
    assert people(hongqi) == []
    faulty = program.get(ROWS_OF, {"import_id": checked["id"], "outcome": "error"})
    assert "1380013" not in faulty.content.decode() and "王敏" not in faulty.content.decode()
    assert [(row["number"], row["faults"][0]["field"]) for row in faulty.json()["results"]] == [(3, "phone")]
    refused(post(program, f"{job}/apply", {"mode": "all_or_nothing"}), 409, "import_has_errors")
    assert post(program, f"{job}/apply").json()["state"] == "applying"
    work(checked)
    assert (program.get(job).json()["state"], people(hongqi)) == ("applied", [("欧阳华", "007")])
    post(program, f"{job}/undo")
    work(checked)
    assert (program.get(job).json()["state"], people(hongqi)) == ("undone", [])


def test_a_human_resources_system_sends_every_night(program, work, hongqi, post):
    body = {"rows": ROWS[:1], "auto_apply": True}
    first = post(program, IMPORTS, body, **{"Idempotency-Key": "night-1"})
    again = post(program, IMPORTS, body, **{"Idempotency-Key": "night-1"})
    assert again.json() == first.json() and batches(hongqi) == 1
    work(first.json())
    second = post(program, IMPORTS, body).json()
    work(second)
    assert people(hongqi) == [("欧阳华", "007")]
    assert program.get(f"{IMPORTS}/{second['id']}").json()["outcomes"] == {"unchanged": 1}


def test_a_workbook_as_a_form(program, work, hongqi, refused):
    def send(*rows: list, key: str = "book-1"):
        return program.post(IMPORTS, {"file": workbook(*rows), "auto_apply": "true"}, headers={"Idempotency-Key": key})

    # Longer than what JSON may be: padding that does not compress.
    noise = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(200))
    sent = send(["欧阳华", "007", PHONE], *([f"张{noise[n % 200]}", f"B{n}", None] for n in range(5)))
    assert sent.status_code == 202, sent.content
    assert sent.json()["auto_apply"] is True
    work(sent.json())
    assert len(people(hongqi)) == 6
    refused(send(["李四", "009", None]), 422, "idempotency_key_reused")
    assert batches(hongqi) == 1


def test_a_file_beyond_what_json_may_be(program, hongqi):
    text = "姓名,工号\n" + "".join(f"张三丰,{number:040d}\n" for number in range(24_000))
    upload = SimpleUploadedFile("roster.csv", text.encode())
    assert upload.size > 1024 * 1024
    sent = program.post(IMPORTS, {"file": upload}, headers={"Idempotency-Key": "big"})
    assert (sent.status_code, sent.json()["row_count"]) == (202, 24_000)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"rows": []}, 400), ({"rows": [{"phone": PHONE}]}, 400), ({"rows": ["欧阳华"]}, 400),
        ({"rows": [{"name": "欧阳华", "nickname": "x"}]}, 400), ({"rows": [{"name": "欧阳华", "id_number": 1.1e17}]}, 400),
        ({"rows": [{"name": "欧阳\u0007华"}]}, 400), ({"rows": [{"name": "x" * 501}]}, 400),
        ({"rows": ROWS, "file": "x"}, 400), ({"rows": ROWS, "kind": "other"}, 400), ({"rows": ROWS, "auto_apply": 1}, 400),
        ({"rows": [{"name": "x" * 400}] * 3000}, 413),
    ],
    ids=lambda value: json.dumps(value)[:40],
)  # fmt: skip
def test_faulty_rosters_leave_nothing(program, hongqi, post, body, status):
    answer = post(program, IMPORTS, body)
    assert answer.status_code == status, answer.content
    assert batches(hongqi) == 0


def test_forms_that_are_none(program, hongqi):
    for content, kind in (
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"{", "text/csv"),
    ):
        for headers in ({}, {"Idempotency-Key": kind.replace(" ", "")}):
            answer = program.post(IMPORTS, content, content_type=kind, headers=headers)
            assert answer.status_code in (400, 415), answer.content
    fake = SimpleUploadedFile("roster.xlsx", b"MZ\x90 no workbook")
    assert program.post(IMPORTS, {"file": fake}).status_code in (400, 415)
    assert batches(hongqi) == 0


def test_jobs_are_for_those_who_manage(program, client_for, api_key, hongqi, dongfeng, post, refused):
    job = post(program, IMPORTS, {"rows": ROWS}).headers["Location"]
    reader = client_for(hongqi, key=api_key(hongqi, ["members.read"]))
    for answer in (reader.get(job), reader.get(ROWS_OF), post(reader, f"{job}/cancel")):
        refused(answer, 403, "forbidden")
    foreign = client_for(dongfeng, key=api_key(dongfeng, ["members.manage"]))
    refused(foreign.get(job), 404, "not_found")
    assert foreign.get(ROWS_OF).json()["results"] == []
    refused(post(foreign, f"{job}/cancel"), 404, "not_found")
    assert program.get(job).json()["state"] == "checking"
    assert post(program, f"{job}/cancel").json()["state"] == "cancelled"
