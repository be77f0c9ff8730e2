"""What shifts, sign-ups and attendance add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, NoticeCategory, Page, Part

from .words import API, BOTH, CONSOLE, JOIN, ORGANISE, PAGES, POST, PROJECT, SHIFT

PHONE, CODES = f"{PAGES}.shifts", f"{PAGES}.codes"
DESK, LISTS = f"{CONSOLE}.shifts", f"{CONSOLE}.attendance"
_WHO = {"shift_id": "uuid", "sign_up_id": "uuid", "person_id": "uuid", "user_id": "str"}

PART = Part(
    pages=(
        Page("h5", SHIFT, f"{PHONE}.shift_detail", "shift", JOIN),
        Page("h5", f"{SHIFT}sign-up/", f"{PHONE}.sign_up", "sign-up", JOIN, methods=POST),
        Page("h5", f"{SHIFT}withdraw/", f"{PHONE}.withdraw", "withdraw", JOIN, methods=POST),
        Page("h5", f"{SHIFT}feedback/", f"{PHONE}.feedback", "feedback", JOIN, methods=POST),
        Page("h5", f"{SHIFT}code/", f"{CODES}.code", "code", JOIN),
        Page("h5", f"{SHIFT}mark/", f"{CODES}.mark", "mark", JOIN, methods=POST),
        Page("h5", "check/<str:token>/", f"{CODES}.check", "check", JOIN, methods=BOTH),
        Page("h5", "mine/", f"{PHONE}.mine", "mine", JOIN),
        Page("console", f"{PROJECT}shifts/new/", f"{DESK}.shift_new", "shift-new", ORGANISE, methods=BOTH),
        Page("console", SHIFT, f"{DESK}.shift_detail", "shift", ORGANISE),
        Page("console", f"{SHIFT}edit/", f"{DESK}.shift_edit", "shift-edit", ORGANISE, methods=BOTH),
        Page("console", f"{SHIFT}cancel/", f"{DESK}.shift_cancel", "shift-cancel", ORGANISE, methods=BOTH),
        Page("console", f"{SHIFT}people/new/", f"{DESK}.person_new", "person-new", ORGANISE, methods=BOTH),
        Page("console", f"{SHIFT}people/<uuid:sign_up_id>/remove/", f"{DESK}.person_remove", "person-remove", ORGANISE,
             methods=POST),
        Page("console", f"{SHIFT}attendance/", f"{LISTS}.attendance", "attendance", ORGANISE, methods=BOTH),
        Page("console", f"{SHIFT}code/", f"{LISTS}.code", "code", ORGANISE),
    ),
    api=(
        ApiRoute("shifts", f"{API}.shifts.ShiftViewSet", read=JOIN, write=ORGANISE),
        ApiRoute("sign-ups", f"{API}.shifts.SignUpViewSet", read=ORGANISE, write=ORGANISE),
    ),
    actions={
        "volunteering.shift.created": _("新增志愿班次"), "volunteering.shift.updated": _("修改志愿班次"),
        "volunteering.shift.cancelled": _("取消志愿班次"),
        "volunteering.signup.created": _("报名志愿班次"), "volunteering.signup.cancelled": _("退出志愿班次"),
        "volunteering.attendance.checked": _("志愿服务签到签退"), "volunteering.attendance.entered": _("登记志愿考勤"),
        "volunteering.feedback.given": _("评价志愿服务"),
    },
    emits=(
        Event("volunteering.signup.created", {**_WHO, "is_waiting": "bool"}, _("报名志愿班次"), True),
        Event("volunteering.signup.cancelled", _WHO, _("退出志愿班次"), True),
    ),
    listens={"members.person.merged": ("modules.volunteering.handlers.people.person_merged",)},
    tasks={"volunteering.remind_shift": "modules.volunteering.tasks.remind_shift"},
    notices=(
        NoticeCategory("volunteering.shift", _("志愿班次变动"), is_mandatory=True),
        NoticeCategory("volunteering.reminder", _("志愿服务提醒")),
    ),
)  # fmt: skip
