"""What 生活黄页 adds to the platform."""

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
    PointsRule,
    Schedule,
    SetupStep,
    Tile,
    setting,
)

READ, MANAGE, LOOK = "yellowpages.read", "yellowpages.manage", "yellowpages.look"
PAGES, CONSOLE, API = "modules.yellowpages.pages", "modules.yellowpages.console", "modules.yellowpages.api"
BOTH, POST = ("GET", "POST"), ("POST",)
ONE, CORRECTION = "<uuid:entry_id>/", "corrections/<uuid:correction_id>/"


@dataclass(frozen=True)
class YellowpagesSettings:
    stale_after_months: int = setting(
        6, label=_("多少个月未核实算过期"), help=_("到期后提醒维护人核实，手机上标出“待核实”。"), minimum=1, maximum=36
    )
    map_links: bool = setting(
        True, label=_("显示地图链接"), help=_("有经纬度的条目可以打开高德地图；关闭后只显示地址。")
    )


MANIFEST = Manifest(
    code="yellowpages",
    name=_("生活黄页"),
    category="life",
    summary=_("食堂、门诊、维修、窗口和热线：电话一点就拨，几点开门一看就知，信息由大家一起更正。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("resource",),
    icon="book-user",
    permissions=(
        Permission(READ, _("查看生活黄页、提出纠错"), default_roles=("member", "editor", "auditor", "secretary")),
        Permission(MANAGE, _("维护生活黄页"), default_roles=("editor",)),
        Permission(LOOK, _("查看对外公开的黄页"), public=True),
    ),
    pages=(
        Page("h5", "", f"{PAGES}.entry_list", "list", LOOK),
        Page("h5", "favourites/", f"{PAGES}.favourite_list", "favourites", READ),
        Page("h5", ONE, f"{PAGES}.entry_detail", "entry", LOOK),
        Page("h5", f"{ONE}favourite/", f"{PAGES}.favourite", "favourite", READ, methods=POST),
        Page("h5", f"{ONE}correct/", f"{PAGES}.correct", "correct", READ, methods=BOTH),
        Page("h5", f"{ONE}verify/", f"{PAGES}.verify", "verify", READ, methods=POST),
        Page("h5", f"{ONE}photo/", f"{PAGES}.photo", "photo", LOOK),
        Page("console", "", f"{CONSOLE}.entry_list", "list", MANAGE),
        Page("console", "new/", f"{CONSOLE}.entry_new", "new", MANAGE, methods=BOTH),
        Page("console", "import/", f"{CONSOLE}.entry_import", "import", MANAGE, methods=BOTH),
        Page("console", "export/", f"{CONSOLE}.entry_export", "export", MANAGE),
        Page("console", "categories/", f"{CONSOLE}.category_list", "categories", MANAGE, methods=BOTH),
        Page("console", "categories/<uuid:category_id>/", f"{CONSOLE}.category_edit", "category", MANAGE, methods=BOTH),
        Page("console", "categories/<uuid:category_id>/delete/", f"{CONSOLE}.category_delete", "category-delete", MANAGE,
             methods=POST),
        Page("console", "days/", f"{CONSOLE}.day_list", "days", MANAGE, methods=BOTH),
        Page("console", "days/<uuid:day_id>/remove/", f"{CONSOLE}.day_remove", "day-remove", MANAGE, methods=POST),
        Page("console", "corrections/", f"{CONSOLE}.correction_list", "corrections", MANAGE),
        Page("console", CORRECTION, f"{CONSOLE}.correction_detail", "correction", MANAGE, methods=BOTH),
        Page("console", ONE, f"{CONSOLE}.entry_edit", "entry", MANAGE, methods=BOTH),
        Page("console", f"{ONE}verify/", f"{CONSOLE}.entry_verify", "verify", MANAGE, methods=POST),
        Page("console", f"{ONE}state/", f"{CONSOLE}.entry_state", "state", MANAGE, methods=POST),
    ),
    api=(
        ApiRoute("entries", f"{API}.EntryViewSet", read=READ, write=MANAGE),
        ApiRoute("categories", f"{API}.CategoryViewSet", read=READ, write=MANAGE),
        ApiRoute("corrections", f"{API}.CorrectionViewSet", read=MANAGE, write=MANAGE),
    ),
    menu=(
        MenuEntry("h5", _("生活黄页"), "list", READ, icon="book-user", order=30),
        MenuEntry("console", _("黄页条目"), "list", MANAGE, icon="book-user", order=50, group=_("生活黄页")),
        MenuEntry("console", _("黄页纠错"), "corrections", MANAGE, icon="message-square-warning", order=51, group=_("生活黄页")),
        MenuEntry("console", _("黄页类别"), "categories", MANAGE, icon="folder-tree", order=52, group=_("生活黄页")),
        MenuEntry("console", _("节假日"), "days", MANAGE, icon="calendar-days", order=53, group=_("生活黄页")),
    ),
    tiles=(
        Tile(_("黄页条目"), "modules.yellowpages.selectors.entries.count_listed", "list", MANAGE, icon="book-user", order=80),
    ),
    setup_steps=(
        SetupStep(_("添加第一条黄页"), "modules.yellowpages.selectors.entries.has_entries", "list", MANAGE, order=80),
    ),
    actions={
        "yellowpages.entry.created": _("新增黄页"), "yellowpages.entry.updated": _("修改黄页"),
        "yellowpages.entry.verified": _("核实黄页"), "yellowpages.entry.closed": _("黄页标为停业"),
        "yellowpages.entry.listed": _("恢复显示黄页"), "yellowpages.category.saved": _("保存黄页类别"),
        "yellowpages.category.deleted": _("删除黄页类别"), "yellowpages.day.added": _("设置节假日"),
        "yellowpages.day.removed": _("取消节假日"), "yellowpages.correction.accepted": _("采纳黄页纠错"),
        "yellowpages.correction.declined": _("不采纳黄页纠错"), "yellowpages.imported": _("导入黄页"),
        "yellowpages.exported": _("导出黄页"),
    },
    emits=(
        Event("yellowpages.entry.changed", {"entry_id": "uuid", "name": "str"}, _("黄页变更"), True),
        Event("yellowpages.correction.proposed", {"correction_id": "uuid", "entry_id": "uuid"}, _("黄页纠错"), True),
        Event(
            "yellowpages.correction.accepted",
            {"correction_id": "uuid", "entry_id": "uuid", "name": "str", "user_id": "uuid"}, _("采纳黄页纠错"), True,
        ),
    ),
    tasks={"yellowpages.ask_keepers": "modules.yellowpages.tasks.ask_keepers"},
    schedules=(Schedule("yellowpages.ask_keepers", "0 9 * * mon"),),
    points=(
        PointsRule(
            "yellowpages.correction", "yellowpages.correction.accepted", 1, 3, _("黄页纠错被采纳"), yearly_cap=30, maximum=5,
            subject="correction_id", metric="contribution", title="name", link="/yellowpages/{entry_id}/",
        ),
    ),
    notices=(NoticeCategory("yellowpages.answer", _("黄页纠错答复")),),
    file_owners={"yellowpages.entry": "modules.yellowpages.selectors.entries.may_open_photo"},
    settings=YellowpagesSettings,
    prepare="modules.yellowpages.services.prepare",
)  # fmt: skip
