"""Access tokens: fetched once for all workers, and again only when the one at hand was refused.

Kept in the tenant's part of the cache, sealed. Losing the cache costs one call.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache

from jiceng.kernel import crypto

from .errors import GatewayError, TokenRefused

# WeChat gives tokens at least five minutes before they end; ours is not used in its last two.
SKEW_SECONDS = 120
LOCK_SECONDS, WAIT_SECONDS, LOOK_SECONDS = 30, 14.0, 0.05
# A refused fetch is not repeated sooner: a wrong secret must not eat the day's quota.
REFUSED_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """A token as WeChat gave it. ``seconds``: how long it holds."""

    token: str
    seconds: int


class Tokens:
    """The token of one account for one use. ``name``: of appid and use, never of a secret.

    ``fetch``: asks WeChat; its argument says whether the present token was refused and another one must be made.
    """

    def __init__(self, name: str, fetch: Callable[[bool], Fetched]) -> None:
        self.name, self.fetch = f"wechat:token:{name}", fetch

    def get(self) -> str:
        """Raises ``TokenRefused``."""
        self._raise_if_refused()
        return self._peek() or self.replace("")

    def give_up(self, errcode: int, errmsg: str) -> None:
        """A token just made was refused as well: nobody asks again for a while."""
        self.forget()
        self._note_refusal(errcode, errmsg)

    def replace(self, refused: str) -> str:
        """A token other than ``refused``: one that another worker has fetched meanwhile, or a new one.

        Raises ``TokenRefused``.
        """
        deadline, owner = time.monotonic() + WAIT_SECONDS, secrets.token_hex(8)
        while not cache.add(f"{self.name}:lock", owner, LOCK_SECONDS):
            if (token := self._peek()) and token != refused:
                return token
            self._raise_if_refused()
            if time.monotonic() > deadline:
                raise TokenRefused(0, "another worker is still asking for it")
            time.sleep(LOOK_SECONDS)
        try:
            token = self._peek()
            return token if token and token != refused else self._fetch(is_refused=bool(refused))
        finally:
            if cache.get(f"{self.name}:lock") == owner:
                cache.delete(f"{self.name}:lock")

    def forget(self) -> None:
        cache.delete_many([self.name, f"{self.name}:refused"])

    def _fetch(self, *, is_refused: bool) -> str:
        self._raise_if_refused()
        try:
            fetched = self.fetch(is_refused)
        except GatewayError as error:
            errcode, errmsg = getattr(error, "errcode", 0), getattr(error, "errmsg", str(error))
            self._note_refusal(errcode, errmsg)
            raise TokenRefused(errcode, errmsg) from error
        facts = json.dumps([fetched.token, time.time() + fetched.seconds]).encode()
        cache.set(self.name, crypto.seal(facts, context=self.name), max(1, fetched.seconds))
        return fetched.token

    def _peek(self) -> str:
        sealed = cache.get(self.name)
        if not sealed:
            return ""
        try:
            token, ends_at = json.loads(crypto.open_sealed(sealed, context=self.name))
        except crypto.Unsealable:
            return ""
        return str(token) if ends_at - time.time() > SKEW_SECONDS else ""

    def _note_refusal(self, errcode: int, errmsg: str) -> None:
        cache.set(f"{self.name}:refused", json.dumps([errcode, errmsg]), REFUSED_SECONDS)

    def _raise_if_refused(self) -> None:
        if noted := cache.get(f"{self.name}:refused"):
            errcode, errmsg = json.loads(noted)
            raise TokenRefused(errcode, errmsg)
