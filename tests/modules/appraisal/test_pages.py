"""Phone and console, as people use them: forms, files, refusals, and what visitors see."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.utils.html import escape
from openpyxl import load_workbook

from jiceng.kernel.clock import now
from modules.appraisal.models import (
    AppraisalAppeal,
    Assignment,
    FollowUp,
    Round,
    Sheet,
    SheetScore,
    Subject,
    SurveyAnswer,
    SurveyPoint,
)
from modules.appraisal.selectors.rounds import criteria_of
from modules.appraisal.services import points, running

from . import kit
from .kit import DAY, HOUR, MONDAY, SYSTEM

VISITOR = {"HTTP_X_FORWARDED_FOR": ""}


@pytest.fixture(autouse=True)
def monday(clock):
    """Pages ask the clock."""
    with clock(MONDAY + HOUR) as traveller:
        yield traveller


def text_of(answer) -> str:
    return answer.content.decode()


def said(answer) -> str:
    """What a page says, with the spaces put together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


# --- Scoring on the phone ------------------------------------------------------------------------------------------------
@pytest.fixture
def me(branch, client_for, hongqi):
    return client_for(hongqi).login_as(branch.people[0].user)


def filled(round, *values, **more):
    rows = criteria_of(round)
    return {**{f"score-{row.pk}": value for row, value in zip(rows, values, strict=True)}, **more}


@pytest.mark.parametrize("is_blind", [True, False])
def test_five_taps_and_on_to_the_next(me, branch, is_blind):
    round = kit.opened(branch, is_blind=is_blind)
    page = me.get("/appraisal/")
    assert said(page).count("待评") >= 6 and "已评 0 人，共 6 人" in said(page)
    duties = sorted(kit.duties(round, branch.people[0]), key=lambda duty: (duty.subject.name, duty.pk))
    sheet = me.get(f"/appraisal/score/{duties[0].pk}/")
    assert text_of(sheet).count('type="radio"') == 10 and "checked" not in text_of(sheet)
    answer = me.post(f"/appraisal/score/{duties[0].pk}/", filled(round, "8.5", "17", deed="hand-in"))
    assert (answer.status_code, answer["Location"]) == (302, f"/appraisal/score/{duties[1].pk}/")
    for duty in duties[1:]:
        answer = me.post(f"/appraisal/score/{duty.pk}/", filled(round, "10", "20", deed="hand-in"))
    assert answer["Location"] == "/appraisal/"
    assert "已评 6 人，共 6 人" in said(me.get("/appraisal/"))
    assert Sheet.objects.filter(is_handed_in=True).count() == 6


def test_a_sheet_with_holes_comes_back_with_what_was_tapped(me, branch):
    round = kit.opened(branch)
    duty = kit.duties(round, branch.people[0])[0]
    answer = me.post(f"/appraisal/score/{duty.pk}/", filled(round, "8.5", "", comment="不错", deed="hand-in"))
    assert answer.status_code == 422
    assert (
        "“服务群众”还没有评。" in said(answer) and text_of(answer).count("checked") == 1 and "不错" in text_of(answer)
    )
    for value in ("11", "-1", "NaN", "<b>"):
        answer = me.post(f"/appraisal/score/{duty.pk}/", filled(round, value, "20", deed="hand-in"))
        assert answer.status_code == 422 and "<b>" not in text_of(answer).replace('<b class="', "")
    assert not Sheet.objects.exists()


def test_a_blind_draft_lives_on_the_phone_only(me, branch, client_for, hongqi):
    round = kit.opened(branch)
    duty = kit.duties(round, branch.people[0])[0]
    path = f"/appraisal/score/{duty.pk}/"
    answer = me.post(path, filled(round, "8.5", "", comment="草稿里的话", deed="draft"))
    assert answer.status_code == 302
    cookie = answer.cookies["jc_sheet"]
    assert (cookie["path"], bool(cookie["httponly"]), cookie["samesite"]) == (path, True, "Lax")
    page = text_of(me.get(path))
    assert "草稿里的话" in page and page.count("checked") == 1
    elsewhere = client_for(hongqi).login_as(branch.people[0].user)
    assert "草稿里的话" not in text_of(elsewhere.get(path))
    assert not Sheet.objects.exists() and Assignment.objects.get(pk=duty.pk).state == "pending"
    me.post(path, filled(round, "8.5", "17", deed="hand-in"))
    assert "已提交" in said(me.get(path))


