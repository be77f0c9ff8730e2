"""What class hours add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, MenuEntry, Page, Part

from .words import API, BOTH, CONSOLE, HOURS, LEARN, PAGES

DESK = f"{CONSOLE}.hours"

PART = Part(
    pages=(
        Page("h5", "hours/", f"{PAGES}.hours.my_hours", "hours", LEARN),
        Page("console", "hours/", f"{DESK}.people", "hours", HOURS),
        Page("console", "hours/export/", f"{DESK}.export", "hours-export", HOURS),
        Page("console", "hours/people/<uuid:person_id>/", f"{DESK}.person", "hours-person", HOURS),
        Page("console", "hours/people/<uuid:person_id>/new/", f"{DESK}.entry_new", "hours-new", HOURS, methods=BOTH),
        Page("console", "hours/entries/<uuid:entry_id>/reverse/", f"{DESK}.entry_reverse", "hours-reverse", HOURS,
             methods=BOTH),
    ),
    api=(ApiRoute("hours", f"{API}.hours.HoursViewSet", read=HOURS, write=HOURS),),
    menu=(
        MenuEntry("console", _("学时"), "hours", HOURS, icon="clock", order=33, group=_("学习教育")),
    ),
    actions={
        "study.hours.credited": _("计入学时"), "study.hours.reversed": _("冲销学时"),
        "study.hours.exported": _("导出学时"),
    },
)  # fmt: skip
