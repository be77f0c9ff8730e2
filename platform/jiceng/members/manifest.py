"""What the registry of organisations and people adds to the platform."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, MenuEntry, Page, Permission

READ = "members.read"
MANAGE = "members.manage"
VIEWS = "jiceng.console.people"


def _page(path: str, view: str, name: str, permission: str = MANAGE, *, methods: tuple[str, ...] = ("GET", "POST")) -> Page:
    return Page(
        surface="console", path=path, view=f"{VIEWS}.{view}", name=name, permission=permission, methods=methods
    )


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
    pages=(
        _page("people/", "people_list", "people", READ, methods=("GET",)),
        _page("people/new/", "person_create", "person_create"),
        _page("people/<uuid:person_id>/", "person_edit", "person_edit"),
        _page("people/<uuid:person_id>/invite/", "person_invite", "person_invite"),
        _page("units/new/", "unit_create", "unit_create"),
        _page("units/<uuid:unit_id>/", "unit_edit", "unit_edit"),
        _page("units/<uuid:unit_id>/move/", "unit_move", "unit_move"),
        _page("units/<uuid:unit_id>/remove/", "unit_remove", "unit_remove"),
    ),
    menu=(
        MenuEntry(
            surface="console", label=_("组织与人员"), page="people", permission=READ, icon="users", order=20,
            group=_("组织"),
        ),
    ),
)  # fmt: skip
