"""What the registry of organisations and people adds to the platform."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Chart, Manifest, MenuEntry, Page, Permission, SetupStep, Tile

READ = "members.read"
MANAGE = "members.manage"
VIEWS = "jiceng.console.people"


def _page(
    path: str, view: str, name: str, permission: str = MANAGE, *, methods: tuple[str, ...] = ("GET", "POST")
) -> Page:
    return Page(surface="console", path=path, view=f"{VIEWS}.{view}", name=name, permission=permission, methods=methods)


MANIFEST = Manifest(
    code="members",
    name=_("组织与人员"),
    category="platform",
    summary=_("全单位共用的组织架构和人员名册，各功能模块都从这里读取。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("management",),
    icon="users",
    always_on=True,
    permissions=(
        Permission(code=READ, label=_("查看组织与人员"), default_roles=("editor", "auditor")),
        Permission(code=MANAGE, label=_("管理组织与人员")),
    ),
    actions={
        "members.unit.created": _("新增组织"), "members.unit.renamed": _("修改组织"),
        "members.unit.moved": _("移动组织"), "members.unit.removed": _("删除组织"),
        "members.person.created": _("新增人员"), "members.person.updated": _("修改人员"),
        "members.person.linked": _("人员绑定登录账号"),
    },
    pages=(
        _page("people/", "people_list", "people", READ, methods=("GET",)),
        _page("people/new/", "person_create", "person_create"),
        _page("people/<uuid:person_id>/", "person_edit", "person_edit"),
        _page("people/<uuid:person_id>/invite/", "person_invite", "person_invite"),
        _page("people/units/new/", "unit_create", "unit_create"),
        _page("people/units/<uuid:unit_id>/", "unit_edit", "unit_edit"),
        _page("people/units/<uuid:unit_id>/move/", "unit_move", "unit_move"),
        _page("people/units/<uuid:unit_id>/remove/", "unit_remove", "unit_remove"),
    ),
    tiles=(
        Tile(
            label=_("人员"), selector="jiceng.members.selectors.count_people", page="people", permission=READ,
            icon="users", order=10,
        ),
        Tile(
            label=_("组织"), selector="jiceng.members.selectors.count_units", page="people", permission=READ,
            icon="network", order=20,
        ),
    ),
    charts=(
        Chart(
            title=_("各组织人数"), selector="jiceng.members.selectors.count_people_by_unit", permission=READ,
            kind="rank", unit=_("人"), order=20,
        ),
    ),
    setup_steps=(
        SetupStep(
            label=_("建立组织架构，录入人员"), selector="jiceng.members.selectors.has_people", page="people",
            permission=MANAGE, order=25,
        ),
    ),
    menu=(
        MenuEntry(
            surface="console", label=_("组织与人员"), page="people", permission=READ, icon="users", order=20,
            group=_("组织"),
        ),
    ),
)  # fmt: skip
