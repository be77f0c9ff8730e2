"""Phone, public and console pages: everybody's whole way, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.kernel.clock import now
from modules.volunteering.models import Certificate, HelpRequest, HoursEntry, Project, Shift, SignUp, Team, TeamMember
from modules.volunteering.services import admitting, attending, codes, helping, hours, projects, receipts, signing
from tenants.context import tenant_scope

from . import kit

HOUR, DAY = kit.HOUR, kit.DAY
SHANGHAI = ZoneInfo("Asia/Shanghai")


def get_one(tenant, model, **facts):
    with tenant_scope(tenant):
        return model.objects.get(**facts)


@pytest.fixture
def ahead(hongqi):
    """A shift of a public project, tomorrow."""
    with tenant_scope(hongqi):
        return kit.open_shift(start=now() + DAY, is_public=True)


@pytest.fixture
def running(hongqi, helper):
    """A shift that began an hour ago, with the helper on its list."""
    with tenant_scope(hongqi):
        shift = kit.open_shift(start=now() + DAY)
        kit.join(shift, helper, at=now())
        start = now() - HOUR
        Shift.objects.update(starts_at=start, ends_at=start + 2 * HOUR, closes_at=start)
        return Shift.objects.get(pk=shift.pk)


@pytest.fixture
def past(hongqi, helper):
    """A shift of the day before, attended by the helper."""
    with tenant_scope(hongqi):
        shift = kit.open_shift(start=now() + DAY)
        row = kit.join(shift, helper, at=now())
        start = (now() - DAY).replace(minute=0, second=0, microsecond=0)
        Shift.objects.update(starts_at=start, ends_at=start + 2 * HOUR, closes_at=start)
        line = attending.Entered(row.pk, start, start + 2 * HOUR)
        attending.enter_attendance(shift_id=shift.pk, rows=[line], actor=kit.SYSTEM, at=now())
        return Shift.objects.get(pk=shift.pk)


class TestPhone:
    def test_two_taps_from_the_list_to_a_place(self, browser, hongqi, helper, ahead):
        phone = browser(hongqi, "member")
        project = re.search(r'href="(/volunteering/projects/[^"]+)"', phone.get("/volunteering/").text)[1]
        action = re.search(r'action="(/volunteering/shifts/[^"]+/sign-up/)"', phone.get(project).text)[1]
        answer = phone.post(action, follow=True)
        assert "报名成功" in answer.text and get_one(hongqi, SignUp).person_id == helper.pk
        assert phone.post(action).status_code == 409
        assert "清洁家园" in phone.get("/volunteering/mine/").text
        assert phone.get("/volunteering/mine/?show=past").status_code == 200
        phone.post(f"/volunteering/shifts/{ahead.pk}/withdraw/")
        assert get_one(hongqi, SignUp).state == "withdrawn"

    def test_checking_in_by_scanning(self, browser, hongqi, helper, running):
        desk = browser(hongqi, "secretary")
        shown = desk.get(f"/volunteering/shifts/{running.pk}/code/")
        assert (shown.status_code, shown.headers["Refresh"], "成员甲" in shown.text) == (200, "30", True)
        with tenant_scope(hongqi):
            token = codes.make(running.pk, "in", at=now())
        phone = browser(hongqi, "member")
        page = phone.get(f"/volunteering/check/{token}/").text
        word = re.search(r'name="word" value="([^"]+)"', page)[1]
        assert get_one(hongqi, SignUp).checked_in_at is None
        answer = phone.post(f"/volunteering/check/{token}/", {"word": word, "whereabouts": "东门"}, follow=True)
        assert "签到成功" in answer.text
        assert get_one(hongqi, SignUp).whereabouts == "东门"

    def test_bad_and_old_codes_are_refused_with_a_sentence(self, browser, hongqi, running):
        with tenant_scope(hongqi):
            old = codes.make(running.pk, "in", at=now() - timedelta(minutes=5))
        phone = browser(hongqi, "member")
        expired = phone.get(f"/volunteering/check/{old}/")
        assert (expired.status_code, "签到码已过期" in expired.text) == (410, True)
        unknown = phone.get("/volunteering/check/abc/")
        assert (unknown.status_code, "签到码无效" in unknown.text) == (404, True)
        assert phone.post("/volunteering/check/abc/", {"word": "\x00"}).status_code == 404
        assert phone.get(f"/volunteering/shifts/{running.pk}/code/").status_code == 403
        assert get_one(hongqi, SignUp).checked_in_at is None

    def test_the_organiser_ticks_who_has_no_phone(self, browser, hongqi, running):
        row, desk = get_one(hongqi, SignUp), browser(hongqi, "secretary")
        here = f"/volunteering/shifts/{running.pk}/mark/"
        assert browser(hongqi, "member").post(here, {"sign_up": str(row.pk), "kind": "in"}).status_code == 403
        assert desk.post(here, {"sign_up": str(row.pk), "kind": "out"}).status_code == 400
        assert desk.post(here, {"sign_up": "\x00"}).status_code == 404
        assert get_one(hongqi, SignUp).checked_in_at is None
        assert desk.post(here, {"sign_up": str(row.pk), "kind": "in"}).status_code == 302
        assert (get_one(hongqi, SignUp).checked_in_at is not None, get_one(hongqi, SignUp).is_entered) == (True, True)

    def test_feedback_hours_star_and_certificate(self, browser, hongqi, helper, past):
        phone = browser(hongqi, "member")
        assert "还没有核实过的时长" in phone.get("/volunteering/hours/").text
        assert phone.post("/volunteering/certificates/new/").status_code == 409
        assert "评价这次服务" in phone.get(f"/volunteering/shifts/{past.pk}/").text
        phone.post(f"/volunteering/shifts/{past.pk}/feedback/", {"rating": "5", "text": "好"})
        assert get_one(hongqi, SignUp).rating == 5
        with tenant_scope(hongqi):
            row = SignUp.objects.get()
            hours.verify_hours(shift_id=past.pk, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=now())
        shown = phone.get("/volunteering/hours/").text
        assert "累计 2 小时" in shown and "还差 98 小时" in shown
        made = phone.post("/volunteering/certificates/new/")
        paper = phone.get(made["Location"]).text
        assert "志愿服务证明" in paper and "<svg" in paper
        found = get_one(hongqi, Certificate)
        visitor = browser(hongqi)
        page = visitor.get(f"/volunteering/verify/{found.code}/")
        assert ("真实有效" in page.text, "成*" in page.text, "成员甲" in page.text) == (True, True, False)
        assert visitor.get("/volunteering/verify/ABCDEFGHJKMNPQRSTUVW/").status_code == 404
        assert visitor.get(made["Location"]).status_code in (302, 401)
        assert browser(hongqi, "secretary").get(made["Location"]).status_code == 404

    def test_teams(self, browser, hongqi, helper):
        with tenant_scope(hongqi):
            free, asked = kit.make_team(), kit.make_team("夜巡队", needs_approval=True)
        phone = browser(hongqi, "member")
        assert "红马甲" in phone.get("/volunteering/teams/").text
        for team in (free, asked):
            phone.post(f"/volunteering/teams/{team.pk}/join/")
        with tenant_scope(hongqi):
            assert sorted(TeamMember.objects.values_list("team__name", "state")) == [
                ("夜巡队", "asked"),
                ("红马甲", "member"),
            ]
            row = TeamMember.objects.get(state="asked")
        desk = browser(hongqi, "secretary")
        here = f"/console/volunteering/teams/{asked.pk}/"
        assert "成员甲" in desk.get(here).text
        desk.post(f"{here}members/{row.pk}/", {"accept": "1"})
        assert desk.post(f"{here}members/{row.pk}/", {"accept": "0"}).status_code == 409
        assert get_one(hongqi, TeamMember, pk=row.pk).state == "member"
        phone.post(f"/volunteering/teams/{free.pk}/leave/")
        assert phone.post(f"/volunteering/teams/{free.pk}/leave/").status_code == 404

    def test_people_without_a_place_on_the_roster_read_only(self, browser, hongqi, ahead):
        phone = browser(hongqi, "stranger")
        for path in (
            "",
            f"projects/{ahead.project_id}/",
            f"shifts/{ahead.pk}/",
            "mine/",
            "hours/",
            "teams/",
            "help/open/",
        ):
            assert phone.get(f"/volunteering/{path}").status_code in (200, 403), path
        assert phone.post(f"/volunteering/shifts/{ahead.pk}/sign-up/").status_code == 403
        with tenant_scope(hongqi):
            assert not SignUp.objects.exists()

    def test_lists_cost_the_same_for_one_and_three(self, browser, hongqi, helper, ahead):
        phone = browser(hongqi, "member")
        with tenant_scope(hongqi):
            kit.join(ahead, helper, at=now())
        paths = ("/volunteering/", f"/volunteering/projects/{ahead.project_id}/", "/volunteering/mine/")
        counts = []
        for days in ((3, 4), ()):
            counts.append([self.queries(phone, path) for path in paths])
            with tenant_scope(hongqi):
                for day in days:
                    project = kit.make_project(f"第{day}个", start=now() + day * DAY)
                    kit.join(kit.shift_of(project), helper, at=now())
                    kit.make_shift(ahead.project, start=now() + (day + 4) * DAY)
        assert counts[0] == counts[1]

    def queries(self, client, path):
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)


class TestPublic:
    def test_visitors_see_public_projects_only(self, browser, hongqi, ahead):
        with tenant_scope(hongqi):
            inner = kit.make_project("内部执勤", start=now() + DAY)
        visitor = browser(hongqi)
        page = visitor.get("/volunteering/")
        assert ("清洁家园" in page.text, "内部执勤" in page.text) == (True, False)
        assert visitor.get(f"/volunteering/projects/{inner.pk}/").status_code == 404
        assert "请先登录" in visitor.get(f"/volunteering/projects/{ahead.project_id}/").text
        for path in ("mine/", "hours/", "teams/", "help/open/", f"shifts/{ahead.pk}/"):
            assert visitor.get(f"/volunteering/{path}").status_code in (302, 401), path
        assert visitor.post(f"/volunteering/shifts/{ahead.pk}/sign-up/").status_code in (302, 401, 403)

    def test_unchanged_pages_are_not_sent_again(self, browser, hongqi, ahead):
        visitor = browser(hongqi)
        tag = visitor.get("/volunteering/").headers["ETag"]
        assert visitor.get("/volunteering/", headers={"If-None-Match": tag}).status_code == 304
        with tenant_scope(hongqi):
            projects.close_project(project_id=ahead.project_id, actor=kit.SYSTEM, at=now())
        assert visitor.get("/volunteering/", headers={"If-None-Match": tag}).status_code == 200
        assert visitor.get(f"/volunteering/projects/{ahead.project_id}/").status_code == 404

    def test_nothing_of_another_tenant(self, browser, dongfeng, ahead):
        assert browser(dongfeng, "member").get(f"/volunteering/projects/{ahead.project_id}/").status_code == 404
        assert "清洁家园" not in browser(dongfeng).get("/volunteering/").text

    def form(self, tenant, **fields):
        with tenant_scope(tenant):
            return {**kit.ASKED, "form": admitting.new_form(at=now() - timedelta(minutes=1)), **fields}

    def test_asking_with_a_receipt(self, browser, hongqi):
        visitor = browser(hongqi)
        assert 'name="form" value="' in visitor.get("/volunteering/help/").text
        posted = self.form(hongqi, text="<script>alert(1)</script>")
        answer = visitor.post("/volunteering/help/", posted)
        again = visitor.post("/volunteering/help/", posted)
        assert (answer.status_code, answer["Location"]) == (302, again["Location"])
        made = get_one(hongqi, HelpRequest)
        thanks = visitor.get(answer["Location"]).text
        with tenant_scope(hongqi):
            code = receipts.code_of(made)
        assert made.number in thanks and code in thanks and "13800138000" not in thanks
        assert visitor.post("/volunteering/help/receipt/", {"number": made.number, "code": "x"}).status_code == 404
        found = visitor.post("/volunteering/help/receipt/", {"number": made.number, "code": code})
        shown = visitor.get(found["Location"]).text
        assert "待受理" in shown and "<script>alert" not in shown

    @pytest.mark.parametrize(
        "fields",
        [{"phone": "12"}, {"text": ""}, {"text": "x" * 501}, {"name": "\x00"}, {"website": "x"}, {"form": "x"}],
    )
    def test_refused_forms_keep_nothing(self, browser, hongqi, fields):
        answer = browser(hongqi).post("/volunteering/help/", self.form(hongqi, **fields))
        assert answer.status_code in (409, 422)
        with tenant_scope(hongqi):
            assert not HelpRequest.objects.exists()

    def test_ten_megabytes(self, browser, hongqi):
        answer = browser(hongqi).post("/volunteering/help/", self.form(hongqi, text="x" * 10_000_000))
        assert answer.status_code in (400, 413, 422)
        with tenant_scope(hongqi):
            assert not HelpRequest.objects.exists()

    def test_floods(self, browser, hongqi):
        visitor = browser(hongqi)
        codes_seen = [visitor.post("/volunteering/help/", self.form(hongqi)).status_code for _number in range(12)]
        assert codes_seen == [302] * 5 + [429] * 7
        with tenant_scope(hongqi):
            assert HelpRequest.objects.count() == 5

    def test_taken_done_and_confirmed(self, browser, hongqi, helper):
        visitor, desk, phone = browser(hongqi), browser(hongqi, "secretary"), browser(hongqi, "member")
        visitor.post("/volunteering/help/", self.form(hongqi))
        made = get_one(hongqi, HelpRequest)
        office, here = f"/console/volunteering/help/requests/{made.pk}/", f"/volunteering/help/requests/{made.pk}/"
        page = desk.get(office).text
        assert "138****8000" in page and "13800138000" not in page
        assert phone.get(here).status_code == 404
        desk.post(f"{office}accept/")
        assert made.text in phone.get("/volunteering/help/open/").text
        assert "王阿姨" not in phone.get(here).text
        assert phone.post(f"{here}phone/").status_code == 404
        phone.post(f"{here}take/")
        assert "13800138000" in phone.post(f"{here}phone/").text
        assert "13800138000" not in phone.get(here).text
        assert "13800138000" in desk.post(f"{office}phone/").text
        assert phone.post(f"{here}give-back/", {"reason": ""}).status_code == 400
        phone.post(f"{here}done/", {"words": "搬完了"})
        with tenant_scope(hongqi):
            key = receipts.key_of(made, at=now())
        receipt = f"/volunteering/help/receipt/{key}/"
        assert "搬完了" in visitor.get(receipt).text
        assert visitor.post(receipt, {"words": ""}).status_code == 422
        visitor.post(receipt, {"confirm": "1"})
        assert get_one(hongqi, HelpRequest).state == "confirmed"

    def test_staff_refuse_and_close(self, browser, hongqi, helper):
        with tenant_scope(hongqi):
            made, second = kit.ask(at=now()), kit.ask(at=now(), address="192.0.2.5")
            helping.accept_request(request_id=second.pk, actor=kit.SYSTEM, at=now())
        desk, phone = browser(hongqi, "secretary"), browser(hongqi, "member")
        office = f"/console/volunteering/help/requests/{made.pk}/"
        assert desk.post(f"{office}refuse/", {"reason": ""}).status_code == 422
        desk.post(f"{office}refuse/", {"reason": "请找物业"})
        phone.post(f"/volunteering/help/requests/{second.pk}/take/")
        assert phone.post(f"/volunteering/help/requests/{second.pk}/give-back/", {"reason": "有事"}).status_code == 302
        phone.post(f"/volunteering/help/requests/{second.pk}/take/")
        desk.post(f"/console/volunteering/help/requests/{second.pk}/close/", {"reason": "已电话答复"})
        with tenant_scope(hongqi):
            assert sorted(HelpRequest.objects.values_list("state", flat=True)) == ["closed", "refused"]
        for show in ("", "overdue", "ended", "all"):
            assert desk.get(f"/console/volunteering/help/?show={show}").status_code == 200
        assert "<svg" in desk.get("/console/volunteering/help/poster/").text
        assert phone.get("/console/volunteering/help/").status_code == 403


class TestConsole:
    def test_from_nothing_to_verified_hours(self, browser, hongqi, helper):
        desk = browser(hongqi, "secretary")
        for path in ("", "projects/new/", "teams/", "teams/new/", "hours/", "hours/people/", "statistics/", "help/"):
            assert desk.get(f"/console/volunteering/{path}").status_code == 200, path
        facts = {"title": "清洁家园", "category": "environment", "organiser_id": "成员甲", "skills": "水电、驾驶"}
        assert (
            desk.post("/console/volunteering/projects/new/", {**facts, "organiser_id": "没有这个人"}).status_code == 422
        )
        made = desk.post("/console/volunteering/projects/new/", facts)
        project = get_one(hongqi, Project)
        here = f"/console/volunteering/projects/{project.pk}/"
        assert (made["Location"], project.organiser_id, project.skill_list) == (here, helper.pk, ["水电", "驾驶"])
        start = (now() + DAY).astimezone(SHANGHAI)
        times = {
            "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
            "ends_at": (start + 30 * HOUR).strftime("%Y-%m-%dT%H:%M"),
        }
        assert desk.post(f"{here}publish/").status_code == 409
        assert desk.post(f"{here}shifts/new/", {**times, "capacity": "3"}).status_code == 422
        times["ends_at"] = (start + 2 * HOUR).strftime("%Y-%m-%dT%H:%M")
        assert desk.post(f"{here}shifts/new/", {**times, "capacity": "3"}).status_code == 302
        assert desk.post(f"{here}publish/").status_code == 302
        shift = get_one(hongqi, Shift)
        office = f"/console/volunteering/shifts/{shift.pk}/"
        assert desk.post(f"{office}people/new/", {"person_id": "成员甲"}).status_code == 302
        assert desk.post(f"{office}people/new/", {"person_id": "成员甲"}).status_code == 409
        for path in (here, f"{here}edit/", f"{here}close/", f"{here}cancel/", office, f"{office}edit/", f"{office}cancel/",
                     f"{office}code/?kind=out", f"{office}attendance/", f"{office}?show=waiting"):  # fmt: skip
            assert desk.get(path).status_code == 200, path
        assert desk.post(f"{office}edit/", {**times, "capacity": "0"}).status_code == 422
        edited = {**facts, "title": "清洁家园二", "version": "2"}
        assert desk.post(f"{here}edit/", edited).status_code == 302
        assert desk.post(f"{here}edit/", edited).status_code == 409
        row = get_one(hongqi, SignUp)
        assert desk.post(f"{office}people/{row.pk}/remove/").status_code == 302
        assert get_one(hongqi, SignUp).state == "withdrawn"
        assert desk.post(f"{here}cancel/", {"reason": "雨"}).status_code == 302

    def test_attendance_by_hand_and_verifying(self, browser, hongqi, past):
        desk, row = browser(hongqi, "secretary"), get_one(hongqi, SignUp)
        office = f"/console/volunteering/shifts/{past.pk}/attendance/"
        wrong = desk.post(office, {f"in-{row.pk}": "随便", f"out-{row.pk}": ""})
        assert (wrong.status_code, "时间的写法有误" in wrong.text) == (422, True)
        assert desk.post(office, {}).status_code == 302
        assert get_one(hongqi, SignUp).checked_in_at == past.starts_at
        assert desk.post(office, {f"in-{row.pk}": "", f"out-{row.pk}": ""}).status_code == 302
        assert get_one(hongqi, SignUp).checked_in_at is None
        assert desk.post(office, {f"here-{row.pk}": "1", f"in-{row.pk}": "", f"out-{row.pk}": ""}).status_code == 302
        assert get_one(hongqi, SignUp).checked_out_at == past.ends_at
        here = f"/console/volunteering/hours/shifts/{past.pk}/"
        assert here in desk.get("/console/volunteering/hours/").text
        assert f'value="{row.pk}" checked' in desk.get(here).text
        assert desk.post(here, {}).status_code == 422
        assert desk.post(here, {"row": str(row.pk), f"hours-{row.pk}": "5"}).status_code == 422
        assert desk.post(here, {"row": str(row.pk), f"hours-{row.pk}": "2"}).status_code == 302
        entry = get_one(hongqi, HoursEntry)
        assert entry.hours == 2
        assert here not in desk.get("/console/volunteering/hours/").text
        assert here in desk.get("/console/volunteering/hours/?show=all").text
        ledger = f"/console/volunteering/hours/people/{row.person_id}/"
        for path in (
            here,
            "/console/volunteering/hours/",
            "/console/volunteering/hours/people/?q=成员",
            ledger,
            office,
        ):
            assert desk.get(path).status_code == 200, path
        change = f"/console/volunteering/hours/entries/{entry.pk}/"
        assert desk.post(f"{change}correct/", {"hours": "1.5", "reason": ""}).status_code == 422
        assert desk.post(f"{change}correct/", {"hours": "1.5", "reason": "早退"}).status_code == 302
        assert desk.post(f"{change}reverse/", {"reason": "再来"}).status_code == 409
        assert desk.get("/console/volunteering/statistics/").text.count("1.5") >= 1
        book = desk.get("/console/volunteering/statistics/export/")
        assert book.content[:2] == b"PK"
        assert browser(hongqi, "member").get(ledger).status_code == 403

    def test_drafts_are_deleted_and_nothing_else(self, browser, hongqi, ahead):
        with tenant_scope(hongqi):
            draft = kit.make_project("草稿", publish=False, start=now() + DAY)
        desk = browser(hongqi, "secretary")
        here = f"/console/volunteering/projects/{draft.pk}/delete/"
        assert desk.get(here).status_code == 200
        assert desk.post(f"/console/volunteering/projects/{ahead.project_id}/delete/").status_code == 409
        assert desk.post(here).status_code == 302
        assert get_one(hongqi, Project).pk == ahead.project_id

    def test_markup_is_shown_as_it_was_typed(self, browser, hongqi):
        with tenant_scope(hongqi):
            project = kit.make_project("<b>甲</b>", start=now() + DAY, text="<script>alert(1)</script>", is_public=True)
        for client, path in (
            (browser(hongqi), "/volunteering/"), (browser(hongqi), f"/volunteering/projects/{project.pk}/"),
            (browser(hongqi, "secretary"), f"/console/volunteering/projects/{project.pk}/"),
        ):  # fmt: skip
            page = client.get(path).text
            assert "<b>甲" not in page and "<script>alert" not in page and "&lt;b&gt;甲" in page

    def test_certificates_are_revoked(self, browser, hongqi, helper, past):
        with tenant_scope(hongqi):
            row = SignUp.objects.get()
            hours.verify_hours(shift_id=past.pk, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=now())
        browser(hongqi, "member").post("/volunteering/certificates/new/")
        found = get_one(hongqi, Certificate)
        desk = browser(hongqi, "secretary")
        assert desk.post(f"/console/volunteering/certificates/{found.pk}/revoke/", {"reason": ""}).status_code == 422
        desk.post(f"/console/volunteering/certificates/{found.pk}/revoke/", {"reason": "姓名有误"})
        assert "不再有效" in browser(hongqi).get(f"/volunteering/verify/{found.code}/").text

    def test_members_have_no_desk(self, browser, hongqi, ahead):
        phone = browser(hongqi, "member")
        for path in ("", f"projects/{ahead.project_id}/", f"shifts/{ahead.pk}/", "teams/", "hours/", "statistics/"):
            assert phone.get(f"/console/volunteering/{path}").status_code == 403, path
        assert (
            phone.post(f"/console/volunteering/projects/{ahead.project_id}/cancel/", {"reason": "x"}).status_code == 403
        )
        assert get_one(hongqi, Project).is_published

    def test_teams_are_made_and_changed(self, browser, hongqi, helper):
        desk = browser(hongqi, "secretary")
        assert desk.post("/console/volunteering/teams/new/", {"name": ""}).status_code == 422
        desk.post("/console/volunteering/teams/new/", {"name": "红马甲", "leader_id": "成员甲", "is_active": "on"})
        team = get_one(hongqi, Team)
        here = f"/console/volunteering/teams/{team.pk}/edit/"
        assert "成员甲" in desk.get(here).text
        changed = {"name": "红马甲二队", "is_active": "on", "version": "1"}
        assert [desk.post(here, changed).status_code for _time in range(2)] == [302, 409]
        assert get_one(hongqi, Team).name == "红马甲二队"

    def test_sign_ups_of_others_stay(self, browser, hongqi, branch, ahead):
        with tenant_scope(hongqi):
            row = kit.join(ahead, kit.make_person("甲", branch), at=now())
            with pytest.raises(signing.errors.SignUpMissing):
                signing.withdraw(
                    shift_id=kit.open_shift(title="乙", start=now() + 2 * DAY).pk,
                    sign_up_id=row.pk,
                    actor=kit.SYSTEM,
                    at=now(),
                )
            assert SignUp.objects.get().state == "joined"
