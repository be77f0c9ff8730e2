"""What an error code means for a push: try again, wait, give this recipient up, or tell the administrator.

Sources: the error lists of 微信公众平台 and 企业微信, read November 2026.
"""

from __future__ import annotations

import enum

RETRY_WAITS_SECONDS = (1, 5, 30, 120, 600)


class Verdict(enum.Enum):
    RETRY = "retry"  # nothing is wrong for good: again after a while
    MINUTE = "minute"  # too fast: this lane waits for the next minute
    DAY = "day"  # the day's quota is used up: this lane waits for midnight, Asia/Shanghai
    RECIPIENT = "recipient"  # never to this person by this way
    NO_OFFER = "no_offer"  # the person has not agreed to (another) one
    NOT_FOLLOWING = "not_following"
    WINDOW = "window"  # the time for customer-service messages is over, or their number used up
    CONTENT = "content"  # the template or its fields do not fit: this message never, others perhaps
    CONFIGURATION = "configuration"  # nothing goes out until the administrator has mended something


_OFFICIAL = {
    -1: Verdict.RETRY, 45011: Verdict.MINUTE, 45009: Verdict.DAY, 48004: Verdict.DAY, 50002: Verdict.DAY,
    40003: Verdict.RECIPIENT, 43019: Verdict.RECIPIENT, 43004: Verdict.NOT_FOLLOWING, 43101: Verdict.NO_OFFER,
    45015: Verdict.WINDOW, 45047: Verdict.WINDOW,
    **dict.fromkeys((40001, 40014, 42001, 40013, 40125, 40164, 61004, 48001, 61007, 61023, 61003, 61005, 61006), Verdict.CONFIGURATION),
}  # fmt: skip
_WECOM = {
    -1: Verdict.RETRY, 6000: Verdict.RETRY, 45033: Verdict.RETRY, 45009: Verdict.MINUTE,
    60111: Verdict.RECIPIENT, 81013: Verdict.RECIPIENT, 82001: Verdict.RECIPIENT,
    **dict.fromkeys((40001, 40091, 40013, 40014, 42001, 60020, 301002, 48002, 60011), Verdict.CONFIGURATION),
}  # fmt: skip

WORDS = {
    40001: "AppSecret 或访问凭证不正确", 40013: "AppID 不正确", 40125: "AppSecret 不正确", 40164: "服务器 IP 不在公众号的 IP 白名单里",
    61004: "服务器 IP 不在开放平台的白名单里", 48001: "公众号没有这个接口的权限", 61007: "公众号没有把这项权限授权给平台",
    40037: "模板 ID 不正确", 47003: "模板字段与内容不符", 41030: "跳转页面路径不正确", 43004: "对方没有关注", 43019: "对方拒收",
    43101: "对方没有订阅这类消息", 45009: "今天的调用次数已用完", 45011: "发送太快", 45015: "对方超过 48 小时没有互动",
    45047: "可发送的客服消息已用完", 48004: "接口被微信停用", 50002: "账号被限制", 60020: "服务器 IP 不在企业可信 IP 里",
    60011: "应用没有权限", 301002: "应用 AgentID 不正确", 48002: "应用没有这个接口的权限", 81013: "对方不在应用可见范围",
    60111: "企业微信里没有这个人", 61023: "授权已失效，请重新授权", 61003: "公众号没有授权给平台", 40091: "Secret 不正确",
    40014: "访问凭证不正确", 42001: "访问凭证已过期", -1: "微信系统繁忙", 61005: "平台的验证票据已过期", 61006: "平台还没有收到验证票据",
    0: "连接不上微信",
}  # fmt: skip


def verdict(errcode: int, *, is_wecom: bool) -> Verdict:
    return (_WECOM if is_wecom else _OFFICIAL).get(errcode, Verdict.CONTENT)


def words(errcode: int) -> str:
    """What an administrator should read."""
    known = WORDS.get(errcode)
    return f"{known}（{errcode}）" if known else f"微信返回错误 {errcode}"
