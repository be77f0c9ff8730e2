"""What requests for help add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part, Schedule, Tile

from .words import API, BOTH, CASE, CONSOLE, HELP, JOIN, LOOK, PAGES, POST

OUTSIDE, PHONE, DESK = f"{PAGES}.asking", f"{PAGES}.helping", f"{CONSOLE}.help"
GROUP = _("志愿服务")

PART = Part(
    pages=(
        Page("h5", "help/", f"{OUTSIDE}.ask", "help", LOOK, methods=BOTH),
        Page("h5", "help/thanks/<str:token>/", f"{OUTSIDE}.thanks", "help-thanks", LOOK),
        Page("h5", "help/receipt/", f"{OUTSIDE}.receipt_find", "help-receipt-find", LOOK, methods=BOTH),
        Page("h5", "help/receipt/<str:token>/", f"{OUTSIDE}.receipt", "help-receipt", LOOK, methods=BOTH),
        Page("h5", "help/open/", f"{PHONE}.request_list", "help-open", JOIN),
        Page("h5", CASE, f"{PHONE}.request_detail", "help-request", JOIN),
        Page("h5", f"{CASE}take/", f"{PHONE}.take", "help-take", JOIN, methods=POST),
        Page("h5", f"{CASE}give-back/", f"{PHONE}.give_back", "help-give-back", JOIN, methods=POST),
        Page("h5", f"{CASE}done/", f"{PHONE}.done", "help-done", JOIN, methods=POST),
        Page("h5", f"{CASE}phone/", f"{PHONE}.phone", "help-phone", JOIN, methods=POST),
        Page("console", "help/", f"{DESK}.request_list", "help", HELP),
        Page("console", "help/poster/", f"{DESK}.poster", "help-poster", HELP),
        Page("console", CASE, f"{DESK}.request_detail", "help-request", HELP),
        Page("console", f"{CASE}accept/", f"{DESK}.accept", "help-accept", HELP, methods=POST),
        Page("console", f"{CASE}refuse/", f"{DESK}.refuse", "help-refuse", HELP, methods=BOTH),
        Page("console", f"{CASE}close/", f"{DESK}.close", "help-close", HELP, methods=BOTH),
        Page("console", f"{CASE}phone/", f"{DESK}.phone", "help-phone", HELP, methods=POST),
    ),
    api=(ApiRoute("help-requests", f"{API}.help.HelpRequestViewSet", read=HELP, write=HELP),),
    menu=(
        MenuEntry("console", _("群众求助"), "help", HELP, icon="life-buoy", order=63, group=GROUP),
    ),
    tiles=(
        Tile(_("逾期的群众求助"), "modules.volunteering.selectors.help.count_overdue", "help", HELP, icon="life-buoy",
             order=86),
    ),
    actions={
        "volunteering.help.accepted": _("受理群众求助"), "volunteering.help.refused": _("不受理群众求助"),
        "volunteering.help.taken": _("认领群众求助"), "volunteering.help.given_back": _("退回群众求助"),
        "volunteering.help.completed": _("完成群众求助"), "volunteering.help.closed": _("群众求助结案"),
        "volunteering.help.phone_seen": _("查看求助人电话"),
    },
    emits=(
        Event("volunteering.help.requested", {"request_id": "uuid"}, _("群众求助"), True),
        Event("volunteering.help.taken", {"request_id": "uuid", "person_id": "uuid", "user_id": "str"}, _("认领群众求助"), True),
        Event("volunteering.help.completed", {"request_id": "uuid", "person_id": "str", "user_id": "str"},
              _("完成群众求助"), True),
    ),
    tasks={"volunteering.purge": "modules.volunteering.tasks.purge"},
    schedules=(Schedule("volunteering.purge", "50 3 * * *"),),
    notices=(NoticeCategory("volunteering.help", _("群众求助")),),
)  # fmt: skip
