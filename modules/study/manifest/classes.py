"""What offline classes add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, MenuEntry, Page, Part

from .words import API, BOTH, CONSOLE, HOURS

DESK = f"{CONSOLE}.classes"
ONE = "classes/<uuid:class_id>/"

PART = Part(
    pages=(
        Page("console", "classes/", f"{DESK}.class_list", "classes", HOURS),
        Page("console", "classes/new/", f"{DESK}.class_new", "class-new", HOURS, methods=BOTH),
        Page("console", ONE, f"{DESK}.class_detail", "class", HOURS),
        Page("console", f"{ONE}edit/", f"{DESK}.class_edit", "class-edit", HOURS, methods=BOTH),
        Page("console", f"{ONE}attendance/", f"{DESK}.class_attendance", "class-attendance", HOURS, methods=BOTH),
        Page("console", f"{ONE}import/", f"{DESK}.class_import", "class-import", HOURS, methods=BOTH),
        Page("console", f"{ONE}confirm/", f"{DESK}.class_confirm", "class-confirm", HOURS, methods=BOTH),
        Page("console", f"{ONE}take-back/", f"{DESK}.class_take_back", "class-take-back", HOURS, methods=BOTH),
        Page("console", f"{ONE}cancel/", f"{DESK}.class_cancel", "class-cancel", HOURS, methods=BOTH),
    ),
    api=(
        ApiRoute("classes", f"{API}.classes.ClassViewSet", read=HOURS, write=HOURS),
        ApiRoute("attendances", f"{API}.classes.AttendanceViewSet", read=HOURS, write=HOURS),
    ),
    menu=(
        MenuEntry("console", _("线下培训"), "classes", HOURS, icon="presentation", order=35, group=_("学习教育")),
    ),
    actions={
        "study.class.created": _("新建培训班"), "study.class.updated": _("修改培训班"),
        "study.class.cancelled": _("取消培训班"), "study.class.confirmed": _("计入培训学时"),
        "study.class.taken_back": _("收回培训学时"), "study.attendance.recorded": _("登记培训出席"),
    },
)  # fmt: skip