def test_a_named_draft_is_on_every_device(me, branch, client_for, hongqi):
    round = kit.opened(branch, is_blind=False)
    path = f"/appraisal/score/{kit.duties(round, branch.people[0])[0].pk}/"
    me.post(path, filled(round, "8.5", "", comment="草稿里的话", deed="draft"))
    elsewhere = client_for(hongqi).login_as(branch.people[0].user)
    assert "草稿里的话" in text_of(elsewhere.get(path)) and "实名评分" in said(me.get(path))


def test_other_peoples_sheets_are_not_there(me, branch, browser, hongqi):
    round = kit.opened(branch)
    path = f"/appraisal/score/{kit.duties(round, branch.people[1])[0].pk}/"
    for client in (me, browser(hongqi, "member"), browser(hongqi, "secretary")):
        assert client.get(path).status_code == 404
        assert client.post(path, filled(round, "8.5", "17", deed="hand-in")).status_code == 404
    assert not Sheet.objects.exists()


def test_before_and_after_the_time(me, branch, monday, client_for, hongqi):
    round = kit.opened(branch, opens_at=MONDAY + DAY)
    path = f"/appraisal/score/{kit.duties(round, branch.people[0])[0].pk}/"
    assert "开始评分" in said(me.get(path))
    assert me.post(path, filled(round, "8.5", "17", deed="hand-in")).status_code == 409
    monday.move_to(MONDAY + 8 * DAY)
    me = client_for(hongqi).login_as(branch.people[0].user)
    assert me.post(path, filled(round, "8.5", "17", deed="hand-in")).status_code == 409
    assert "没有待评的人" in said(me.get("/appraisal/"))
    assert not Sheet.objects.exists()


# --- Own results ---------------------------------------------------------------------------------------------------------
def test_my_result_and_my_appeal(me, branch, browser, hongqi, monday):
    kit.published(branch)
    mine = Subject.objects.get(person=branch.people[0])
    other = Subject.objects.get(person=branch.people[1])
    monday.move_to(MONDAY + 8 * DAY)
    me.login_as(branch.people[0].user)
    assert "年度评议" in said(me.get("/appraisal/results/"))
    page = me.get(f"/appraisal/results/{mine.pk}/")
    words = said(page)
    assert "80.00" in words and "合格" in words and "怎么算出来的" in words and "80–89 7 人" in words
    assert other.name not in words
    assert "支部评、上级评" in words and "合并显示" in words
    assert me.get(f"/appraisal/results/{other.pk}/").status_code == 404
    assert me.post(f"/appraisal/results/{mine.pk}/", {"reason": ""}).status_code == 422
    assert me.post(f"/appraisal/results/{mine.pk}/", {"reason": "有异议<script>"}).status_code == 302
    assert escape("有异议<script>") in text_of(me.get(f"/appraisal/results/{mine.pk}/"))
    desk = browser(hongqi, "secretary")
    appeal = AppraisalAppeal.objects.get()
    assert "申诉中" in said(desk.get(f"/console/appraisal/rounds/{mine.round_id}/results/"))
    done = desk.post(f"/console/appraisal/appeals/{appeal.pk}/", {"answer": "已核对", "adjusted_total": "85.5"})
    assert done.status_code == 302
    assert "85.50" in said(me.get(f"/appraisal/results/{mine.pk}/")) and "已核对" in said(
        me.get(f"/appraisal/results/{mine.pk}/")
    )


def test_nothing_before_it_is_published(me, branch):
    kit.closed(branch)
    mine = Subject.objects.get(person=branch.people[0])
    assert "还没有公布的结果" in said(me.get("/appraisal/results/"))
    assert me.get(f"/appraisal/results/{mine.pk}/").status_code == 404


# --- Rounds in the console -----------------------------------------------------------------------------------------------
ROUND = {
    "title": "2026 年度党员评议", "period_from": "2026-01-01", "period_to": "2026-12-31", "opens_at": "2026-03-02T09:00",
    "closes_at": "2026-03-09T18:00", "criteria": "政治素质 60\n服务群众，40，20", "self_weight": "0", "peers_weight": "50",
    "branch_weight": "30", "leaders_weight": "20", "peer_count": "10", "is_blind": "on", "normalisation": "none",
    "excellent_from": "90", "good_from": "75", "basic_from": "60", "audience-scope": "some", "audience-identity": "party",
}  # fmt: skip


