"""Building blocks for tests of study. Call within a tenant's scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role, create_user
from jiceng.members import services as members
from jiceng.members.models import Person, Unit
from modules.study.models import Chapter, Course, Lesson, Material
from modules.study.services import assignments, courses, delivering, materials, outline
from tests.factories.news import MONDAY
from tests.factories.people import PASSWORD
from tests.files import samples

SYSTEM = Actor.system()
TEXT = "<p>支部党员大会一般每季度召开一次。</p>"


def make_unit(name: str, parent: Unit | None = None, *, kind: str = "party_branch") -> Unit:
    return members.create_unit(name=name, kind=kind, parent_id=parent.pk if parent else None, actor=SYSTEM)


def make_person(
    name: str, unit: Unit | None = None, *, login: str = "", roles: tuple[str, ...] = ("member",)
) -> Person:
    """Somebody on the roster, with a login where ``login`` gives a username."""
    person = members.create_person(
        name=name, unit_id=unit.pk if unit else None, body="party" if unit else None, actor=SYSTEM
    )
    if login:
        person.user = create_user(username=login, password=PASSWORD, display_name=name, roles=roles, actor=SYSTEM)
        person.save(update_fields=("user",))
    return person


def put_on_roster(user: User, name: str, unit: Unit) -> Person:
    person = make_person(name, unit)
    person.user = user
    person.save(update_fields=("user",))
    return person


def actor_of(person: Person) -> Actor:
    assert person.user_id
    return Actor.for_user(User.objects.get(pk=person.user_id))


def secretary_of(unit: Unit, name: str, login: str) -> Actor:
    """The role ``secretary`` within the subtree of ``unit``."""
    person = make_person(name, unit, login=login)
    assert person.user is not None
    assign_role(user=person.user, role="secretary", actor=SYSTEM, unit_path=unit.path)
    return actor_of(person)


def text(title: str = "条例导读", **fields: Any) -> Material:
    return materials.create_material(
        fields={"kind": "article", "title": title, "body": TEXT, **fields}, actor=SYSTEM, at=MONDAY
    )


def video(title: str = "微党课", seconds: int = 100) -> Material:
    upload = samples.upload("课.mp4", samples.movie(seconds=seconds))
    return materials.create_material(
        fields={"kind": "video", "title": title, "upload": upload}, actor=SYSTEM, at=MONDAY
    )


def make_course(
    *made: Material, publish: bool = True, rule: str = "confirm", needed_seconds: int = 0, **fields: Any
) -> Course:
    """A course of one chapter with a required lesson for each material (three texts where none is given)."""
    course = courses.create_course(fields={"title": "支部工作条例", **fields}, actor=SYSTEM, at=MONDAY)
    chapter = outline.add_chapter(course_id=course.pk, title="第一章", actor=SYSTEM, at=MONDAY)
    for material in made or tuple(text(f"第{number}课") for number in (1, 2, 3)):
        add_lesson(chapter, material, rule=rule, needed_seconds=needed_seconds)
    return courses.publish_course(course_id=course.pk, actor=SYSTEM, at=MONDAY) if publish else course


def add_lesson(chapter: Chapter, material: Material, **fields: Any) -> Lesson:
    given = {"material_id": material.pk, **fields}
    return outline.add_lesson(chapter_id=chapter.pk, fields=given, actor=SYSTEM, at=MONDAY)  # type: ignore[arg-type]


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(chapter__course=course).order_by("position"))


def assign(course: Course, *, actor: Actor = SYSTEM, at: datetime = MONDAY, deliver: bool = True, **fields: Any) -> Any:
    """An assignment for everybody unless ``audience`` says otherwise, with its list made."""
    made = assignments.create_assignment(fields={"course_id": course.pk, **fields}, actor=actor, at=at)  # type: ignore[typeddict-item]
    if deliver:
        delivering.deliver_assignment(assignment_id=made.pk, at=at)
    return made


def assign_role_of(actor: Actor, role: str, unit: Unit) -> None:
    assert actor.user is not None
    assign_role(user=actor.user, role=role, actor=SYSTEM, unit_path=unit.path)


def fresh(actor: Actor) -> Actor:
    """The same person with the roles held now."""
    assert actor.user is not None
    return Actor.for_user(User.objects.get(pk=actor.user.pk))
