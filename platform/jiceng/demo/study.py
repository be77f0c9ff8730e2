"""Study in the demonstration: a course with a certificate, assigned to everybody and begun by the member; a class; reflections."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now, today
from jiceng.members.models import Person, PersonState
from modules.study.models import Course, Lesson
from modules.study.services import (
    assignments,
    attendance,
    classes,
    courses,
    learning,
    materials,
    outline,
    reflections,
)
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

REFLECTIONS = (
    (
        "开好支部大会，先把议题想清楚",
        "学完第一章，我对支部大会有了新的认识。以前总觉得开会就是念文件，人到齐了就算完成。这次学习让我明白，"
        "开会之前要把议题想清楚，哪些事要大家讨论，哪些事要表决，都应当提前告诉党员。我们支部上个月讨论小区加装电梯，会前没有征求住户的意见，"
        "会上吵了一个多小时也没有结果。后来书记带着我们一户一户上门，把意见整理成三条，再开会时大家心里都有数，半个小时就定了下来。"
        "今后轮到我准备会议，我会提前三天把材料发给大家，把要解决的问题写在第一行，让来开会的人都能说上话，散会后有人落实。",
    ),
    (
        "主题党日要办到群众心坎上",
        "学习主题党日这一课，最触动我的是“研究确定主题”几个字。主题从哪里来？从群众天天遇到的难事里来。"
        "楼下的张大爷腿脚不好，每次取药要走两站路，社区里像他这样的老人还有二十多位。如果把下个月的党日安排成送药上门，再请医生讲一讲"
        "用药常识，党员有事做，老人得实惠，这样的组织生活才有味道。我打算先和网格员一起把名单摸清楚，算好需要几个人、几辆车，再向支部提建议。"
        "做完以后也要回头看一看，哪些环节让老人等久了，哪些话没有说明白，记下来，下一次改。组织生活就是这样一点一点做实的。",
    ),
)


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
    _hold_class(author)
    _reflect(course)


def _begin(lesson: Lesson) -> None:
    member, at = Actor.for_user(User.objects.get(username="member")), now() - timedelta(days=1)
    learning.open_lesson(lesson_id=lesson.pk, actor=member, at=at)
    learning.confirm_lesson(lesson_id=lesson.pk, actor=member, at=at)


def _hold_class(author: Actor) -> None:
    """One day of training yesterday, most of the roster there, hours credited."""
    day = today() - timedelta(days=1)
    made = classes.create_class(
        fields={
            "title": "支部书记和委员集中培训", "place": "街道党校", "lecturer": "组织部", "first_date": day,
            "duration_kind": "days", "duration_count": "1", "is_centralised": True,
        },
        actor=author, at=now() - timedelta(days=2),
    )  # fmt: skip
    people = list(Person.objects.filter(state=PersonState.ACTIVE).order_by("pinyin", "id")[:12])
    if not people:
        return
    marks = {person.pk: "leave" if number % 6 == 5 else "present" for number, person in enumerate(people)}
    attendance.record_attendance(class_id=made.pk, states=marks, actor=author, at=now())
    classes.confirm_class(class_id=made.pk, actor=author, at=now())


def _reflect(course: Course) -> None:
    """The member's two: one shared, one waiting."""
    member = Actor.for_user(User.objects.get(username="member"))
    for number, (title, text) in enumerate(REFLECTIONS):
        made = reflections.write_reflection(
            reflection_id=None, version=0, is_final=True, actor=member, at=now() - timedelta(hours=20 - number),
            fields={"title": title, "text": text, "course_id": course.pk},
        )  # fmt: skip
        if number == 0:
            reflections.accept_reflection(
                reflection_id=made.pk, comment="联系实际，写得实在。", actor=Actor.system("李建国"), at=now()
            )
            reflections.share_reflection(reflection_id=made.pk, is_shared=True, actor=member, at=now())
