"""An account's secrets: sealed for their row and column, opened only to be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from jiceng.kernel.crypto import open_sealed, seal

from ..gateway.codec import Keys
from ..models import Account


def put_secret(account: Account, secret: str) -> None:
    """Does not save."""
    account.secret_sealed = seal(secret.encode(), context=_place(account, "secret"))


def secret_of(account: Account) -> str:
    return open_sealed(bytes(account.secret_sealed or b""), context=_place(account, "secret")).decode()


def put_refresh_token(account: Account, token: str) -> None:
    """Does not save."""
    account.refresh_token_sealed = seal(token.encode(), context=_place(account, "refresh_token"))


def refresh_token_of(account: Account) -> str:
    return open_sealed(bytes(account.refresh_token_sealed or b""), context=_place(account, "refresh_token")).decode()


def put_callback(account: Account, *, token: str, aes_key: str, former_until: datetime | None = None) -> None:
    """Set what signs and encrypts callbacks. ``former_until``: how long those before stay good. Does not save."""
    if former_until is not None and account.callback_sealed:
        account.former_sealed = seal(_opened(account, "callback"), context=_place(account, "former"))
        account.former_until = former_until
    packed = json.dumps([token, aes_key]).encode()
    account.callback_sealed = seal(packed, context=_place(account, "callback"))


def callback_keys(account: Account, *, at: datetime) -> Iterator[Keys]:
    """The pair in force, then the one before while it still counts."""
    if account.callback_sealed:
        yield _keys(account, "callback")
    if account.former_sealed and account.former_until and at < account.former_until:
        yield _keys(account, "former")


def _keys(account: Account, column: str) -> Keys:
    token, aes_key = json.loads(_opened(account, column))
    return Keys(token, aes_key, account.appid)


def _opened(account: Account, column: str) -> bytes:
    return open_sealed(getattr(account, f"{column}_sealed"), context=_place(account, column))


def _place(account: Account, column: str) -> str:
    return f"wechat_account|{column}|{account.pk}"