def test_from_the_form_to_the_results(browser, hongqi, branch, monday):
    desk = browser(hongqi, "secretary")
    assert desk.get("/console/appraisal/rounds/new/").status_code == 200
    made = desk.post("/console/appraisal/rounds/new/", {**ROUND, "audience-units": [str(branch.unit.pk)]})
    round = Round.objects.get()
    base = f"/console/appraisal/rounds/{round.pk}/"
    assert (made.status_code, made["Location"]) == (302, base)
    assert [(row.name, row.weight, row.max_score) for row in criteria_of(round)] == [
        ("政治素质", 60, 10),
        ("服务群众", 40, 20),
    ]
    assert round.weights == {"peers": 50, "branch": 30, "leaders": 20}
    edit = text_of(desk.get(f"{base}edit/"))
    assert "服务群众 40 20" in edit and 'value="2026-03-02T09:00"' in edit
    changed = desk.post(
        f"{base}edit/", {**ROUND, "title": "改名", "audience-units": [str(branch.unit.pk)], "version": "1"}
    )
    assert changed.status_code == 302 and Round.objects.get().title == "改名"
    listed = said(desk.get(f"{base}open/"))
    assert "评分对象 7" in listed and "评分人 8" in listed and branch.people[0].name in listed
    assert Round.objects.get().state == "draft"
    assert desk.post(f"{base}open/").status_code == 302
    assert desk.get(f"{base}edit/").status_code == 409
    assert desk.post(f"{base}edit/", {**ROUND, "version": "2"}).status_code == 409
    kit.hand_in_all(Round.objects.get(), at=MONDAY + HOUR)
    assert "已提交" in said(desk.get(base))
    assert desk.post(f"{base}remind/").status_code == 429
    assert desk.get(f"{base}close/").status_code == 200
    assert desk.post(f"{base}close/").status_code == 302
    table = said(desk.get(f"{base}results/"))
    assert "80.00" in table and "合格" in table
    book = desk.get(f"{base}results/export/")
    assert load_workbook(io.BytesIO(book.content)).active.max_row == 8
    assert desk.get(f"{base}publish/").status_code == 200 and desk.post(f"{base}publish/").status_code == 302
    assert desk.post(f"{base}publish/").status_code == 409
    assert Round.objects.get().state == "published"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"criteria": "没有权重"}, "第 1 行看不懂"),
        ({"criteria": "一 50\n二 40"}, "合计应为 100，现在是 90"),
        ({"peers_weight": "60"}, "各组权重应为 0 到 100 的整数，合计 100。"),
        ({"closes_at": "2026-03-01T00:00"}, "截止时间须晚于开始时间。"),
        ({"normalisation": "z_score"}, "不能用于匿名评分"),
        ({"excellent_from": "50"}, "应从高到低"),
        ({"title": "空\x00"}, ""),
    ],
)
def test_a_form_with_faults_says_where(browser, hongqi, branch, change, sentence):
    answer = browser(hongqi, "secretary").post("/console/appraisal/rounds/new/", {**ROUND, **change})
    assert answer.status_code == 422 and sentence in said(answer)
    assert not Round.objects.exists()


def test_a_draft_can_be_thrown_away(browser, hongqi, branch):
    round = kit.draft(branch)
    desk = browser(hongqi, "secretary")
    assert desk.post(f"/console/appraisal/rounds/{round.pk}/delete/").status_code == 302
    assert not Round.objects.exists()


def test_who_gave_what_is_shown_only_of_named_rounds(browser, hongqi, branch):
    desk = browser(hongqi, "secretary")
    named = kit.closed(branch, is_blind=False)
    subject = Subject.objects.get(round=named, person=branch.people[0])
    page = said(desk.get(f"/console/appraisal/subjects/{subject.pk}/"))
    assert "高书记 上级评" in page and "评分人 评分组 评分" in page


