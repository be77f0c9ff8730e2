"""What hours, stars, certificates and statistics add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part, PointsRule

from .words import API, BOTH, CONSOLE, HOURS, JOIN, LOOK, ORGANISE, PAGES, POST, SHIFT

PHONE, DESK, FIGURES = f"{PAGES}.hours", f"{CONSOLE}.hours", f"{CONSOLE}.statistics"
GROUP = _("志愿服务")
ENTRY, PAPER = "hours/entries/<uuid:entry_id>/", "certificates/<uuid:certificate_id>/"

PART = Part(
    pages=(
        Page("h5", "hours/", f"{PHONE}.my_hours", "hours", JOIN),
        Page("h5", "certificates/new/", f"{PHONE}.certificate_new", "certificate-new", JOIN, methods=POST),
        Page("h5", PAPER, f"{PHONE}.certificate", "certificate", JOIN),
        Page("h5", "verify/<str:code>/", f"{PHONE}.verify", "verify", LOOK),
        Page("console", "hours/", f"{DESK}.shift_list", "hours", HOURS),
        Page("console", f"hours/{SHIFT}", f"{DESK}.verify", "hours-shift", HOURS, methods=BOTH),
        Page("console", "hours/people/", f"{DESK}.people", "hours-people", HOURS),
        Page("console", "hours/people/<uuid:person_id>/", f"{DESK}.person", "hours-person", HOURS),
        Page("console", f"{ENTRY}correct/", f"{DESK}.correct", "hours-correct", HOURS, methods=BOTH),
        Page("console", f"{ENTRY}reverse/", f"{DESK}.reverse", "hours-reverse", HOURS, methods=BOTH),
        Page("console", f"{PAPER}revoke/", f"{DESK}.certificate_revoke", "certificate-revoke", HOURS, methods=BOTH),
        Page("console", "statistics/", f"{FIGURES}.statistics", "statistics", ORGANISE),
        Page("console", "statistics/export/", f"{FIGURES}.export", "statistics-export", ORGANISE),
    ),
    api=(ApiRoute("hours", f"{API}.hours.HoursViewSet", read=HOURS, write=HOURS),),
    menu=(
        MenuEntry("console", _("时长核实"), "hours", HOURS, icon="clock", order=62, group=GROUP),
        MenuEntry("console", _("志愿统计"), "statistics", ORGANISE, icon="chart-column", order=64, group=GROUP),
    ),
    actions={
        "volunteering.hours.verified": _("核实服务时长"), "volunteering.hours.reversed": _("冲销服务时长"),
        "volunteering.hours.corrected": _("更正服务时长"), "volunteering.hours.exported": _("导出服务时长"),
        "volunteering.certificate.issued": _("开具志愿服务证明"), "volunteering.certificate.revoked": _("撤销志愿服务证明"),
    },
    emits=(
        Event(
            "volunteering.hours.verified",
            {"hours_id": "uuid", "person_id": "uuid", "user_id": "str", "shift_id": "uuid", "hours": "str"},
            _("核实服务时长"), True,
        ),
        Event(
            "volunteering.hours.reversed",
            {"hours_id": "uuid", "reverses_id": "uuid", "person_id": "uuid", "user_id": "str", "shift_id": "uuid", "hours": "str"},
            _("冲销服务时长"), True,
        ),
    ),
    points=(
        PointsRule(
            "volunteering.service", "volunteering.hours.verified", 5, 10, _("参加志愿服务"), yearly_cap=300, maximum=20,
            subject="shift_id", undone_by="volunteering.hours.reversed", metric="service",
        ),
    ),
    notices=(NoticeCategory("volunteering.hours", _("服务时长")),),
)  # fmt: skip
