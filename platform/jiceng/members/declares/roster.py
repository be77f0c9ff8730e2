"""Organisations and people: who may see and change them, the console's pages, what is told to others."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Chart, Event, MenuEntry, Page, Part, Permission, SetupStep, Tile

READ = "members.read"
MANAGE = "members.manage"
READ_SENSITIVE = "members.read_sensitive"
GIVE_ROLES = "access.manage_roles"
PERSON = "people/<uuid:person_id>/"


def _page(
    path: str, view: str, permission: str = MANAGE, *, name: str = "", methods: tuple[str, ...] = ("GET", "POST")
) -> Page:
    return Page(
        surface="console", path=path, view=f"jiceng.console.{view}", name=name or view.rpartition(".")[2],
        permission=permission, methods=methods,
    )  # fmt: skip


PART = Part(
    permissions=(
        Permission(code=READ, label=_("查看组织与人员"), default_roles=("editor", "auditor", "secretary")),
        Permission(code=READ_SENSITIVE, label=_("查看完整的证件号码和手机号码（须填写理由）")),
        Permission(code=MANAGE, label=_("管理组织与人员")),
    ),
    actions={
        "members.person.created": _("新增人员"), "members.person.updated": _("修改人员"),
        "members.person.left": _("人员离开"), "members.person.returned": _("人员恢复在册"),
        "members.person.linked": _("人员绑定登录账号"), "members.person.merged": _("合并重复人员"),
        "members.person.revealed": _("查看完整的敏感信息"),
        "members.membership.started": _("新增组织关系"), "members.membership.changed": _("修改组织关系"),
        "members.membership.ended": _("结束组织关系"),
    },
    emits=(
        Event("members.person.created", {"person_id": "uuid"}, _("新增人员"), True),
        Event("members.person.updated", {"person_id": "uuid", "fields": "str"}, _("人员资料变动"), True),
        Event("members.person.left", {"person_id": "uuid"}, _("人员离开"), True),
        Event("members.person.merged", {"person_id": "uuid", "merged_id": "uuid"}, _("合并重复人员"), True),
        Event(
            "members.membership.changed", {"membership_id": "uuid", "person_id": "uuid", "body": "str", "state": "str"},
            _("组织关系变动"), True,
        ),
    ),
    pages=(
        _page("people/", "people.people_list", READ, name="people", methods=("GET",)),
        _page("people/new/", "person.person_create"),
        _page("people/place/", "people.people_place", methods=("POST",)),
        _page("people/duplicates/", "people_duplicates.duplicate_list", methods=("GET",)),
        _page(PERSON, "person.person", READ, methods=("GET",)),
        _page(f"{PERSON}edit/", "person.person_edit"),
        _page(f"{PERSON}leave/", "person.person_leave"),
        _page(f"{PERSON}return/", "person.person_return", methods=("POST",)),
        _page(f"{PERSON}invite/", "person.person_invite"),
        _page(f"{PERSON}reveal/", "person_reveal.person_reveal", READ_SENSITIVE),
        _page(f"{PERSON}merge/<uuid:other_id>/", "people_duplicates.person_merge"),
        _page(f"{PERSON}memberships/new/", "person_memberships.membership_create"),
        _page(f"{PERSON}memberships/<uuid:membership_id>/", "person_memberships.membership_edit"),
        _page(f"{PERSON}roles/new/", "person_roles.role_give", GIVE_ROLES),
        _page(f"{PERSON}changes/<uuid:change_id>/undo/", "person.change_undo"),
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
            permission=MANAGE, order=20, minutes=3,
            why=_("建好支部或部门，再用表格导入名单；有错的行会逐条告诉您。"),
        ),
    ),
    menu=(
        MenuEntry(
            surface="console", label=_("组织与人员"), page="people", permission=READ, icon="users", order=20,
            group=_("组织"),
        ),
    ),
)  # fmt: skip
