"""What 排行榜 adds to the platform."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, Manifest, MenuEntry, Page, Permission, setting

VIEW, MANAGE = "rankings.view", "rankings.manage"
BOTH, POST = ("GET", "POST"), ("POST",)
PAGES, DESK = "modules.rankings.pages", "modules.rankings.console"
MEASURES = (("per_capita", _("人均")), ("median", _("中位数")))


@dataclass(frozen=True)
class RankingsSettings:
    unit_measure: str = setting(
        "per_capita",
        label=_("组织怎样比较"),
        help=_("按人均或中位数比较，不按总分，免得人多的占便宜。"),
        choices=MEASURES,
    )
    least_people: int = setting(
        3, label=_("少于几人的组织不参加比较"), help=_("人太少时，从人均就能看出个人的分数。"), minimum=3, maximum=50
    )
    shows_people: bool = setting(True, label=_("显示个人排行"), help=_("关闭后只有组织排行。"))


MANIFEST = Manifest(
    code="rankings",
    name=_("排行榜"),
    category="core",
    summary=_("个人和部门按周、月、季、年看积分。默认处于减负模式：不公开排名，只看自己的进度；附减负自查表。"),
    audiences=("party", "union", "league", "women"),
    service_types=("management",),
    icon="chart-no-axes-column",
    settings=RankingsSettings,
    permissions=(
        Permission(VIEW, _("查看排行榜和自己的进度"), ("member", "editor", "secretary")),
        Permission(MANAGE, _("切换减负模式，做减负自查")),
    ),
    pages=(
        Page("h5", "", f"{PAGES}.progress", "home", VIEW),
        Page("h5", "people/", f"{PAGES}.people", "people", VIEW),
        Page("h5", "units/", f"{PAGES}.units", "units", VIEW),
        Page("h5", "units/<uuid:unit_id>/", f"{PAGES}.unit", "unit", VIEW),
        Page("h5", "hide/", f"{PAGES}.hide", "hide", VIEW, methods=POST),
        Page("console", "", f"{DESK}.overview", "overview", MANAGE),
        Page("console", "relief/", f"{DESK}.relief_page", "relief", MANAGE, methods=BOTH),
        Page("console", "check/", f"{DESK}.check", "check", MANAGE),
        Page("console", "check/export/", f"{DESK}.check_export", "check-export", MANAGE),
    ),
    api=(ApiRoute("people", "modules.rankings.api.PersonBoardViewSet", VIEW, VIEW),),
    menu=(
        MenuEntry("h5", _("积分榜"), "home", VIEW, icon="chart-no-axes-column", order=60),
        MenuEntry("console", _("减负与排行"), "overview", MANAGE, icon="feather", order=48, group=_("组织")),
    ),
    actions={"rankings.relief_changed": _("切换减负模式"), "rankings.check_exported": _("导出减负自查表")},
    emits=(Event("rankings.relief.changed", {"is_on": "bool", "reason": "str"}, _("切换减负模式"), True),),
)
