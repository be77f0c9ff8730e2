"""Exams on pages: an examiner's and a candidate's whole way without JavaScript, and through the API."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from jiceng.kernel.clock import now
from modules.study.models import Attempt, AttemptItem, Exam, Paper, Question, QuestionBank
from modules.study.services import exam_delivery, exams
from tenants.context import tenant_scope

from . import exam_kit as sit

DAY = timedelta(days=1)
BASE = "/api/v1/study"


def get_one(tenant, model, **facts):
    with tenant_scope(tenant):
        return model.objects.get(**facts)


@pytest.fixture
def exam(hongqi, learner):
    """Open now, for everybody, with a short answer at the end."""
    with tenant_scope(hongqi):
        paper = sit.make_paper(sit.SINGLE, sit.MULTIPLE, sit.TRUE, sit.FILL, sit.SHORT)
        return sit.make_exam(paper, opens_at=now() - DAY, closes_at=now() + DAY, show_answers="after_submit")


@pytest.fixture
def phone(browser, hongqi, learner):
    return browser(hongqi, "member")


class TestCandidatesWay:
    def test_without_javascript(self, phone, browser, hongqi, exam):
        assert exam.title in phone.get("/study/exams/").content.decode()
        assert "开始考试" in phone.get(f"/study/exams/{exam.pk}/").content.decode()
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        here = first.rsplit("/", 2)[0]
        page = phone.get(first).content.decode()
        assert "每季度" in page
        assert phone.post(first, {"choice": "1", "go": "2"})["Location"] == f"{here}/2/"
        phone.post(f"{here}/2/", {"choice": ["0", "1"], "go": "3"})
        phone.post(f"{here}/3/", {"choice": "0", "go": "4"})
        phone.post(f"{here}/4/", {"blank": ["书记", "季度"], "go": "5"})
        sheet = phone.get(f"{here}/hand-in/").content.decode()
        assert "还有 1 题没有答" in sheet
        assert (
            phone.post(f"{here}/5/", {"blank": "会前、会中、会后。", "go": "sheet"})["Location"] == f"{here}/hand-in/"
        )
        assert phone.post(f"{here}/hand-in/")["Location"] == f"{here}/"
        assert "等待阅卷" in phone.get(f"{here}/").content.decode()
        desk = browser(hongqi, "secretary")
        marking = f"/console/study/exams/{exam.pk}/marking/"
        shown = desk.get(marking).content.decode()
        assert "会前、会中、会后。" in shown
        assert "成员甲" not in shown  # blind
        item = get_one(hongqi, AttemptItem, number=5)
        assert desk.post(marking, {"item_id": item.pk, "points": "11"}).status_code == 422
        assert desk.post(marking, {"item_id": item.pk, "points": "8"})["Location"] == marking
        assert desk.get(marking)["Location"] == f"/console/study/exams/{exam.pk}/candidates/"
        result = phone.get(f"{here}/").content.decode()
        assert "<b>18</b> / 20" in result
        attempt = get_one(hongqi, Attempt)
        assert (attempt.score, attempt.is_passed) == (18, True)
        assert phone.get(f"{here}/1/").status_code == 302

    def test_answers_are_saved_as_one_goes(self, phone, hongqi, exam):
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        save = first.rsplit("/", 2)[0] + "/save/"
        answer = phone.post(save, {"number": "1", "choice": "1", "sequence": "1700000000000"})
        assert (answer.status_code, answer.json()["saved"]) == (200, True)
        assert 0 < answer.json()["left"] <= 3600
        phone.post(save, {"number": "1", "choice": "0", "sequence": "1600000000000"})  # the clock went back
        assert get_one(hongqi, AttemptItem, number=1).answer == [1]
        for bad in ({"number": "x"}, {"number": "1", "choice": "99"}, {"number": "1", "choice": "evil"}):
            assert phone.post(save, bad).status_code in (400, 422)
        assert phone.post(save, {"number": "77", "choice": "1"}).status_code == 404
        assert get_one(hongqi, AttemptItem, number=1).answer == [1]

    def test_a_second_terminal_is_asked(self, phone, browser, hongqi, exam):
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        here = first.rsplit("/", 2)[0]
        phone.post(first, {"choice": "1", "go": "2"})
        other = browser(hongqi, "member")
        assert "正在另一台设备上作答" in other.get(first).content.decode()
        assert other.post(first, {"choice": "0", "go": "2"}).status_code == 409
        assert other.post(f"{here}/here/")["Location"] == first
        assert "checked" in other.get(first).content.decode()
        assert other.post(first, {"choice": "2", "go": "2"}).status_code == 302
        assert phone.post(first, {"choice": "0", "go": "2"}).status_code == 409
        assert get_one(hongqi, AttemptItem, number=1).answer == [2]

    def test_a_refused_answer_stays_on_the_page(self, phone, hongqi, exam):
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        short = first.rsplit("/", 2)[0] + "/5/"
        answer = phone.post(short, {"blank": "长" * 2001, "go": "sheet"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "不能超过" in page
        assert "长长长" in page
        assert get_one(hongqi, AttemptItem, number=5).answer is None

    def test_ten_megabytes_are_refused(self, phone, hongqi, exam):
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        answer = phone.post(first.rsplit("/", 2)[0] + "/5/", {"blank": "a" * 10_000_000, "go": "sheet"})
        assert answer.status_code in (400, 413, 422)
        assert get_one(hongqi, AttemptItem, number=5).answer is None

    def test_right_answers_wait_for_the_end(self, phone, hongqi, learner):
        with tenant_scope(hongqi):
            exam = sit.make_exam(sit.make_paper(sit.TRUE), opens_at=now() - DAY, closes_at=now() + DAY)
        here = phone.post(f"/study/exams/{exam.pk}/start/")["Location"].rsplit("/", 2)[0]
        phone.post(f"{here}/1/", {"choice": "1", "go": "sheet"})
        phone.post(f"{here}/hand-in/")
        page = phone.get(f"{here}/").content.decode()
        assert "正确答案" not in page
        assert "主题党日" not in phone.get("/study/exams/wrong/").content.decode()
        with tenant_scope(hongqi):
            exams.close_exam(exam_id=exam.pk, actor=sit.SYSTEM, at=now())
        assert "正确答案" in phone.get(f"{here}/").content.decode()
        assert "主题党日" in phone.get("/study/exams/wrong/").content.decode()

    def test_questions_never_carry_their_answers(self, phone, hongqi, exam):
        first = phone.post(f"/study/exams/{exam.pk}/start/")["Location"]
        for number in range(1, 6):
            page = phone.get(first.rsplit("/", 2)[0] + f"/{number}/").content.decode()
            for secret in ("支部书记", "会前、会中、会后", "正确答案", "参考答案"):
                assert secret not in page

    def test_others_see_nothing(self, phone, browser, hongqi, dongfeng, exam):
        here = phone.post(f"/study/exams/{exam.pk}/start/")["Location"].rsplit("/", 2)[0]
        for client in (browser(hongqi, "editor"), browser(dongfeng, "member")):
            for path in ("/", "/1/", "/hand-in/"):
                assert client.get(f"{here}{path}").status_code == 404
            for path in ("/1/", "/hand-in/", "/here/", "/save/"):
                assert client.post(f"{here}{path}", {"number": "1", "choice": "0"}).status_code in (403, 404, 409)
        assert get_one(hongqi, Attempt).is_running

    def test_lists_cost_the_same_for_one_and_three(self, phone, hongqi, exam, django_assert_max_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        phone.get("/study/exams/")
        counts = []
        for _more in range(2):
            with CaptureQueriesContext(connection) as captured:
                phone.get("/study/exams/")
            counts.append(len(captured))
            with tenant_scope(hongqi):
                for name in ("甲", "乙"):
                    paper = sit.make_paper(sit.TRUE, bank=sit.make_bank(name))
                    sit.make_exam(paper, opens_at=now() - DAY, closes_at=now() + DAY)
        assert counts[0] == counts[1]


class TestExaminersWay:
    def test_from_a_bank_to_a_published_exam(self, browser, hongqi):
        desk = browser(hongqi, "editor")
        desk.post("/console/study/exams/banks/new/", {"name": "党章题库"})
        bank = get_one(hongqi, QuestionBank)
        here = f"/console/study/exams/banks/{bank.pk}/"
        new = f"{here}questions/new/?kind=single"
        assert "选项 A" in desk.get(new).content.decode()
        fields = {
            "text": "多久一次？", "option_A": "每月", "option_B": "每季度", "right": "1", "points": "2", "difficulty": "2",
            "tags": "组织生活，基础",
        }  # fmt: skip
        assert desk.post(new, {**fields, "right": ["0", "1"]}).status_code == 422
        assert desk.post(new, fields).status_code == 302
        question = get_one(hongqi, Question)
        assert question.tags == ["组织生活", "基础"]
        assert "多久一次" in desk.get(f"{here}?tag=基础").content.decode()
        desk.post("/console/study/exams/papers/new/", {"title": "结业试卷", "mode": "fixed", "partial_credit": "none"})
        paper = get_one(hongqi, Paper)
        sheet = f"/console/study/exams/papers/{paper.pk}/"
        assert "多久一次" in desk.get(f"{sheet}questions/").content.decode()
        assert desk.post(f"{sheet}questions/", {"question_ids": [str(question.pk)]})["Location"] == sheet
        part = re.search(r"/parts/(\d+)/", desk.get(sheet).content.decode())[1]
        desk.post(f"{sheet}parts/{part}/", {"points": "5"})
        start, end = (now() - DAY).strftime("%Y-%m-%dT%H:%M"), (now() + 9 * DAY).strftime("%Y-%m-%dT%H:%M")
        made = desk.post("/console/study/exams/new/", {
            "title": "结业考试", "paper_id": str(paper.pk), "opens_at": start, "closes_at": end, "minutes": "30",
            "attempts_allowed": "1", "pass_percent": "60", "show_answers": "after_close", "audience-scope": "everyone",
        })  # fmt: skip
        exam = get_one(hongqi, Exam)
        assert made["Location"] == f"/console/study/exams/{exam.pk}/"
        assert "确定发布" in desk.get(f"{made['Location']}publish/").content.decode()
        assert desk.post(f"{made['Location']}publish/").status_code == 302
        assert get_one(hongqi, Exam).state == "published"
        assert desk.post(f"{sheet}parts/{part}/", {"points": "9"}).status_code == 409

    def test_every_kind_can_be_edited(self, browser, hongqi):
        desk = browser(hongqi, "editor")
        with tenant_scope(hongqi):
            bank = sit.make_bank()
            made = [sit.make_question(bank, one) for one in (sit.SINGLE, sit.MULTIPLE, sit.TRUE, sit.FILL, sit.SHORT)]
        for question in made:
            here = f"/console/study/exams/questions/{question.pk}/"
            page = desk.get(here).content.decode()
            found = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page))
            texts = dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page))
            ticked = re.findall(r'name="(right|is_right)" value="(\d)"[^>]*checked', page)
            data = {
                name: value
                for name, value in found.items()
                if name.startswith("option_") or name in ("version", "tags")
            }
            data |= texts | {"points": "3", "difficulty": "3", "text": f"新：{texts['text']}"}
            for name, value in ticked:
                data.setdefault(name, []).append(value)
            assert desk.post(here, data).status_code == 302, page
        with tenant_scope(hongqi):
            for question in made:
                current = sit.questions.reads.current_of(question)
                assert current.text.startswith("新：")
                assert current.answer == {"single": [1], "multiple": [0, 1], "true_false": [0], "short": []}.get(
                    question.kind, [["书记", "支部书记"], ["季度"]]
                )

    def test_an_import_page_by_page(self, browser, hongqi):
        from .test_questions import TestFiles, sheet

        desk = browser(hongqi, "editor")
        with tenant_scope(hongqi):
            bank = sit.make_bank()
        here = f"/console/study/exams/banks/{bank.pk}/"
        assert desk.get(f"{here}import/").status_code == 200
        assert desk.get("/console/study/exams/template/")["Content-Type"].startswith("application/vnd.openxml")
        made = desk.post(f"{here}import/", {"upload": sheet(*TestFiles.ROWS)})
        assert "写入这 5 道题" in desk.get(made["Location"]).content.decode()
        assert desk.post(made["Location"])["Location"] == here
        assert desk.post(made["Location"]).status_code == 409
        with tenant_scope(hongqi):
            assert Question.objects.count() == 5
        assert desk.get(f"{here}export/").status_code == 200

    def test_pages_of_the_console_open(self, browser, hongqi, exam, phone):
        phone.post(f"/study/exams/{exam.pk}/start/")
        desk, secretary = browser(hongqi, "editor"), browser(hongqi, "secretary")
        bank, paper = get_one(hongqi, QuestionBank), get_one(hongqi, Paper)
        candidate = get_one(hongqi, Attempt).candidate_id
        base = f"/console/study/exams/{exam.pk}/"
        for path in (
            "/console/study/exams/", "/console/study/exams/new/", base, f"{base}close/", f"{base}withdraw/",
            f"{base}candidates/{candidate}/extend/", "/console/study/exams/banks/", f"/console/study/exams/banks/{bank.pk}/edit/",
            "/console/study/exams/papers/", f"/console/study/exams/papers/{paper.pk}/",
        ):  # fmt: skip
            assert desk.get(path).status_code == 200, path
        for path in ("candidates/", "candidates/?show=absent", "analysis/", "export/"):
            assert secretary.get(f"{base}{path}").status_code == 200, path
        assert secretary.get("/console/study/exams/results/").status_code == 200
        assert browser(hongqi, "member").get(base).status_code == 403

    def test_more_time_and_voiding_through_pages(self, browser, hongqi, exam, phone):
        phone.post(f"/study/exams/{exam.pk}/start/")
        desk = browser(hongqi, "editor")
        base = f"/console/study/exams/{exam.pk}/"
        candidate = get_one(hongqi, Attempt).candidate_id
        extend = f"{base}candidates/{candidate}/extend/"
        assert desk.post(extend, {"extra_minutes": "20"}).status_code == 422
        assert desk.post(extend, {"extra_minutes": "20", "reason": "视力不便"}).status_code == 302
        attempt = get_one(hongqi, Attempt)
        assert attempt.deadline_at - attempt.started_at == timedelta(minutes=80)
        question = get_one(hongqi, Question, kind="single")
        assert desk.post(f"{base}void/{question.pk}/", {"reason": ""}).status_code == 422
        assert desk.post(f"{base}void/{question.pk}/", {"reason": "有误"}).status_code == 302


class TestApi:
    @pytest.fixture
    def api(self, client_for, api_key, hongqi):
        return client_for(hongqi, key=api_key(hongqi, ["study.examine", "study.mark"]))

    def send(self, client, method, path, body):
        return getattr(client, method)(f"{BASE}{path}", data=json.dumps(body), content_type="application/json")

    def test_an_exam_from_nothing(self, api, hongqi, actors, learner):
        bank = self.send(api, "post", "/question-banks", {"name": "题库"}).json()
        question = self.send(api, "post", "/questions", {
            "bank_id": bank["id"], "kind": "single", "text": "多久？", "options": ["每月", "每季度"], "answer": [1], "points": "2.0",
        }).json()  # fmt: skip
        assert (question["options"], question["answer"], question["version"]) == (["每月", "每季度"], [1], 1)
        changed = self.send(api, "patch", f"/questions/{question['id']}", {"text": "多久一次？"}).json()
        assert (changed["text"], changed["version"]) == ("多久一次？", 2)
        paper = self.send(api, "post", "/exam-papers", {"title": "卷", "mode": "fixed"}).json()
        paper = self.send(
            api, "post", f"/exam-papers/{paper['id']}/questions", {"question_ids": [question["id"]]}
        ).json()
        assert (paper["question_count"], paper["total"]) == (1, "2.00")
        opens, closes = (now() - DAY).isoformat(), (now() + DAY).isoformat()
        body = {
            "title": "考试",
            "paper_id": paper["id"],
            "opens_at": opens,
            "closes_at": closes,
            "audience": {"everyone": True},
        }
        exam = self.send(api, "post", "/exams", body).json()
        published = self.send(api, "post", f"/exams/{exam['id']}/publish", {}).json()
        assert published["state"] == "published"
        with tenant_scope(hongqi):
            exam_delivery.deliver_exam(exam_id=exam["id"], at=now())
            sit.take(Exam.objects.get(), actors.member, [1], at=now())
        rows = api.get(f"{BASE}/exam-results?exam_id={exam['id']}").json()["results"]
        assert [(row["person_id"], row["percent"], row["is_passed"]) for row in rows] == [(str(learner.pk), 100, True)]
        assert self.send(api, "patch", f"/exams/{exam['id']}", {"minutes": 5}).status_code == 409

    def test_faults_name_their_fields(self, api, hongqi):
        bank = self.send(api, "post", "/question-banks", {"name": "题库"}).json()
        answer = self.send(api, "post", "/questions", {
            "bank_id": bank["id"], "kind": "single", "text": "x", "options": ["甲", "乙"], "answer": [5],
        })  # fmt: skip
        assert answer.status_code == 400
        assert "/answer" in json.dumps(answer.json())
        with tenant_scope(hongqi):
            assert not Question.objects.exists()

    def test_members_keys_see_no_questions(self, client_for, api_key, hongqi, exam):
        reader = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        for path in ("question-banks", "questions", "exam-papers", "exams", "exam-results"):
            assert reader.get(f"{BASE}/{path}").status_code == 403