def test_a_secretary_manages_the_rounds_of_the_unit_only(branch, client_for, hongqi):
    whole, own = kit.draft(branch), None
    kit.give(branch.secretary, "secretary", branch.unit)
    client = client_for(hongqi).login_as(branch.secretary.user)
    own = kit.draft(branch, unit_id=branch.unit.pk, title="支部评议")
    listed = said(client.get("/console/appraisal/"))
    assert "支部评议" in listed and "年度评议" not in listed
    assert client.get(f"/console/appraisal/rounds/{own.pk}/").status_code == 200
    assert client.get(f"/console/appraisal/rounds/{whole.pk}/").status_code == 404


# --- The public survey ---------------------------------------------------------------------------------------------------
@pytest.fixture
def point(branch):
    return kit.point(branch.unit, place="一楼大厅")


def open_form(visitor, point):
    page = visitor.get(f"/appraisal/s/{point.code}/")
    word = re.search(r'name="form" value="([^"]+)"', text_of(page))
    return page, word[1] if word else ""


def test_a_citizen_answers_and_reads_the_reply(browser, hongqi, point, branch, client_for, monday):
    visitor = browser(hongqi)
    page, word = open_form(visitor, point)
    assert (
        page["X-Robots-Tag"] == "noindex, nofollow"
        and "tabbar" not in text_of(page)
        and "登录" not in said(page).replace("不用登录", "")
    )
    assert text_of(page).count('type="radio"') == 5
    monday.shift(10)
    given = {"grade": "1", "text": "等了两小时", "phone": "13800138000", "form": word, "website": ""}
    done = visitor.post(f"/appraisal/s/{point.code}/", given)
    assert done.status_code == 302
    again = visitor.post(f"/appraisal/s/{point.code}/", {**given, "grade": "5"})
    assert again["Location"] == done["Location"] and SurveyAnswer.objects.count() == 1
    thanks = said(visitor.get(done["Location"]))
    row = SurveyAnswer.objects.get()
    code = re.search(r"查询码 (\d{6})", thanks)[1]
    assert row.receipt in thanks
    assert "您最近已经评价过这里" in said(visitor.get(f"/appraisal/s/{point.code}/"))
    # staff
    kit.give(branch.secretary, "secretary", branch.unit)
    staff = client_for(hongqi).login_as(branch.secretary.user)
    case = FollowUp.objects.get()
    assert point.name in said(staff.get("/appraisal/follow-ups/"))
    path = f"/appraisal/follow-ups/{case.pk}/"
    assert "13800138000" not in text_of(staff.get(path))
    assert "13800138000" in text_of(staff.post(path, {"deed": "phone"}))
    assert staff.post(path, {"deed": "accept"}).status_code == 302
    assert staff.post(path, {"deed": "close"}).status_code == 409
    assert staff.post(path, {"deed": "reply", "text": ""}).status_code == 400
    assert staff.post(path, {"deed": "nonsense"}).status_code == 400
    assert staff.post(path, {"deed": "note", "text": "内部记录"}).status_code == 302
    assert staff.post(path, {"deed": "reply", "text": "已加开窗口<b>"}).status_code == 302
    assert staff.post(path, {"deed": "close"}).status_code == 302
    # the citizen again, on another phone
    other = browser(hongqi)
    assert (
        other.post(
            "/appraisal/receipt/", {"number": row.receipt, "code": "999999" if code != "999999" else "1"}
        ).status_code
        == 404
    )
    found = other.post("/appraisal/receipt/", {"number": row.receipt, "code": code})
    assert found.status_code == 302
    shown = text_of(other.get(found["Location"]))
    assert escape("已加开窗口<b>") in shown and "内部记录" not in shown and "13800138000" not in shown
    assert branch.secretary.name not in shown
    assert other.post(found["Location"], {"wish": ""}).status_code == 422
    assert other.post(found["Location"], {"wish": "还是慢"}).status_code == 302
    assert (
        other.post(found["Location"], {"wish": "还是慢"}).status_code == 409 or FollowUp.objects.get().state == "open"
    )
    assert (FollowUp.objects.get().state, FollowUp.objects.get().reopened_at is not None) == ("open", True)


