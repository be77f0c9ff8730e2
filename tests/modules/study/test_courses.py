"""Materials and courses: what may be written, by whom, and what is refused with nothing changed."""

from __future__ import annotations

import uuid

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import Forbidden
from modules.study import errors
from modules.study.models import Chapter, Course, Lesson, Material
from modules.study.selectors import courses as reads
from modules.study.selectors import materials as material_reads
from modules.study.services import courses, materials, outline
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")


def titles(course):
    return [(step.lesson.chapter.title, step.lesson.title) for step in reads.outline(course, None).steps]


class TestMaterials:
    def test_a_text_is_sanitised_and_recorded(self, actors):
        made = materials.create_material(
            fields={"kind": "article", "title": " 导读 ", "body": "<p>好</p><script>x</script>"},
            actor=actors.editor, at=MONDAY,
        )  # fmt: skip
        assert (made.title, made.body) == ("导读", "<p>好</p>")
        assert AuditEntry.objects.filter(action="study.material.created", target=str(made.pk)).count() == 1

    def test_a_video_knows_how_long_it_plays_and_owns_its_file(self):
        made = kit.video(seconds=100)
        assert made.duration_seconds == 100
        assert StoredFile.objects.get(pk=made.file_id).owner == f"study.material:{made.pk}"

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"kind": "article", "title": "", "body": "x"}, "/title"),
            ({"kind": "article", "title": "空", "body": " "}, "/body"),
            ({"kind": "article", "title": "\x00", "body": "x"}, "/title"),
            ({"kind": "article", "title": "长" * 101, "body": "x"}, "/title"),
            ({"kind": "link", "title": "链", "url": "javascript:alert(1)"}, "/url"),
            ({"kind": "link", "title": "链"}, "/url"),
            ({"kind": "file", "title": "文件"}, "/upload"),
            ({"kind": "scorm", "title": "包"}, "/kind"),
            ({"kind": "video", "title": "课", "file_id": uuid.uuid4()}, "/upload"),
        ],
    )
    def test_refused_with_the_field(self, fields, pointer):
        with pytest.raises(errors.CourseInvalid) as caught:
            materials.create_material(fields=fields, actor=kit.SYSTEM, at=MONDAY)
        assert [fault.pointer for fault in caught.value.fields] == [pointer]
        assert Material.objects.count() == 0

    def test_a_document_is_no_video(self):
        upload = samples.upload("a.pdf", samples.pdf())
        with pytest.raises(errors.CourseInvalid):
            materials.create_material(
                fields={"kind": "video", "title": "课", "upload": upload}, actor=kit.SYSTEM, at=MONDAY
            )
        assert Material.objects.count() == 0

    def test_the_slower_editor_is_told(self):
        made = kit.text()
        materials.update_material(material_id=made.pk, fields={"title": "甲"}, version=1, actor=kit.SYSTEM, at=MONDAY)
        with pytest.raises(errors.MaterialStale):
            materials.update_material(
                material_id=made.pk, fields={"title": "乙"}, version=1, actor=kit.SYSTEM, at=MONDAY
            )
        assert Material.objects.get().title == "甲"

    def test_what_a_course_uses_stays(self):
        made = kit.text()
        kit.make_course(made)
        with pytest.raises(errors.MaterialInUse):
            materials.retire_material(material_id=made.pk, actor=kit.SYSTEM, at=MONDAY)
        spare = kit.text("备用")
        assert materials.retire_material(material_id=spare.pk, actor=kit.SYSTEM, at=MONDAY).is_retired
        assert list(material_reads.usable()) == [made]

    def test_a_member_may_not_write(self, actors):
        with pytest.raises(Forbidden):
            materials.create_material(
                fields={"kind": "article", "title": "x", "body": "x"}, actor=actors.member, at=MONDAY
            )
        assert Material.objects.count() == 0

    def test_files_open_for_those_who_may_take_the_course(self, actors, learner):
        made = kit.video()
        owner = str(made.pk)
        assert not material_reads.may_open(actor=actors.member, owner_id=owner)
        course = kit.make_course(made, is_open=False)
        assert not material_reads.may_open(actor=actors.member, owner_id=owner)
        kit.assign(course)
        assert material_reads.may_open(actor=actors.member, owner_id=owner)
        assert not material_reads.may_open(actor=actors.stranger, owner_id=owner)
        assert material_reads.may_open(actor=actors.editor, owner_id=owner)


