"""Which browser somebody answers with: a random name in its session, so that tabs of one browser are one terminal."""

from __future__ import annotations

import secrets

from jiceng.shell.requests import TenantRequest

KEY = "study-terminal"


def terminal_of(request: TenantRequest) -> str:
    if KEY not in request.session:
        request.session[KEY] = secrets.token_hex(8)
    return str(request.session[KEY])
