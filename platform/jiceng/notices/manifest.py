"""What notices add to the platform."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest

MANIFEST = Manifest(
    code="notices",
    name=_("消息"),
    category="platform",
    summary=_("各功能模块共用的消息中心：站内消息、邮件和其他渠道，免打扰、摘要、静音，每次送达都有记录。"),
    service_types=("information",),
    icon="bell",
    always_on=True,
)
