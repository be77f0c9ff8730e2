"""What workflows and the inbox add to the platform. Their pages are the phone's and the console's."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, Manifest, Permission, Schedule

VIEW, MANAGE = "workflow.view", "workflow.manage"

MANIFEST = Manifest(
    code="workflow",
    name=_("工作流程"),
    category="platform",
    summary=_("各功能模块共用的审批流程和待办：逐级审批、加签、转办、退回、撤回，超期提醒。"),
    service_types=("management",),
    icon="list-todo",
    always_on=True,
    permissions=(
        Permission(code=VIEW, label=_("查看并办理自己的待办"), default_roles=("member", "editor", "auditor")),
        Permission(code=MANAGE, label=_("管理工作流程，查看全部申请")),
    ),
    actions={
        "workflow.case.started": _("提交申请"), "workflow.case.approved": _("同意申请"),
        "workflow.case.rejected": _("不同意申请"), "workflow.case.returned": _("退回申请"),
        "workflow.case.resubmitted": _("重新提交申请"), "workflow.case.withdrawn": _("撤回申请"),
        "workflow.case.signer_added": _("申请加签"), "workflow.case.delegated": _("转办申请"),
        "workflow.definition.published": _("发布工作流程"),
        "workflow.stand_in.set": _("设置代办人"), "workflow.stand_in.ended": _("取消代办人"),
    },
    tasks={"workflow.escalate_overdue": "jiceng.workflow.tasks.remind_of_overdue"},
    schedules=(Schedule(task="workflow.escalate_overdue", cron="10 * * * *"),),
    emits=(
        Event("workflow.case.started", {"case_id": "uuid", "workflow": "str"}, _("提交申请"), True),
        Event("workflow.case.ended", {"case_id": "uuid", "workflow": "str", "state": "str"}, _("申请办结"), True),
    ),
)  # fmt: skip