def test_forms_with_faults_keep_what_was_written_and_still_count_once(browser, hongqi, point, monday):
    visitor = browser(hongqi)
    _page, word = open_form(visitor, point)
    monday.shift(10)
    answer = visitor.post(f"/appraisal/s/{point.code}/", {"text": "我的话", "form": word})
    assert answer.status_code == 422 and "请选择满意程度。" in said(answer) and "我的话" in text_of(answer)
    assert f'name="form" value="{word}"' in text_of(answer)
    assert visitor.post(f"/appraisal/s/{point.code}/", {"grade": "3", "phone": "12", "form": word}).status_code == 422
    assert (
        visitor.post(f"/appraisal/s/{point.code}/", {"grade": "3", "text": "空\x00", "form": word}).status_code == 422
    )
    assert not SurveyAnswer.objects.exists()
    assert visitor.post(f"/appraisal/s/{point.code}/", {"grade": "3", "form": word}).status_code == 302


def test_what_is_not_taken_says_so_plainly(browser, hongqi, point, monday):
    visitor = browser(hongqi)
    path = f"/appraisal/s/{point.code}/"
    _page, word = open_form(visitor, point)
    fast = visitor.post(path, {"grade": "5", "form": word})
    assert (fast.status_code, "提交得太快" in said(fast)) == (400, True)
    monday.shift(10)
    trapped = visitor.post(path, {"grade": "5", "form": word, "website": "x"})
    assert trapped.status_code == 400
    assert browser(hongqi).post(path, {"grade": "5", "form": word}).status_code == 409  # no device
    assert visitor.post(path, {"grade": "5", "form": "made.up"}).status_code == 409
    assert not SurveyAnswer.objects.exists()
    assert visitor.post(path, {"grade": "5", "form": word}).status_code == 302


def test_withdrawn_points_and_unknown_codes(browser, hongqi, point):
    visitor = browser(hongqi)
    _page, word = open_form(visitor, point)
    points.switch_point(point_id=point.pk, is_active=False, actor=SYSTEM, at=now())
    for answer in (
        visitor.get(f"/appraisal/s/{point.code}/"),
        visitor.post(f"/appraisal/s/{point.code}/", {"grade": "5", "form": word}),
    ):
        assert answer.status_code == 410 and "这个考察点已停用" in said(answer)
    for code in ("nothing", "x" * 300, "%00"):
        assert visitor.get(f"/appraisal/s/{code}/").status_code == 404
    assert (
        visitor.get("/appraisal/thanks/nothing/").status_code
        == visitor.get("/appraisal/receipt/nothing/").status_code
        == 404
    )
    assert not SurveyAnswer.objects.exists()


def test_thanks_are_shown_for_an_hour(browser, hongqi, point, monday):
    visitor = browser(hongqi)
    _page, word = open_form(visitor, point)
    monday.shift(10)
    there = visitor.post(f"/appraisal/s/{point.code}/", {"grade": "5", "form": word})["Location"]
    assert visitor.get(there).status_code == 200
    monday.shift(timedelta(minutes=61))
    assert visitor.get(there).status_code == 410


def test_points_of_another_organisation_are_not_here(browser, dongfeng, point):
    assert browser(dongfeng).get(f"/appraisal/s/{point.code}/").status_code == 404


# --- Points, answers and trend in the console ----------------------------------------------------------------------------
def test_points_and_posters(browser, hongqi, branch):
    desk = browser(hongqi, "secretary")
    given = {
        "kind": "person",
        "name": "王芳窗口",
        "place": "二楼",
        "unit_id": str(branch.unit.pk),
        "person": branch.people[0].name,
    }
    made = desk.post("/console/appraisal/points/new/", given)
    point = SurveyPoint.objects.get()
    assert made["Location"] == f"/console/appraisal/points/{point.pk}/" and point.person == branch.people[0]
    assert desk.post("/console/appraisal/points/new/", {**given, "person": "查无此人"}).status_code == 422
    assert desk.post("/console/appraisal/points/new/", {**given, "kind": "window"}).status_code == 422
    poster = text_of(desk.get(f"/console/appraisal/points/{point.pk}/poster/"))
    assert "王芳窗口" in poster and "<svg" in poster and f"/appraisal/s/{point.code}/" in poster
    old = point.code
    desk.post(f"/console/appraisal/points/{point.pk}/code/")
    desk.post(f"/console/appraisal/points/{point.pk}/active/", {"on": "0"})
    point.refresh_from_db()
    assert point.code != old and not point.is_active
    saved = desk.post(
        f"/console/appraisal/points/{point.pk}/", {**given, "name": "改名", "version": str(point.version)}
    )
    assert saved.status_code == 302
    assert desk.post(f"/console/appraisal/points/{point.pk}/", {**given, "version": "1"}).status_code == 409
    assert SurveyPoint.objects.get().name == "改名"
    assert "改名" in said(desk.get("/console/appraisal/points/?show=inactive")) and "改名" not in said(
        desk.get("/console/appraisal/points/?show=active")
    )


