"""What 党员评分 adds."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part, Permission, Tile

from .words import API, BOTH, CONSOLE, MANAGE, PAGES, POST, SCORE

PHONE, RESULTS, DESK, TABLE = f"{PAGES}.scoring", f"{PAGES}.results", f"{CONSOLE}.rounds", f"{CONSOLE}.results"
ONE = "rounds/<uuid:round_id>/"

PART = Part(
    permissions=(
        Permission(code=SCORE, label=_("参加评分、查看自己的评价结果"), default_roles=("member",)),
        Permission(code=MANAGE, label=_("组织评分、查看评分结果"), default_roles=("secretary",)),
    ),
    pages=(
        Page("h5", "", f"{PHONE}.duty_list", "duties", SCORE),
        Page("h5", "score/<uuid:assignment_id>/", f"{PHONE}.score", "score", SCORE, methods=BOTH),
        Page("h5", "results/", f"{RESULTS}.result_list", "results", SCORE),
        Page("h5", "results/<uuid:subject_id>/", f"{RESULTS}.result", "result", SCORE, methods=BOTH),
        Page("console", "", f"{DESK}.round_list", "rounds", MANAGE),
        Page("console", "rounds/new/", f"{DESK}.round_new", "round-new", MANAGE, methods=BOTH),
        Page("console", ONE, f"{DESK}.round_detail", "round", MANAGE),
        Page("console", f"{ONE}edit/", f"{DESK}.round_edit", "round-edit", MANAGE, methods=BOTH),
        Page("console", f"{ONE}delete/", f"{DESK}.round_delete", "round-delete", MANAGE, methods=POST),
        Page("console", f"{ONE}open/", f"{DESK}.round_open", "round-open", MANAGE, methods=BOTH),
        Page("console", f"{ONE}close/", f"{DESK}.round_close", "round-close", MANAGE, methods=BOTH),
        Page("console", f"{ONE}publish/", f"{DESK}.round_publish", "round-publish", MANAGE, methods=BOTH),
        Page("console", f"{ONE}remind/", f"{DESK}.round_remind", "round-remind", MANAGE, methods=POST),
        Page("console", f"{ONE}results/", f"{TABLE}.result_table", "results", MANAGE),
        Page("console", f"{ONE}results/export/", f"{TABLE}.results_export", "results-export", MANAGE),
        Page("console", "subjects/<uuid:subject_id>/", f"{TABLE}.result_detail", "result", MANAGE),
        Page("console", "appeals/<uuid:appeal_id>/", f"{TABLE}.appeal_answer", "appeal-answer", MANAGE, methods=POST),
    ),
    api=(
        ApiRoute("rounds", f"{API}.rounds.RoundViewSet", read=MANAGE, write=MANAGE),
        ApiRoute("results", f"{API}.rounds.ResultViewSet", read=MANAGE, write=MANAGE),
    ),
    menu=(
        MenuEntry("h5", _("待我评分"), "duties", SCORE, icon="clipboard-list", order=40),
        MenuEntry("h5", _("我的评价"), "results", SCORE, icon="award", order=41),
        MenuEntry("console", _("党员评分"), "rounds", MANAGE, icon="clipboard-list", order=40, group=_("考评")),
    ),
    tiles=(
        Tile(_("进行中的评分"), "modules.appraisal.selectors.rounds.count_open", "rounds", MANAGE, icon="clipboard-list",
             order=60),
    ),
    actions={
        "appraisal.round.created": _("新建评分"), "appraisal.round.updated": _("修改评分"),
        "appraisal.round.deleted": _("删除评分"), "appraisal.round.opened": _("启动评分"),
        "appraisal.round.closed": _("结束评分"), "appraisal.round.published": _("公布评分结果"),
        "appraisal.round.reminded": _("提醒评分"), "appraisal.round.exported": _("导出评分结果"),
        "appraisal.appeal.made": _("对评分结果申诉"), "appraisal.appeal.answered": _("答复评分申诉"),
    },
    emits=(
        Event("appraisal.round.published", {"round_id": "uuid", "title": "str"}, _("评分结果公布"), True),
        Event(
            "appraisal.sheet.handed_in", {"round_id": "uuid", "user_id": "str", "person_id": "uuid"}, _("提交评分表"), True
        ),
    ),
    listens={
        "members.person.left": ("modules.appraisal.handlers.scoring.person_left",),
        "members.person.merged": ("modules.appraisal.handlers.scoring.person_merged",),
    },
    tasks={
        "appraisal.tell_reviewers": "modules.appraisal.handlers.scoring.tell_reviewers",
        "appraisal.close_round": "modules.appraisal.handlers.scoring.close_round",
    },
    notices=(
        NoticeCategory("appraisal.scoring", _("评分任务")),
        NoticeCategory("appraisal.result", _("评价结果")),
    ),
)  # fmt: skip
