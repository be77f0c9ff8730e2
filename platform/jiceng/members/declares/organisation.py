"""The structure: units and their kinds, merging and splitting, posts and terms of office."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, Page, Part, Schedule

READ = "members.read"
MANAGE = "members.manage"
UNIT = "people/units/<uuid:unit_id>/"


def _page(
    path: str, view: str, permission: str = MANAGE, *, write: str | None = None, methods: tuple[str, ...] = ("GET", "POST")
) -> Page:  # fmt: skip
    """``view``: ``<file in jiceng.console>.<function>``; the page is called like the function."""
    return Page(
        surface="console", path=path, view=f"jiceng.console.{view}", name=view.rpartition(".")[2], permission=permission,
        write=write, methods=methods,
    )  # fmt: skip


PART = Part(
    actions={
        "members.unit.created": _("新增组织"), "members.unit.renamed": _("修改组织"),
        "members.unit.moved": _("移动组织"), "members.unit.removed": _("删除组织"),
        "members.unit.merged": _("合并组织"), "members.unit.split": _("拆分组织"),
        "members.unit.dissolved": _("撤销组织"),
        "members.kind.changed": _("修改组织类型"),
        "members.post.appointed": _("任职"), "members.post.changed": _("修改任职"), "members.post.ended": _("免职"),
        "members.term.started": _("开始新一届任期"), "members.term.changed": _("修改任期"),
        "members.term.ended": _("任期结束"),
    },
    emits=(
        Event("members.unit.changed", {"unit_id": "uuid", "change": "str"}, _("组织变动"), True),
        Event(
            "members.post.changed", {"post_id": "uuid", "unit_id": "uuid", "person_id": "uuid", "change": "str"},
            _("任职变动"), True,
        ),
        Event("members.term.ending", {"unit_id": "uuid", "term_id": "uuid"}, _("任期将满"), True),
    ),
    tasks={"members.remind_terms": "jiceng.members.tasks.remind_terms"},
    schedules=(Schedule("members.remind_terms", "30 7 * * *"),),
    pages=(
        _page("people/units/new/", "units.unit_create"),
        _page("people/units/as-of/", "units.unit_as_of", READ, methods=("GET",)),
        _page("people/units/kinds/", "unit_kinds.kind_list", methods=("GET",)),
        _page("people/units/kinds/new/", "unit_kinds.kind_create"),
        _page("people/units/kinds/<slug:code>/", "unit_kinds.kind_edit"),
        _page(UNIT, "units.unit_edit", READ, write=MANAGE),
        _page(f"{UNIT}move/", "units.unit_move"),
        _page(f"{UNIT}remove/", "units.unit_remove"),
        _page(f"{UNIT}merge/", "unit_structure.unit_merge"),
        _page(f"{UNIT}split/", "unit_structure.unit_split"),
        _page(f"{UNIT}dissolve/", "unit_structure.unit_dissolve"),
        _page(f"{UNIT}posts/new/", "unit_posts.post_create"),
        _page("people/posts/<uuid:post_id>/", "unit_posts.post_edit"),
        _page("people/posts/<uuid:post_id>/end/", "unit_posts.post_end"),
        _page(f"{UNIT}terms/new/", "unit_posts.term_create"),
        _page("people/terms/<uuid:term_id>/", "unit_posts.term_edit"),
        _page("people/terms/<uuid:term_id>/end/", "unit_posts.term_end"),
    ),
)  # fmt: skip