class TestOutline:
    def test_chapters_and_lessons_keep_their_order(self):
        course = kit.make_course(kit.text("一"), kit.text("二"), publish=False)
        second = outline.add_chapter(course_id=course.pk, title="第二章", actor=kit.SYSTEM, at=MONDAY)
        kit.add_lesson(second, kit.text("三"))
        outline.move_lesson(
            lesson_id=Lesson.objects.get(title="二").pk, direction="up", actor=kit.SYSTEM, at=MONDAY
        )  # fmt: skip
        outline.move_chapter(chapter_id=second.pk, direction="up", actor=kit.SYSTEM, at=MONDAY)
        assert titles(course) == [("第二章", "三"), ("第一章", "二"), ("第一章", "一")]

    def test_moving_beyond_the_edge_changes_nothing(self):
        course = kit.make_course(publish=False)
        before = titles(course)
        outline.move_lesson(lesson_id=kit.lessons_of(course)[0].pk, direction="up", actor=kit.SYSTEM, at=MONDAY)
        assert titles(course) == before

    def test_a_lesson_moves_to_another_chapter_of_its_course_only(self):
        course, other = kit.make_course(publish=False), kit.make_course(publish=False)
        lesson = kit.lessons_of(course)[0]
        there = Chapter.objects.get(course=other)
        with pytest.raises(errors.CourseInvalid) as caught:
            outline.change_lesson(lesson_id=lesson.pk, fields={"chapter_id": there.pk}, actor=kit.SYSTEM, at=MONDAY)
        assert [fault.pointer for fault in caught.value.fields] == ["/chapter_id"]
        own = outline.add_chapter(course_id=course.pk, title="第二章", actor=kit.SYSTEM, at=MONDAY)
        outline.change_lesson(lesson_id=lesson.pk, fields={"chapter_id": own.pk}, actor=kit.SYSTEM, at=MONDAY)
        assert titles(course)[-1] == ("第二章", lesson.title)

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"material_id": uuid.uuid4()}, "/material_id"),
            ({"rule": "never"}, "/rule"),
            ({"rule": "time", "needed_seconds": 0}, "/needed_seconds"),
            ({"needed_seconds": -1}, "/needed_seconds"),
            ({"needed_seconds": 10**9}, "/needed_seconds"),
        ],
    )
    def test_refused_with_the_field(self, fields, pointer):
        course = kit.make_course(kit.text(), publish=False)
        chapter = Chapter.objects.get(course=course)
        with pytest.raises(errors.CourseInvalid) as caught:
            kit.add_lesson(chapter, kit.text("新"), **fields)
        assert [fault.pointer for fault in caught.value.fields] == [pointer]
        assert Lesson.objects.count() == 1

    def test_a_video_asks_for_most_of_it(self):
        course = kit.make_course(kit.video(seconds=100), rule="time")
        assert kit.lessons_of(course)[0].needed_seconds == 90

    def test_chapters_with_lessons_stay(self):
        course = kit.make_course(publish=False)
        with pytest.raises(errors.ChapterNotEmpty):
            outline.remove_chapter(chapter_id=Chapter.objects.get(course=course).pk, actor=kit.SYSTEM, at=MONDAY)
        assert Chapter.objects.count() == 1


class TestStates:
    def test_an_empty_course_is_not_published(self):
        course = courses.create_course(fields={"title": "空"}, actor=kit.SYSTEM, at=MONDAY)
        with pytest.raises(errors.CourseEmpty):
            courses.publish_course(course_id=course.pk, actor=kit.SYSTEM, at=MONDAY)
        assert Course.objects.get().state == "draft"

    def test_published_once_and_told(self):
        course = kit.make_course()
        with pytest.raises(errors.CourseStateWrong):
            courses.publish_course(course_id=course.pk, actor=kit.SYSTEM, at=MONDAY)
        assert OutboxMessage.objects.filter(name="study.course.published").count() == 1

    def test_taken_down_it_is_gone_for_members(self, actors, learner):
        course = kit.make_course()
        courses.withdraw_course(course_id=course.pk, actor=kit.SYSTEM, at=MONDAY)
        with pytest.raises(errors.CourseMissing):
            reads.get_course(course_id=course.pk, actor=actors.member, person=learner)
        with pytest.raises(errors.CourseStateWrong):
            courses.update_course(course_id=course.pk, fields={"title": "新"}, actor=kit.SYSTEM, at=MONDAY)

    @pytest.mark.parametrize("hours", ["-1", "0.3", "201", "NaN", "1e9", "x"])
    def test_hours_come_in_halves(self, hours):
        with pytest.raises(errors.CourseInvalid) as caught:
            courses.create_course(fields={"title": "课", "class_hours": hours}, actor=kit.SYSTEM, at=MONDAY)
        assert [fault.pointer for fault in caught.value.fields] == ["/class_hours"]
        assert Course.objects.count() == 0

    def test_a_unit_has_its_own(self, branch):
        other = kit.make_unit("第二支部")
        actor = kit.secretary_of(branch, "书记甲", "shujijia")
        assert list(reads.managed(actor)) == []
        course = kit.make_course(unit_id=branch.pk)
        foreign = kit.make_course(unit_id=other.pk)
        kit.assign_role_of(actor, "editor", branch)
        actor = kit.fresh(actor)
        assert [row.pk for row in reads.managed(actor)] == [course.pk]
        with pytest.raises(Forbidden):
            courses.update_course(course_id=foreign.pk, fields={"title": "占"}, actor=actor, at=MONDAY)
        assert Course.objects.get(pk=foreign.pk).title == "支部工作条例"
