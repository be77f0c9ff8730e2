"""What 群众满意度考察 adds."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part, Permission, Schedule, Tile

from .words import ANSWERS, API, BOTH, CONSOLE, FOLLOW, MODERATE, PAGES, POINTS, POST, SURVEY

OUTSIDE, STAFF = f"{PAGES}.survey", f"{PAGES}.follow_ups"
SPOTS, VOICES, CASES = f"{CONSOLE}.points", f"{CONSOLE}.answers", f"{CONSOLE}.follow_ups"
POINT, ANSWER, CASE = "points/<uuid:point_id>/", "answers/<uuid:answer_id>/", "follow-ups/<uuid:follow_up_id>/"

PART = Part(
    permissions=(
        Permission(code=SURVEY, label=_("扫码评价、查询答复"), public=True),
        Permission(code=POINTS, label=_("管理考察点"), default_roles=("secretary",)),
        Permission(code=ANSWERS, label=_("查看群众评价"), default_roles=("secretary", "auditor")),
        Permission(code=MODERATE, label=_("隐藏不当评价文字"), default_roles=("editor",)),
        Permission(code=FOLLOW, label=_("办理群众评价"), default_roles=("secretary",)),
    ),
    pages=(
        Page("h5", "s/<str:token>/", f"{OUTSIDE}.survey", "survey", SURVEY, methods=BOTH),
        Page("h5", "thanks/<str:token>/", f"{OUTSIDE}.thanks", "thanks", SURVEY),
        Page("h5", "receipt/", f"{OUTSIDE}.receipt_find", "receipt-find", SURVEY, methods=BOTH),
        Page("h5", "receipt/<str:token>/", f"{OUTSIDE}.receipt", "receipt", SURVEY, methods=BOTH),
        Page("h5", "follow-ups/", f"{STAFF}.follow_up_list", "follow-ups", FOLLOW),
        Page("h5", CASE, f"{STAFF}.follow_up", "follow-up", FOLLOW, methods=BOTH),
        Page("console", "points/", f"{SPOTS}.point_list", "points", POINTS),
        Page("console", "points/new/", f"{SPOTS}.point_new", "point-new", POINTS, methods=BOTH),
        Page("console", POINT, f"{SPOTS}.point_edit", "point", POINTS, methods=BOTH),
        Page("console", f"{POINT}active/", f"{SPOTS}.point_switch", "point-switch", POINTS, methods=POST),
        Page("console", f"{POINT}code/", f"{SPOTS}.point_renew", "point-renew", POINTS, methods=POST),
        Page("console", f"{POINT}poster/", f"{SPOTS}.point_poster", "point-poster", POINTS),
        Page("console", "answers/", f"{VOICES}.answer_list", "answers", ANSWERS),
        Page("console", "answers/export/", f"{VOICES}.answers_export", "answers-export", ANSWERS),
        Page("console", f"{ANSWER}hide/", f"{VOICES}.answer_hide", "answer-hide", MODERATE, methods=BOTH),
        Page("console", "trend/", f"{VOICES}.trend", "trend", ANSWERS),
        Page("console", "follow-ups/", f"{CASES}.follow_up_list", "follow-ups", FOLLOW),
        Page("console", CASE, f"{CASES}.follow_up", "follow-up", FOLLOW, methods=BOTH),
    ),
    api=(
        ApiRoute("points", f"{API}.survey.PointViewSet", read=POINTS, write=POINTS),
        ApiRoute("answers", f"{API}.survey.AnswerViewSet", read=ANSWERS, write=ANSWERS),
        ApiRoute("follow-ups", f"{API}.survey.FollowUpViewSet", read=FOLLOW, write=FOLLOW),
    ),
    menu=(
        MenuEntry("h5", _("我的跟进"), "follow-ups", FOLLOW, icon="message-circle-reply", order=42),
        MenuEntry("console", _("考察点"), "points", POINTS, icon="qr-code", order=41, group=_("考评")),
        MenuEntry("console", _("群众评价"), "answers", ANSWERS, icon="message-circle", order=42, group=_("考评")),
        MenuEntry("console", _("满意度趋势"), "trend", ANSWERS, icon="chart-line", order=43, group=_("考评")),
        MenuEntry("console", _("跟进办理"), "follow-ups", FOLLOW, icon="message-circle-reply", order=44, group=_("考评")),
    ),
    tiles=(
        Tile(_("逾期未办的评价"), "modules.appraisal.selectors.follow_ups.count_overdue", "follow-ups", FOLLOW,
             icon="message-circle-reply", order=61),
    ),
    actions={
        "appraisal.point.created": _("新增考察点"), "appraisal.point.updated": _("修改考察点"),
        "appraisal.point.deleted": _("删除考察点"), "appraisal.point.switched": _("启用或停用考察点"), "appraisal.point.renewed": _("更换考察点二维码"),
        "appraisal.answer.hidden": _("隐藏评价文字"), "appraisal.answer.shown": _("恢复显示评价文字"),
        "appraisal.answer.exported": _("导出群众评价"), "appraisal.answer.phone_seen": _("查看群众电话"),
        "appraisal.follow_up.accepted": _("受理群众评价"), "appraisal.follow_up.noted": _("记录办理情况"),
        "appraisal.follow_up.answered": _("答复群众"), "appraisal.follow_up.closed": _("办结群众评价"),
    },
    emits=(
        Event("appraisal.survey.answered", {"point_id": "uuid", "answer_id": "uuid", "grade": "int"}, _("群众评价"), True),
        Event(
            "appraisal.follow_up.opened", {"follow_up_id": "uuid", "point_id": "uuid", "user_id": "str", "person_id": "str"},
            _("评价跟进开始"), True,
        ),
        Event(
            "appraisal.follow_up.closed", {"follow_up_id": "uuid", "point_id": "uuid", "user_id": "str", "person_id": "str"},
            _("评价跟进办结"), True,
        ),
    ),
    tasks={"appraisal.purge": "modules.appraisal.tasks.purge"},
    schedules=(Schedule("appraisal.purge", "40 3 * * *"),),
    notices=(NoticeCategory("appraisal.follow_up", _("群众评价跟进")),),
)  # fmt: skip
