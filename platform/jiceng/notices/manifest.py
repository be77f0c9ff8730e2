"""What notices add to the platform. Their pages are the phone's and the console's."""

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
    Schedule,
    setting,
)  # fmt: skip

READ, MANAGE = "notices.read", "notices.manage"
TODO = "notices.todo"
BOTH, POST = ("GET", "POST"), ("POST",)
PHONE, DESK = "jiceng.h5.notices", "jiceng.console.notices"


@dataclass(frozen=True)
class NoticesSettings:
    email_enabled: bool = setting(
        False,
        label=_("发送邮件"),
        help=_("站内消息同时发到本人邮箱；没有邮箱的人不受影响。平台没有配置发信时不起作用。"),
    )
    quiet_from: str = setting("22:00", label=_("免打扰开始"), help=_("格式为 22:00。本人可以另设。"), max_length=5)
    quiet_to: str = setting("07:00", label=_("免打扰结束"), help=_("与开始相同表示不设免打扰。"), max_length=5)
    digest_hour: int = setting(18, label=_("每日摘要时间（点）"), minimum=0, maximum=23)
    todo_days: tuple[str, ...] = setting(
        ("7", "3", "1"), label=_("待办到期前几天提醒"), help=_("每行一个天数，1 到 30。"), max_length=2
    )
    keep_days: int = setting(180, label=_("消息保留天数"), minimum=30, maximum=1095)


MANIFEST = Manifest(
    code="notices",
    name=_("消息"),
    category="platform",
    summary=_("各功能模块共用的消息中心：站内消息、邮件和其他渠道，免打扰、摘要、静音，每次送达都有记录。"),
    service_types=("information",),
    icon="bell",
    always_on=True,
    permissions=(
        Permission(READ, _("接收消息"), ("member", "editor", "auditor", "reviewer", "secretary")),
        Permission(MANAGE, _("查看消息发送记录，重发失败的")),
    ),
    pages=(
        Page("h5", "notices/", f"{PHONE}.inbox", "inbox", READ),
        Page("h5", "notices/<int:entry_id>/", f"{PHONE}.open_entry", "open", READ),
        Page("h5", "notices/read/", f"{PHONE}.read_all", "read-all", READ, methods=POST),
        Page("h5", "notices/settings/", f"{PHONE}.habits", "habits", READ, methods=BOTH),
        Page("console", "notices/", f"{DESK}.notice_list", "notices", MANAGE),
        Page("console", "notices/<uuid:notice_id>/", f"{DESK}.notice_detail", "notice", MANAGE),
        Page("console", "notices/<uuid:notice_id>/export/", f"{DESK}.notice_export", "notice-export", MANAGE),
        Page("console", "notices/<uuid:notice_id>/retry/", f"{DESK}.notice_retry", "notice-retry", MANAGE, methods=POST),
    ),
    api=(ApiRoute("notices", "jiceng.api.notices.NoticeViewSet", MANAGE, MANAGE),),
    menu=(
        MenuEntry("h5", _("消息"), "inbox", READ, icon="bell", order=6),
        MenuEntry("console", _("消息发送记录"), "notices", MANAGE, icon="bell", order=45, group=_("组织")),
    ),
    notices=(NoticeCategory(TODO, _("待办到期提醒"), is_mandatory=True),),
    actions={"notices.notice.retried": _("重发失败的消息"), "notices.notice.exported": _("导出消息发送记录")},
    tasks={
        "notices.deliver": "jiceng.notices.tasks.deliver",
        "notices.remind_of_todos": "jiceng.notices.tasks.remind_of_todos",
        "notices.purge": "jiceng.notices.tasks.purge",
    },
    schedules=(
        Schedule("notices.remind_of_todos", "0 9 * * *"),
        Schedule("notices.purge", "40 3 * * *"),
    ),
    emits=(
        Event("notices.notice.sent", {"notice_id": "uuid", "category": "str", "source": "str", "count": "int"}, _("发出消息"), True),
    ),
    settings=NoticesSettings,
)  # fmt: skip
