"""What yearly targets add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, MenuEntry, NoticeCategory, Page, Part

from .words import API, BOTH, CONSOLE, HOURS, POST

DESK = f"{CONSOLE}.targets"

PART = Part(
    pages=(
        Page("console", "targets/", f"{DESK}.gap_list", "gaps", HOURS),
        Page("console", "targets/export/", f"{DESK}.gap_export", "gaps-export", HOURS),
        Page("console", "targets/remind/", f"{DESK}.gap_remind", "gaps-remind", HOURS, methods=POST),
        Page("console", "targets/plans/", f"{DESK}.plan_list", "plans", HOURS),
        Page("console", "targets/plans/<int:year>/", f"{DESK}.plan_edit", "plan", HOURS, methods=BOTH),
    ),
    api=(ApiRoute("targets", f"{API}.targets.TargetViewSet", read=HOURS, write=HOURS),),
    menu=(
        MenuEntry("console", _("学时达标"), "gaps", HOURS, icon="target", order=34, group=_("学习教育")),
    ),
    actions={
        "study.plan.saved": _("设定年度学时要求"), "study.target.reminded": _("提醒学时未达标的人"),
        "study.target.exported": _("导出学时未达标名单"),
    },
    notices=(NoticeCategory("study.target", _("学时提醒")),),
)  # fmt: skip
