"""The console's pages for exports and for who sees what in the directory."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.members import services
from jiceng.members.exporting import services as exporting
from jiceng.members.models import Consent, RosterExport, VisibilityRule
from tenants.context import tenant_scope

SYSTEM = Actor.system("测试")
PHONE = "13912345678"
ORDER = {"columns": ["name", "phone"], "reason": "年度统计上报", "state": "active"}


@pytest.fixture
def roster(hongqi):
    with tenant_scope(hongqi):
        first, second = (
            services.create_unit(name=name, kind="party_branch", actor=SYSTEM) for name in ("第一党支部", "第二党支部")
        )
        return {
            "near": services.create_person(name="欧阳华", unit_id=first.pk, phone=PHONE, actor=SYSTEM),
            "beside": services.create_person(name="李四", unit_id=first.pk, actor=SYSTEM),
            "far": services.create_person(name="张三", unit_id=second.pk, actor=SYSTEM),
        }


@pytest.fixture
def console(client_for, login, hongqi, secretary, roster):
    return login(client_for(hongqi), secretary)


def build(tenant) -> RosterExport:
    with tenant_scope(tenant):
        export = RosterExport.objects.get(state="waiting")
        assert exporting.build(export_id=export.pk, at=clock.now())
        return export


def test_from_the_form_to_the_file(console, hongqi, people):
    assert console.get("/console/people/exports/new/").status_code == 200
    answer = console.post("/console/people/exports/new/", ORDER)
    assert answer.status_code == 302
    assert "every 3s" in console.get("/console/people/exports/").content.decode()
    assert console.post("/console/people/exports/new/", ORDER).status_code == 409
    export = build(hongqi)
    listed = console.get("/console/people/exports/").content.decode()
    assert f"/console/people/exports/{export.pk}/download/" in listed
    assert "every 3s" not in listed
    file = console.get(f"/console/people/exports/{export.pk}/download/")
    assert file.headers["Cache-Control"] == "private, no-store"
    assert file.headers["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert PHONE in [cell.value for row in sheet.iter_rows() for cell in row]


def test_nobody_else_gets_the_file_by_any_way(console, client_for, login, hongqi, dongfeng, people, editor, member):
    console.post("/console/people/exports/new/", ORDER)
    export = build(hongqi)
    with tenant_scope(hongqi):
        export.refresh_from_db()
        file_id = export.file_id
    way = f"/console/people/exports/{export.pk}/download/"
    assert login(client_for(hongqi), editor).get(way).status_code == 403
    assert login(client_for(hongqi), member).get(way).status_code == 403
    assert client_for(hongqi).get(way).status_code == 302
    foreign = login(client_for(dongfeng), people(dongfeng).secretary)
    assert foreign.get(way).status_code == 404
    assert console.get(f"/files/{file_id}/original").status_code == 404
    with tenant_scope(hongqi):
        export.refresh_from_db()
        assert export.download_count == 0


def test_old_logins_prove_themselves_again(console, hongqi):
    console.post("/console/people/exports/new/", ORDER)
    export = build(hongqi)
    with console.scope():
        session = console.session
        session["jc_proved_at"] -= 3600
        session.save()
    for path in ("/console/people/exports/new/", f"/console/people/exports/{export.pk}/download/"):
        answer = console.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/again/?next=")


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"reason": "用"}, {"columns": []}, {"columns": ["salary"]}, {"unit": "x"}]
)
def test_faulty_form_comes_back(console, hongqi, wrong):
    assert console.post("/console/people/exports/new/", {**ORDER, **wrong}).status_code == 422
    with tenant_scope(hongqi):
        assert not RosterExport.objects.exists()


def test_cancel_and_expiry_on_the_page(console, hongqi):
    console.post("/console/people/exports/new/", ORDER)
    export = build(hongqi)
    with tenant_scope(hongqi):
        RosterExport.objects.update(expires_at=export.created_at - timedelta(hours=1))
    assert "已过期" in console.get("/console/people/exports/").content.decode()
    assert console.get(f"/console/people/exports/{export.pk}/download/").status_code == 410
    assert console.post(f"/console/people/exports/{export.pk}/cancel/").status_code == 302
    assert console.post(f"/console/people/exports/{export.pk}/cancel/").status_code == 409


def rules_form(**changes: str) -> dict[str, str]:
    from jiceng.members.directory.rules import default_levels

    return {f"{field}-{audience}": str(level) for (field, audience), level in default_levels().items()} | changes


def test_rules_are_saved_and_reset(console, hongqi):
    page = "/console/people/visibility/"
    assert console.post(page, rules_form(**{"phone-members": "hidden"})).status_code == 302
    with tenant_scope(hongqi):
        assert VisibilityRule.objects.get().level == "hidden"
    assert "恢复默认" in console.get(page).content.decode()
    assert console.post(page, rules_form(**{"title-members": "masked"})).status_code == 422
    assert console.post(f"{page}reset/").status_code == 302
    with tenant_scope(hongqi):
        assert not VisibilityRule.objects.exists()


def test_preview_shows_what_the_other_would_see(console, hongqi, roster):
    page, near = "/console/people/visibility/preview/", roster["near"].pk
    found = console.post(page, {"viewer_words": "张三", "person_words": "oyh"}).content.decode()
    assert f"?viewer={roster['far'].pk}" in found
    assert f"?person={near}" in found
    masked = console.get(f"{page}?viewer={roster['far'].pk}&person={near}").content.decode()
    assert "139****5678" in masked
    assert PHONE not in masked
    assert PHONE in console.get(f"{page}?viewer={roster['beside'].pk}&person={near}").content.decode()
    with tenant_scope(hongqi):
        now = clock.now()
        Consent.objects.create(
            person=roster["near"],
            purpose="directory_phone",
            text_hash="x",
            channel="h5",
            granted_at=now,
            withdrawn_at=now,
        )
    assert "5678" not in console.get(f"{page}?viewer={roster['beside'].pk}&person={near}").content.decode()
