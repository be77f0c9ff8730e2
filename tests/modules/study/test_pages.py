"""Phone and console pages: the whole way of an editor, a secretary and a member, without JavaScript."""

from __future__ import annotations

import re

import pytest

from jiceng.access.services import assign_role
from jiceng.kernel.clock import now
from modules.study.models import Assignment, Course, Lesson, Material, Note, Progress
from modules.study.services import delivering
from tenants.context import tenant_scope

from . import kit


def get_one(tenant, model, **facts):
    with tenant_scope(tenant):
        return model.objects.get(**facts)


@pytest.fixture
def course(hongqi):
    with tenant_scope(hongqi):
        return kit.make_course(class_hours="1.5")


@pytest.fixture
def lessons(hongqi, course):
    with tenant_scope(hongqi):
        return kit.lessons_of(course)


class TestEditorsWay:
    def test_from_nothing_to_a_published_course(self, browser, hongqi):
        desk = browser(hongqi, "editor")
        made = desk.post("/console/study/courses/new/", {"title": "条例导读", "class_hours": "1.5", "is_open": "on"})
        course = get_one(hongqi, Course)
        here = f"/console/study/courses/{course.pk}/"
        assert (made.status_code, made["Location"]) == (302, here)
        desk.post(f"{here}chapters/", {"title": "第一章"})
        page = desk.get(here).content.decode()
        add = re.search(r'href="(/console/study/chapters/[^"]+/lessons/new/)"', page)[1]
        chapter = add.split("/")[4]
        saved = desk.post(
            f"/console/study/materials/new/?kind=article&chapter={chapter}", {"title": "总则", "body": "支部党员大会。"}
        )
        material = get_one(hongqi, Material)
        assert saved["Location"] == f"{add}?material={material.pk}"
        shown = desk.get(saved["Location"]).content.decode()
        assert f'<option value="{material.pk}" selected' in shown
        desk.post(add, {"material_id": str(material.pk), "rule": "confirm", "is_required": "on"})
        assert desk.post(f"{here}publish/").status_code == 302
        course = get_one(hongqi, Course)
        assert (course.state, str(course.class_hours), get_one(hongqi, Lesson).title) == ("published", "1.5", "总则")

    def test_faults_stay_on_the_form(self, browser, hongqi):
        desk = browser(hongqi, "editor")
        answer = desk.post("/console/study/courses/new/", {"title": "", "class_hours": "0.3"})
        assert answer.status_code == 422
        answer = desk.post("/console/study/courses/new/", {"title": "课", "class_hours": "0.3"})
        assert (answer.status_code, "以 0.5 为单位" in answer.content.decode()) == (422, True)
        with tenant_scope(hongqi):
            assert not Course.objects.exists()

    def test_pages_of_the_console_open(self, browser, hongqi, course, lessons):
        desk = browser(hongqi, "editor")
        for path in (
            "", f"courses/{course.pk}/", f"courses/{course.pk}/edit/", f"courses/{course.pk}/withdraw/",
            f"courses/{course.pk}/learners/", f"lessons/{lessons[0].pk}/", "materials/", "materials/new/?kind=video",
            "materials/new/?kind=link", f"materials/{lessons[0].material_id}/", "assignments/", "assignments/new/",
        ):  # fmt: skip
            assert desk.get(f"/console/study/{path}").status_code == 200, path

    def test_a_member_has_no_desk(self, browser, hongqi, course):
        phone = browser(hongqi, "member")
        for path in ("", f"courses/{course.pk}/", "materials/", "assignments/"):
            assert phone.get(f"/console/study/{path}").status_code == 403
        assert phone.post(f"/console/study/courses/{course.pk}/withdraw/").status_code == 403
        assert get_one(hongqi, Course).state == "published"


class TestSecretarysWay:
    def test_assigning_seeing_reminding_exporting(self, browser, hongqi, course, learner, people, branch):
        with tenant_scope(hongqi):
            kit.make_person("成员乙", branch, login="chengyuanyi")
            assign_role(user=people(hongqi).stranger, role="secretary", actor=kit.SYSTEM, unit_path=branch.path)
        desk = browser(hongqi, "stranger")
        made = desk.post("/console/study/assignments/new/", {
            "what": f"course:{course.pk}", "is_mandatory": "on", "audience-scope": "some", "audience-units": [str(branch.pk)],
        })  # fmt: skip
        task = get_one(hongqi, Assignment)
        here = f"/console/study/assignments/{task.pk}/"
        assert (made.status_code, made["Location"]) == (302, here)
        with tenant_scope(hongqi):
            assert delivering.deliver_assignment(assignment_id=task.pk, at=now()) == 2
        page = desk.get(here).content.decode()
        assert "第一支部及下级" in page
        assert "成员乙" in desk.get(f"{here}?show=waiting").content.decode()
        assert desk.post(f"{here}remind/").status_code == 302
        again = desk.post(f"{here}remind/")
        assert (again.status_code, "24 小时内" in again.content.decode()) == (409, True)
        table = desk.get(f"{here}export/")
        assert "成员乙" in table.content.decode("utf-8-sig")
        assert desk.get(f"{here}deadline/").status_code == 200
        assert desk.post(f"{here}cancel/").status_code == 302
        assert not get_one(hongqi, Assignment).is_open

    def test_the_whole_tenant_is_beyond_reach(self, browser, hongqi, course, people, branch):
        with tenant_scope(hongqi):
            assign_role(user=people(hongqi).stranger, role="secretary", actor=kit.SYSTEM, unit_path=branch.path)
        answer = browser(hongqi, "stranger").post(
            "/console/study/assignments/new/", {"what": f"course:{course.pk}", "audience-scope": "everyone"}
        )
        assert answer.status_code == 422
        with tenant_scope(hongqi):
            assert not Assignment.objects.exists()


