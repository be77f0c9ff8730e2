"""What workflows and the inbox add to the platform. Their pages are the phone's and the console's."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, HomeCard, Manifest, MenuEntry, Page, Permission, Schedule

VIEW, MANAGE = "workflow.view", "workflow.manage"
CONSOLE = "console.view"
BOTH, POST = ("GET", "POST"), ("POST",)
PHONE, APPROVALS, WORKFLOWS = "jiceng.h5.todos", "jiceng.console.approvals", "jiceng.console.workflows"

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
    pages=(
        Page("h5", "todos/", f"{PHONE}.todo_list", "todos", VIEW),
        Page("h5", "todos/cases/<uuid:case_id>/", f"{PHONE}.case_detail", "case", VIEW, methods=BOTH),
        Page("h5", "todos/stand-in/", f"{PHONE}.stand_in", "stand_in", VIEW, methods=BOTH),
        Page("h5", "todos/stand-in/<uuid:stand_in_id>/end/", f"{PHONE}.stand_in_end", "stand_in_end", VIEW, methods=POST),
        Page("console", "approvals/", f"{APPROVALS}.approval_list", "approvals", CONSOLE),
        Page("console", "approvals/approve/", f"{APPROVALS}.approve_many", "approve_many", VIEW, methods=POST),
        Page("console", "approvals/cases/<uuid:case_id>/", f"{APPROVALS}.case_detail", "case", CONSOLE, VIEW, BOTH),
        Page("console", "workflows/", f"{WORKFLOWS}.workflow_list", "workflows", MANAGE),
        Page("console", "workflows/<str:code>/", f"{WORKFLOWS}.workflow_edit", "workflow", MANAGE, methods=BOTH),
    ),
    menu=(
        MenuEntry("h5", _("我的待办"), "todos", VIEW, icon="list-todo", order=5),
        MenuEntry("console", _("待办审批"), "approvals", CONSOLE, icon="list-todo", order=3, group=_("概览")),
        MenuEntry("console", _("工作流程"), "workflows", MANAGE, icon="workflow", order=40, group=_("组织")),
    ),
    home_cards=(HomeCard("jiceng.workflow.selectors.home_card", "h5/todos/home_card.html", VIEW, order=1),),
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
