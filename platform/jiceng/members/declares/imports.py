"""Imports of rosters: background work, what is told, what the audit trail calls it."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, Part, Schedule, Workflow, WorkflowStep

from .roster import MANAGE

TASKS = "jiceng.members.importing.tasks"

PART = Part(
    actions={
        "members.import.created": _("上传导入文件"), "members.import.applied": _("批量导入"),
        "members.import.cancelled": _("取消导入"), "members.import.undone": _("撤销导入"),
        "members.proposal.declined": _("不采纳变动建议"),
    },
    emits=(Event("members.people.imported", {"batch_id": "uuid", "count": "int"}, _("批量导入完成"), True),),
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