class TestMembersWay:
    def test_from_the_home_page_to_the_end(self, browser, hongqi, course, lessons, learner):
        with tenant_scope(hongqi):
            kit.assign(course)
        phone = browser(hongqi, "member")
        assert course.title in phone.get("/").content.decode()
        assert f"/study/courses/{course.pk}/" in phone.get("/study/").content.decode()
        assert f"/study/lessons/{lessons[0].pk}/" in phone.get(f"/study/courses/{course.pk}/").content.decode()
        for number, lesson in enumerate(lessons):
            assert "支部党员大会" in phone.get(f"/study/lessons/{lesson.pk}/").content.decode()
            done = phone.post(f"/study/lessons/{lesson.pk}/confirm/")
            last = number == len(lessons) - 1
            following = f"/study/courses/{course.pk}/" if last else f"/study/lessons/{lessons[number + 1].pk}/"
            assert (done.status_code, done["Location"]) == (302, following)
        assert "学完。" in phone.get(f"/study/courses/{course.pk}/").content.decode()
        assert f"/study/courses/{course.pk}/" not in phone.get("/").content.decode()

    def test_the_player_reports(self, browser, hongqi, learner):
        with tenant_scope(hongqi):
            lesson = kit.lessons_of(kit.make_course(kit.video(), rule="time"))[0]
        phone = browser(hongqi, "member")
        page = phone.get(f"/study/lessons/{lesson.pk}/").content.decode()
        assert f'data-lesson="/study/lessons/{lesson.pk}/time/"' in page
        answer = phone.post(f"/study/lessons/{lesson.pk}/time/", {"position": 7, "watched": 1000})
        assert (answer.status_code, answer.json()["needed"], answer.json()["is_done"]) == (200, 90, False)
        for bad in (
            {},
            {"position": "x", "watched": 1},
            {"position": 1, "watched": -1},
            {"position": 10**9, "watched": 1},
        ):
            assert phone.post(f"/study/lessons/{lesson.pk}/time/", bad).status_code == 422
        assert get_one(hongqi, Progress).position_seconds == 7
        assert phone.post(f"/study/lessons/{lesson.pk}/confirm/").status_code == 409

    def test_looking_is_not_learning(self, browser, hongqi, lessons, learner):
        browser(hongqi, "member").head(f"/study/lessons/{lessons[0].pk}/")
        with tenant_scope(hongqi):
            assert not Progress.objects.exists()

    def test_notes(self, browser, hongqi, lessons, learner):
        phone = browser(hongqi, "member")
        phone.post(f"/study/lessons/{lessons[0].pk}/notes/", {"text": "每季度一次", "position": "1e3"})
        note = get_one(hongqi, Note)
        assert (note.text, note.position_seconds) == ("每季度一次", 0)
        assert "每季度一次" in phone.get("/study/notes/").content.decode()
        assert phone.post(f"/study/notes/{note.pk}/delete/").status_code == 302
        with tenant_scope(hongqi):
            assert not Note.objects.exists()

    def test_somebody_not_on_the_roster_reads_and_is_told(self, browser, hongqi, course, lessons):
        phone = browser(hongqi, "member")
        assert "还没有对应到成员名册" in phone.get("/study/").content.decode()
        assert phone.get(f"/study/lessons/{lessons[0].pk}/").status_code == 200
        assert phone.post(f"/study/lessons/{lessons[0].pk}/confirm/").status_code == 409
        assert phone.get("/study/notes/").status_code == 200

    def test_nothing_of_another_tenant(self, browser, dongfeng, course, lessons):
        phone = browser(dongfeng, "member")
        assert phone.get(f"/study/courses/{course.pk}/").status_code == 404
        assert phone.get(f"/study/lessons/{lessons[0].pk}/").status_code == 404

    def test_search_and_empty_pages(self, browser, hongqi, course):
        phone = browser(hongqi, "member")
        assert course.title in phone.get("/study/courses/?q=条例").content.decode()
        assert "没有找到相关课程" in phone.get("/study/courses/?q=%00无").content.decode()
