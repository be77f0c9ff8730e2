"""Imports of rosters: background work, what is told, what the audit trail calls it."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, MenuEntry, Page, Part, Schedule, Workflow, WorkflowStep

from .roster import MANAGE

TASKS = "jiceng.members.importing.tasks"
IMPORTS = "people/imports/"
BATCH = f"{IMPORTS}<uuid:batch_id>/"
POST = ("POST",)


def _page(path: str, name: str, *, view: str = "", methods: tuple[str, ...] = ("GET",)) -> Page:
    return Page("console", path, f"jiceng.console.imports.{view or name}", name, MANAGE, methods=methods)


PART = Part(
    actions={
        "members.import.created": _("上传导入文件"), "members.import.applied": _("批量导入"),
        "members.import.cancelled": _("取消导入"), "members.import.undone": _("撤销导入"),
        "members.proposal.declined": _("不采纳变动建议"),
    },
    emits=(Event("members.people.imported", {"batch_id": "uuid", "count": "int"}, _("批量导入完成"), True),),
    pages=(
        _page(IMPORTS, "imports", view="import_list"),
        _page(f"{IMPORTS}template/", "import_template"),
        _page(f"{IMPORTS}new/", "import_create", methods=("GET", "POST")),
        _page(BATCH, "import", view="import_detail"),
        _page(f"{BATCH}columns/", "import_columns", methods=("GET", "POST")),
        _page(f"{BATCH}choose/", "import_choose", methods=POST),
        _page(f"{BATCH}apply/", "import_apply", methods=POST),
        _page(f"{BATCH}cancel/", "import_cancel", methods=POST),
        _page(f"{BATCH}undo/", "import_undo", methods=("GET", "POST")),
        _page(f"{BATCH}errors/", "import_errors"),
        _page(f"{BATCH}proposals/<uuid:proposal_id>/decline/", "proposal_decline", methods=POST),
    ),
    menu=(MenuEntry("console", _("数据导入"), "imports", MANAGE, icon="upload", order=22, group=_("组织")),),
    tasks={
        "members.check_import": f"{TASKS}.check_import", "members.apply_import": f"{TASKS}.apply_import",
        "members.undo_import": f"{TASKS}.undo_import", "members.forget_imports": f"{TASKS}.forget_imports",
    },
    schedules=(Schedule("members.forget_imports", "20 3 * * *"),),
    workflows=(
        Workflow(
            code="members.roster_proposals",
            label=_("名册变动审批"),
            steps=(WorkflowStep("decide", _("确认人员变动"), MANAGE, days=3, scope="tenant"),),
            summary="jiceng.members.importing.summaries.of_proposals",
            decided="jiceng.members.importing.proposing.decided",
        ),
    ),
)  # fmt: skip
