"""What points add to the platform. Their pages are the phone's and the console's."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import (
    ApiRoute,
    Event,
    Manifest,
    MenuEntry,
    NoticeCategory,
    Page,
    Permission,
    Schedule,
    setting,
)  # fmt: skip

OWN, MANAGE, RULE = "points.own", "points.manage", "points.rule"
BOTH, POST = ("GET", "POST"), ("POST",)
PHONE, DESK, API = "jiceng.h5.points", "jiceng.console.points", "jiceng.api.points"
_MOVED = {
    "entry_id": "uuid", "person_id": "uuid", "user_id": "str", "rule": "str", "points": "int", "label": "str",
}  # fmt: skip


@dataclass(frozen=True)
class PointsSettings:
    is_on: bool = setting(
        False, label=_("启用积分"),
        help=_("启用前不记录任何积分。积分只用于鼓励，不得作为考核、评比的依据，也不得要求打卡、刷时长。"),
    )  # fmt: skip
    most_by_hand: int = setting(50, label=_("手工登记一次最多几分"), minimum=1, maximum=500)
    days_late: int = setting(
        7, label=_("多少天以前的事不再给分"), help=_("防止补报旧事影响已经结束的周期。"), minimum=1, maximum=90
    )


MANIFEST = Manifest(
    code="points",
    name=_("积分"),
    category="platform",
    summary=_("按各模块声明的规则记分：每一分都有来由，每天有上限，起因取消就收回，本人可以申诉。默认关闭。"),
    service_types=("management",),
    icon="award",
    always_on=True,
    settings=PointsSettings,
    permissions=(
        Permission(OWN, _("查看自己的积分、提出申诉"), ("member", "editor", "secretary")),
        Permission(MANAGE, _("查看积分明细，手工登记和收回，答复申诉"), ("secretary",)),
        Permission(RULE, _("修改积分规则，重新核算")),
    ),
    pages=(
        Page("h5", "points/", f"{PHONE}.mine", "mine", OWN),
        Page("h5", "points/rules/", f"{PHONE}.rules", "rules", OWN),
        Page("h5", "points/appeal/", f"{PHONE}.appeal_new", "appeal-new", OWN, methods=BOTH),
        Page("console", "points/", f"{DESK}.ledger.entry_list", "entries", MANAGE),
        Page("console", "points/export/", f"{DESK}.ledger.entry_export", "export", MANAGE),
        Page("console", "points/give/<uuid:person_id>/", f"{DESK}.ledger.give", "give", MANAGE, methods=BOTH),
        Page("console", "points/people/", f"{DESK}.ledger.people", "people", MANAGE),
        Page("console", "points/entries/<uuid:entry_id>/take-back/", f"{DESK}.ledger.take_back", "take-back", MANAGE,
             methods=BOTH),
        Page("console", "points/appeals/", f"{DESK}.care.appeal_list", "appeals", MANAGE),
        Page("console", "points/appeals/<uuid:appeal_id>/", f"{DESK}.care.appeal_detail", "appeal", MANAGE, methods=BOTH),
        Page("console", "points/flags/", f"{DESK}.care.flag_list", "flags", MANAGE),
        Page("console", "points/flags/<uuid:flag_id>/", f"{DESK}.care.flag_settle", "flag", MANAGE, methods=BOTH),
        Page("console", "points/rules/", f"{DESK}.rules.rule_list", "rules", RULE),
        Page("console", "points/rules/edit/", f"{DESK}.rules.rule_edit", "rules-edit", RULE, methods=BOTH),
        Page("console", "points/recompute/", f"{DESK}.rules.recompute", "recompute", RULE, methods=POST),
    ),
    api=(
        ApiRoute("points-entries", f"{API}.EntryViewSet", MANAGE, MANAGE),
        ApiRoute("points-standings", f"{API}.StandingViewSet", MANAGE, MANAGE),
    ),
    menu=(
        MenuEntry("console", _("积分明细"), "entries", MANAGE, icon="award", order=46, group=_("组织")),
        MenuEntry("console", _("积分规则"), "rules", RULE, icon="scale", order=47, group=_("组织")),
    ),
    notices=(NoticeCategory("points.appeal", _("积分申诉结果")),),
    actions={
        "points.given": _("手工登记积分"), "points.taken_back": _("收回积分"), "points.exported": _("导出积分明细"),
        "points.rules_published": _("修改积分规则"), "points.recomputed": _("重新核算积分"),
        "points.appeal_answered": _("答复积分申诉"), "points.flag_seen": _("查看积分异常提示"),
    },
    emits=(
        Event("points.awarded", _MOVED, _("得到积分"), True),
        Event("points.reversed", _MOVED, _("积分被收回"), True),
    ),
    tasks={
        "points.look_for_flags": "jiceng.points.tasks.look_for_flags", "points.forget_old": "jiceng.points.tasks.forget_old",
    },
    schedules=(Schedule("points.look_for_flags", "20 4 * * *"), Schedule("points.forget_old", "50 4 * * *")),
)  # fmt: skip
