"""What can come of a call, apart from success."""

from __future__ import annotations


class GatewayError(Exception):
    """A call that brought nothing. ``str()`` holds no secret and no token."""


class CallRefused(GatewayError):
    """WeChat answered with an error. ``rid``: its id of the request, for questions to WeChat's support."""

    def __init__(self, errcode: int, errmsg: str = "", *, rid: str = "") -> None:
        self.errcode, self.errmsg, self.rid = errcode, errmsg[:150], rid
        super().__init__(f"{errcode} {self.errmsg}")


class Unreachable(GatewayError):
    """The request did not go out, or was surely not carried out: it may be repeated."""


class OutcomeUnknown(GatewayError):
    """The request went out and no usable answer came: it may have been carried out."""


class TokenRefused(GatewayError):
    """No access token is to be had. ``errcode``: WeChat's reason, 0 when it was not reachable."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode, self.errmsg = errcode, errmsg[:150]
        super().__init__(f"no access token: {errcode} {self.errmsg}")


class CallInvalid(Exception):
    """A callback that is not to be trusted or not to be understood. ``reason``: for the log."""
