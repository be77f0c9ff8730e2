"""What assignments add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part

from .words import API, ASSIGN, BOTH, CONSOLE, POST

DESK = f"{CONSOLE}.assignments"
ONE = "assignments/<uuid:assignment_id>/"

PART = Part(
    pages=(
        Page("console", "assignments/", f"{DESK}.assignment_list", "assignments", ASSIGN),
        Page("console", "assignments/new/", f"{DESK}.assignment_new", "assignment-new", ASSIGN, methods=BOTH),
        Page("console", ONE, f"{DESK}.assignment_detail", "assignment", ASSIGN),
        Page("console", f"{ONE}deadline/", f"{DESK}.assignment_deadline", "assignment-deadline", ASSIGN, methods=BOTH),
        Page("console", f"{ONE}remind/", f"{DESK}.assignment_remind", "assignment-remind", ASSIGN, methods=POST),
        Page("console", f"{ONE}cancel/", f"{DESK}.assignment_cancel", "assignment-cancel", ASSIGN, methods=BOTH),
        Page("console", f"{ONE}export/", f"{DESK}.assignment_export", "assignment-export", ASSIGN),
    ),
    api=(ApiRoute("assignments", f"{API}.assignments.AssignmentViewSet", read=ASSIGN, write=ASSIGN),),
    menu=(
        MenuEntry("console", _("学习任务"), "assignments", ASSIGN, icon="list-checks", order=32, group=_("学习教育")),
    ),
    actions={
        "study.assignment.created": _("布置学习任务"), "study.assignment.moved": _("调整学习任务期限"),
        "study.assignment.cancelled": _("取消学习任务"), "study.assignment.reminded": _("提醒未完成学习的人"),
        "study.assignment.exported": _("导出学习任务完成情况"),
    },
    emits=(
        Event("study.assignment.created", {"assignment_id": "uuid", "course_id": "uuid", "title": "str"},
              _("布置学习任务"), True),
    ),
    tasks={"study.deliver_assignment": "modules.study.tasks.deliver_assignment"},
    notices=(
        NoticeCategory("study.assignment", _("学习任务")),
        NoticeCategory("study.reminder", _("学习提醒"), is_mandatory=True),
    ),
)  # fmt: skip