def test_hidden_words_are_in_no_list_and_no_file(browser, hongqi, point):
    row = kit.answer(point, 2, text="金丝雀=1+1").answer
    desk = browser(hongqi, "secretary")
    assert "金丝雀" in said(desk.get("/console/appraisal/answers/"))
    hide = f"/console/appraisal/answers/{row.pk}/hide/"
    assert desk.post(hide, {"reason": ""}).status_code == 422
    assert desk.post(hide, {"reason": "不雅"}).status_code == 302
    for path in ("answers/", "answers/?show=hidden", "follow-ups/", f"follow-ups/{row.follow_up.pk}/", "trend/"):
        assert "金丝雀" not in text_of(desk.get(f"/console/appraisal/{path}")), path
    book = load_workbook(io.BytesIO(desk.get("/console/appraisal/answers/export/").content)).active
    assert [cell.value for cell in list(book.rows)[1]][4:7] == [2, "不满意", "（文字已隐藏）"]
    assert "金丝雀" in said(desk.get(hide))  # moderators can still read it
    assert desk.post(hide, {"deed": "show"}).status_code == 302
    book = load_workbook(io.BytesIO(desk.get("/console/appraisal/answers/export/").content)).active
    cell = list(book.rows)[1][6]
    assert (cell.value, cell.data_type) == ("金丝雀=1+1", "s")


@pytest.mark.parametrize("step", ["day", "week", "month", "nonsense"])
def test_trend(browser, hongqi, point, step):
    for number in range(6):
        kit.answer(point, 4, visit=kit.visit(point.code, address=f"198.51.{number}.1"))
    page = said(browser(hongqi, "secretary").get(f"/console/appraisal/trend/?step={step}"))
    assert "评价 6" in page and "4.0" in page


def test_members_and_visitors_stay_out(browser, hongqi, point, branch):
    kit.answer(point, 1)
    case = FollowUp.objects.get()
    for who in ("member", "stranger", None):
        client = browser(hongqi, who)
        for path in (
            "/console/appraisal/", "/console/appraisal/points/", "/console/appraisal/answers/", "/console/appraisal/trend/",
            f"/console/appraisal/points/{point.pk}/poster/", f"/appraisal/follow-ups/{case.pk}/",
        ):  # fmt: skip
            assert client.get(path).status_code in (302, 403), (who, path)
            if who:
                assert client.get(path).status_code == 403
    assert FollowUp.objects.get().state == "open"


def test_empty_pages_say_what_to_do_next(browser, hongqi, in_hongqi):
    desk = browser(hongqi, "secretary")
    for path, sentence in (
        ("/console/appraisal/", "还没有评分"), ("/console/appraisal/points/", "还没有考察点"), ("/console/appraisal/answers/", "还没有评价"),
        ("/console/appraisal/trend/", "这段时间没有评价"), ("/console/appraisal/follow-ups/", "没有要跟进的评价"),
        ("/appraisal/", "没有待评的人"), ("/appraisal/results/", "还没有公布的结果"), ("/appraisal/follow-ups/", "没有要跟进的评价"),
    ):  # fmt: skip
        answer = desk.get(path)
        assert answer.status_code == 200 and sentence in said(answer), path


def test_scores_are_kept_as_tapped(me, branch):
    round = kit.opened(branch, is_blind=False)
    duty = kit.duties(round, branch.people[0])[0]
    me.post(f"/appraisal/score/{duty.pk}/", filled(round, "8.5", "17", deed="hand-in"))
    assert sorted(SheetScore.objects.values_list("value", flat=True)) == [kit.cents("8.50"), kit.cents("17.00")]
    page = text_of(me.get(f"/appraisal/score/{duty.pk}/"))
    assert page.count("checked") == 2
    running.close_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY)
    assert me.get(f"/appraisal/score/{duty.pk}/").status_code == 404
