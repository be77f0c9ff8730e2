"""Phone, public and console pages, and the API."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules.yellowpages.models import Correction, Entry
from tenants.context import tenant_scope
from tests.files import samples

from . import kit

BASE = "/api/v1/yellowpages"


@pytest.fixture
def entry(hongqi):
    with tenant_scope(hongqi):
        return kit.make(is_public=True, latitude="31.230416", longitude="121.473701")


def get_one(tenant, model, **facts):
    with tenant_scope(tenant):
        return model.objects.get(**facts)


class TestPhone:
    def test_members_find_call_keep_and_correct(self, browser, hongqi, entry):
        phone = browser(hongqi, "member")
        page = phone.get("/yellowpages/?q=jgst").content.decode()
        assert entry.name in page and 'href="tel:010-12345678"' in page
        here = f"/yellowpages/{entry.pk}/"
        assert "uri.amap.com/marker?position=121.473701,31.230416" in phone.get(here).content.decode()
        phone.post(f"{here}favourite/", {"on": "1"})
        assert entry.name in phone.get("/yellowpages/favourites/").content.decode()
        assert phone.get(f"{here}correct/").status_code == 200
        assert phone.post(f"{here}correct/", {}).status_code == 422
        assert phone.post(f"{here}correct/", {"phone": "010-87654321"}).status_code == 302
        assert get_one(hongqi, Correction).phone == "010-87654321"
        assert "没有找到" in phone.get("/yellowpages/?q=无此店").content.decode()

    def test_visitors_see_public_ones_only(self, browser, hongqi, entry):
        with tenant_scope(hongqi):
            hidden = kit.make("内部食堂")
        visitor = browser(hongqi)
        page = visitor.get("/yellowpages/")
        assert (page.status_code, "内部食堂" in page.content.decode(), entry.name in page.content.decode()) == (
            200,
            False,
            True,
        )
        assert visitor.get(f"/yellowpages/{hidden.pk}/").status_code == 404
        assert visitor.get(f"/yellowpages/{entry.pk}/correct/").status_code in (302, 401)
        assert visitor.get("/yellowpages/favourites/").status_code in (302, 401)

    def test_unchanged_pages_cost_one_query(self, browser, hongqi, entry):
        visitor = browser(hongqi)
        tag = visitor.get("/yellowpages/").headers["ETag"]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            again = visitor.get("/yellowpages/", headers={"If-None-Match": tag})
        asked = [query["sql"] for query in seen if query["sql"].lstrip().upper().startswith("SELECT")]
        assert (again.status_code, len(asked)) == (304, 1), asked
        with tenant_scope(hongqi):
            kit.make("新店", address="", is_public=True)
        assert visitor.get("/yellowpages/", headers={"If-None-Match": tag}).status_code == 200

    def test_nothing_of_another_tenant(self, browser, dongfeng, entry):
        assert browser(dongfeng, "member").get(f"/yellowpages/{entry.pk}/").status_code == 404


class TestConsole:
    def test_the_whole_way(self, browser, hongqi):
        desk = browser(hongqi, "editor")
        with tenant_scope(hongqi):
            category = kit.category()
        facts = {
            "name": "机关食堂", "category_id": str(category.pk), "phones": "值班 010-12345678\n12345",
            "hours": "一至五 7:00-8:30", "keeps_holidays": "on",
        }  # fmt: skip
        assert desk.post("/console/yellowpages/new/", {**facts, "hours": "随便"}).status_code == 422
        assert desk.post("/console/yellowpages/new/", facts).status_code == 302
        entry = get_one(hongqi, Entry)
        shown = desk.get(f"/console/yellowpages/{entry.pk}/").content.decode()
        assert "一至五 07:00-08:30" in shown and "值班 010-12345678" in shown
        assert desk.post(f"/console/yellowpages/{entry.pk}/", {**facts, "version": "0"}).status_code == 409
        for deed, facts in (("verify", {}), ("state", {"listed": "0"}), ("state", {"listed": "1"})):
            assert desk.post(f"/console/yellowpages/{entry.pk}/{deed}/", facts).status_code == 302
        assert get_one(hongqi, Entry).is_listed
        assert "机关食堂" in desk.get("/console/yellowpages/export/").content.decode("utf-8-sig")
        for path in (
            "",
            "?show=stale",
            "?show=closed",
            "import/",
            "categories/",
            f"categories/{category.pk}/",
            "days/",
            "corrections/",
        ):
            assert desk.get(f"/console/yellowpages/{path}").status_code == 200, path

    def test_corrections(self, browser, hongqi, entry):
        browser(hongqi, "member").post(f"/yellowpages/{entry.pk}/correct/", {"address": "胜利街"})
        made = get_one(hongqi, Correction)
        desk = browser(hongqi, "editor")
        here = f"/console/yellowpages/corrections/{made.pk}/"
        assert "胜利街" in desk.get(here).content.decode()
        assert desk.post(here, {"deed": "decline", "answer": ""}).status_code == 422
        assert desk.post(here, {"deed": "accept"}).status_code == 302
        assert get_one(hongqi, Entry).address == "胜利街"

    def test_import_rehearses_first(self, browser, hongqi):
        with tenant_scope(hongqi):
            kit.category()
        desk = browser(hongqi, "editor")
        text = "类别,名称\n食堂餐饮,机关食堂\n".encode()
        upload = lambda content: samples.upload("a.csv", content, "text/csv")  # noqa: E731
        shown = desk.post("/console/yellowpages/import/", {"upload": upload(text), "is_rehearsal": "on"})
        assert "将新增 1 条" in shown.content.decode()
        bad = desk.post("/console/yellowpages/import/", {"upload": upload(text + "无,乙\n".encode())})
        assert (bad.status_code, "第 3 行" in bad.content.decode()) == (422, True)
        with tenant_scope(hongqi):
            assert not Entry.objects.exists()
        assert desk.post("/console/yellowpages/import/", {"upload": upload(text)}).status_code == 302
        assert get_one(hongqi, Entry).name == "机关食堂"

    def test_members_do_not_edit(self, browser, hongqi, entry):
        phone = browser(hongqi, "member")
        assert phone.get("/console/yellowpages/").status_code == 403
        assert phone.post(f"/console/yellowpages/{entry.pk}/state/", {"listed": "0"}).status_code == 403
        assert phone.post(f"/yellowpages/{entry.pk}/verify/").status_code == 403
        assert get_one(hongqi, Entry).is_listed


class TestApi:
    def send(self, client, method, path, body):
        return getattr(client, method)(f"{BASE}{path}", data=json.dumps(body), content_type="application/json")

    def test_programs_keep_it_up_to_date(self, client_for, api_key, hongqi):
        api = client_for(hongqi, key=api_key(hongqi, ["yellowpages.read", "yellowpages.manage"]))
        category = self.send(api, "post", "/categories", {"name": "药店"}).json()
        body = {
            "category_id": category["id"],
            "name": "社区药店",
            "hours": "一至日 8:00-20:00",
            "lines": [{"number": "12345"}],
        }
        made = self.send(api, "post", "/entries", body)
        assert (made.status_code, made.json()["hours"]) == (201, "一至日 08:00-20:00")
        one = f"/entries/{made.json()['id']}"
        assert self.send(api, "patch", one, {"hours": "随便"}).status_code in (400, 422)
        assert self.send(api, "patch", one, {"address": "胜利街"}).json()["address"] == "胜利街"
        assert self.send(api, "post", f"{one}/close", {}).json()["state"] == "closed"
        assert api.get(f"{BASE}/entries?q=sqyd").json()["results"][0]["id"] == made.json()["id"]
        assert api.delete(f"{BASE}/categories/{category['id']}").status_code == 409

    def test_readers_do_not_write(self, client_for, api_key, hongqi, entry):
        api = client_for(hongqi, key=api_key(hongqi, ["yellowpages.read"]))
        assert self.send(api, "post", f"/entries/{entry.pk}/close", {}).status_code == 403
        assert api.get(f"{BASE}/corrections").status_code == 403
        assert get_one(hongqi, Entry).is_listed
