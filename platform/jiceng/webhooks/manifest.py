"""What webhooks add to the platform. Their pages are the console's, their API the API shell's."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import (
    ApiRoute,
    Manifest,
    MenuEntry,
    NoticeCategory,
    Page,
    Permission,
    Schedule,
)

MANAGE, FOLLOW = "webhooks.manage", "webhooks.follow"
TROUBLE = "webhooks.trouble"
BOTH, POST = ("GET", "POST"), ("POST",)
DESK, API = "jiceng.console.webhooks", "jiceng.api.webhooks"
ENDPOINT, DELIVERY = "webhooks/<uuid:endpoint_id>/", "webhooks/deliveries/<uuid:delivery_id>/"

MANIFEST = Manifest(
    code="webhooks",
    name=_("事件推送"),
    category="platform",
    summary=_("本单位发生的事即时通知其他系统：签名、重试三天、逐次留痕，也可以按顺序自己来取。"),
    service_types=("information",),
    icon="webhook",
    always_on=True,
    permissions=(
        Permission(MANAGE, _("管理事件推送")),
        Permission(FOLLOW, _("读取事件流")),
    ),
    pages=(
        Page("console", "webhooks/", f"{DESK}.endpoint_list", "endpoints", MANAGE),
        Page("console", "webhooks/new/", f"{DESK}.endpoint_create", "endpoint-new", MANAGE, methods=BOTH),
        Page("console", ENDPOINT, f"{DESK}.endpoint_detail", "endpoint", MANAGE),
        Page("console", f"{ENDPOINT}edit/", f"{DESK}.endpoint_edit", "endpoint-edit", MANAGE, methods=BOTH),
        Page("console", f"{ENDPOINT}test/", f"{DESK}.endpoint_test", "endpoint-test", MANAGE, methods=POST),
        Page("console", f"{ENDPOINT}switch/", f"{DESK}.endpoint_switch", "endpoint-switch", MANAGE, methods=POST),
        Page("console", f"{ENDPOINT}secret/", f"{DESK}.endpoint_rotate", "endpoint-secret", MANAGE, methods=BOTH),
        Page("console", f"{ENDPOINT}replay/", f"{DESK}.endpoint_replay", "endpoint-replay", MANAGE, methods=BOTH),
        Page("console", f"{ENDPOINT}remove/", f"{DESK}.endpoint_remove", "endpoint-remove", MANAGE, methods=BOTH),
        Page("console", DELIVERY, f"{DESK}.delivery_detail", "delivery", MANAGE),
        Page("console", f"{DELIVERY}replay/", f"{DESK}.delivery_replay", "delivery-replay", MANAGE, methods=POST),
    ),
    api=(
        ApiRoute("webhook-endpoints", f"{API}.EndpointViewSet", MANAGE, MANAGE),
        ApiRoute("webhook-deliveries", f"{API}.DeliveryViewSet", MANAGE, MANAGE),
        ApiRoute("events", f"{API}.EventViewSet", FOLLOW, FOLLOW),
    ),
    menu=(
        MenuEntry("console", _("事件推送"), "endpoints", MANAGE, icon="webhook", order=901, group=_("开放")),
    ),
    notices=(NoticeCategory(TROUBLE, _("事件推送故障")),),
    actions={
        "webhooks.endpoint.created": _("新建推送地址"), "webhooks.endpoint.changed": _("修改推送地址"),
        "webhooks.endpoint.enabled": _("启用推送地址"), "webhooks.endpoint.disabled": _("停用推送地址"),
        "webhooks.endpoint.removed": _("删除推送地址"), "webhooks.endpoint.rotated": _("更换推送签名密钥"),
        "webhooks.endpoint.tested": _("测试推送地址"), "webhooks.endpoint.replayed": _("重新推送一段时间的事件"),
        "webhooks.delivery.replayed": _("重新推送一条事件"),
    },
    tasks={
        "webhooks.send": "jiceng.webhooks.tasks.send",
        "webhooks.replay": "jiceng.webhooks.tasks.replay",
        "webhooks.purge": "jiceng.webhooks.tasks.purge",
    },
    schedules=(Schedule("webhooks.purge", "50 3 * * *"),),
)  # fmt: skip
