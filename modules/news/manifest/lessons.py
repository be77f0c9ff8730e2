"""What 微党课 adds to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, Page, Part, PointsRule

from .words import CONSOLE, PAGES, POST, READ, WRITE

ONE = "lessons/<uuid:article_id>/"

PART = Part(
    pages=(
        Page("h5", f"{ONE}progress/", f"{PAGES}.lessons.lesson_progress", "lesson-progress", READ, methods=POST),
        Page("console", f"{ONE}learners/", f"{CONSOLE}.lessons.learners", "lesson-learners", WRITE),
    ),
    emits=(Event("news.lesson.completed", {"article_id": "uuid", "title": "str", "user_id": "uuid"}, _("学完微党课"), True),),
    points=(
        PointsRule("news.lesson", "news.lesson.completed", 2, 6, _("学完一节微党课"), yearly_cap=300, maximum=10,
                   person="user_id", subject="article_id", title="title", link="/news/{article_id}/"),
    ),
)  # fmt: skip
