"""Calling WeChat for one account: wechatpy's catalogue of calls over our own sending, tokens and retry."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from wechatpy.client import WeChatClient
from wechatpy.enterprise.client import WeChatClient as WeComClient

from . import answers, hosts
from .errors import CallRefused, GatewayError
from .tokens import Fetched, Tokens

# 40001 is a stale token at an Official Account, and a wrong secret at WeCom.
STALE = frozenset({40001, 40014, 42001})
STALE_WECOM = frozenset({40014, 42001})
logger = logging.getLogger("jiceng.wechat")


class _OwnSending:
    """Takes the place of wechatpy's ``_request``: a token from ``Tokens``, one repetition when it was refused."""

    API_BASE_URL = ""
    stale = STALE
    tokens: Tokens
    name: str

    @property
    def access_token(self) -> str:
        raise AttributeError("tokens come from Tokens")

    def call(self, method: str, path: str, **parameters: Any) -> Any:
        """Call ``path`` with ``params``, ``json`` or ``files``. Raises ``GatewayError``; never more than twice."""
        url = path if path.startswith("https://") else self.API_BASE_URL + path
        token = self.tokens.get()
        try:
            return self._send(method, url, token, parameters)
        except CallRefused as error:
            if error.errcode not in self.stale:
                raise
        try:
            return self._send(method, url, self.tokens.replace(token), parameters)
        except CallRefused as error:
            if error.errcode in self.stale:
                self.tokens.give_up(error.errcode, error.errmsg)
            raise

    def _send(self, method: str, url: str, token: str, parameters: dict[str, Any]) -> Any:
        params = {**parameters.get("params", {}), "access_token": token}
        body = parameters.get("json")
        sent: dict[str, Any] = {"params": params, "files": parameters.get("files")}
        if body is not None:
            sent["data"] = json.dumps(body, ensure_ascii=False).encode()  # \u escapes would show up in menus
            sent["headers"] = {"Content-Type": "application/json"}
        began, outcome = time.perf_counter(), "ok"
        try:
            return answers.read(hosts.send(method, url, **sent))
        except GatewayError as error:
            outcome = str(error)
            raise
        finally:
            ms = (time.perf_counter() - began) * 1000
            logger.info("wechat %s %s %s %.0fms", self.name, url.partition("?")[0], outcome, ms)

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """What wechatpy's API classes end in."""
        base = kwargs.pop("api_base_url", self.API_BASE_URL)
        url = url_or_endpoint if url_or_endpoint.startswith("https://") else base + url_or_endpoint
        body = kwargs.get("data")
        if isinstance(body, (str, bytes)):
            body = json.loads(body)
        answer = self.call(method, url, params=kwargs.get("params") or {}, json=body, files=kwargs.get("files"))
        process = kwargs.get("result_processor")
        return process(answer) if process else answer


class OfficialClient(_OwnSending, WeChatClient):
    """An Official Account, by whatever token."""

    API_BASE_URL = f"{hosts.API}/cgi-bin/"

    def __init__(self, appid: str, tokens: Tokens) -> None:
        WeChatClient.__init__(self, appid, "", auto_retry=False)
        self.tokens, self.name = tokens, appid


class CorporateClient(_OwnSending, WeComClient):
    """A WeCom application."""

    API_BASE_URL = f"{hosts.WECOM_API}/cgi-bin/"
    stale = STALE_WECOM

    def __init__(self, corp_id: str, agent_id: str, tokens: Tokens) -> None:
        WeComClient.__init__(self, corp_id, "", auto_retry=False)
        self.tokens, self.agent_id, self.name = tokens, agent_id, f"{corp_id}:{agent_id}"


def fetch_stable_token(appid: str, secret: str, *, is_refused: bool) -> Fetched:
    """The account's token: the same for everybody who asks while it holds, and apart from that of other systems.

    ``is_refused``: another one, although WeChat takes the present one for good (20 a day).
    """
    body = {"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": is_refused}
    return _fetched(answers.read(hosts.send("POST", f"{hosts.API}/cgi-bin/stable_token", json=body)))


def fetch_wecom_token(corp_id: str, secret: str) -> Fetched:
    params = {"corpid": corp_id, "corpsecret": secret}
    return _fetched(answers.read(hosts.send("GET", f"{hosts.WECOM_API}/cgi-bin/gettoken", params=params)))


def _fetched(answer: dict[str, Any]) -> Fetched:
    return Fetched(str(answer["access_token"]), int(answer.get("expires_in", 7200)))
