"""Why nothing went out, or nothing came back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..errors import Invalid

# Kind of failure -> what it means, for people.
KINDS = {
    "dns": _("域名解析不到"), "address": _("域名指向内网或保留地址"), "connect": _("连接不上"), "tls": _("证书无效或加密连接失败"),
    "timeout": _("超时没有应答"), "protocol": _("应答不是有效的 HTTP"),
}  # fmt: skip


class OutboundRefused(Invalid):
    """An address that is not for going out to. ``reason``: a stable code such as ``scheme`` or ``host``."""

    code = "url_refused"
    message = _("地址须是公网的 https 地址。")

    def __init__(self, reason: str, message: object) -> None:
        self.reason = reason
        super().__init__(message)


class Failed(Exception):
    """No answer. ``kind``: one of ``KINDS``; ``milliseconds``: how long it took to find out."""

    def __init__(self, kind: str, detail: str, milliseconds: int = 0) -> None:
        self.kind, self.detail, self.milliseconds = kind, detail, milliseconds
        super().__init__(f"{kind}: {detail}")
