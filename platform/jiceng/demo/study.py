"""Study in the demonstration: a course of three lessons, assigned to everybody, begun by the member."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now
from modules.study.models import Course, Lesson
from modules.study.services import assignments, courses, learning, materials, outline
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module

LESSONS = (
    ("第一章 支部怎么开会", "支部党员大会", "支部党员大会一般每季度召开一次。会议由书记召集，有表决权的党员到会超过半数方可开会。\n\n"
     "表决采用举手、口头或无记名投票，赞成人数超过应到会有表决权党员的半数才算通过。"),
    ("第一章 支部怎么开会", "支部委员会和党小组会", "支部委员会一般每月召开一次，根据需要随时召开。党小组会一般每月召开一次，组织党员学习、"
     "开展批评和自我批评。"),
    ("第二章 组织生活", "主题党日", "主题党日每月固定一天，开展集中学习、过组织生活、进行民主议事和志愿服务。开展前认真研究确定主题和内容，"
     "开展后抓好落实。"),
)  # fmt: skip


def ensure_study(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if Course.objects.exists():
            return
    set_module(tenant_id=tenant.id, code="study", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        _make()


@transaction.atomic
def _make() -> None:
    author, at = Actor.for_user(User.objects.get(username="admin")), now() - timedelta(days=3)
    course = courses.create_course(
        fields={
            "title": "支部工作条例导读", "summary": "三个课时，读懂支部怎么开会、怎么过组织生活。", "lecturer": "组织部",
            "class_hours": "1.5", "in_order": True, "gives_certificate": True,
        },
        actor=author, at=at,
    )  # fmt: skip
    for chapter, title, body in LESSONS:
        material = materials.create_material(
            fields={"kind": "article", "title": title, "body": body, "source": "《中国共产党支部工作条例（试行）》"},
            actor=author, at=at,
        )  # fmt: skip
        outline.append_lesson(
            course_id=course.pk, chapter_title=chapter, fields={"material_id": material.pk, "rule": "confirm"},
            actor=author, at=at,
        )  # fmt: skip
    courses.publish_course(course_id=course.pk, actor=author, at=at)
    assignments.create_assignment(
        fields={
            "course_id": course.pk, "audience": None, "due_at": now() + timedelta(days=14),
            "words": "请在两周内学完，约二十分钟。",
        },
        actor=author, at=at,
    )  # fmt: skip
    _begin(Lesson.objects.filter(chapter__course=course).order_by("chapter__position", "position")[0])


def _begin(lesson: Lesson) -> None:
    member, at = Actor.for_user(User.objects.get(username="member")), now() - timedelta(days=1)
    learning.open_lesson(lesson_id=lesson.pk, actor=member, at=at)
    learning.confirm_lesson(lesson_id=lesson.pk, actor=member, at=at)
