"""Reading what WeChat answers."""

from __future__ import annotations

import re
from typing import Any

import requests

from .errors import CallRefused, OutcomeUnknown

_RID = re.compile(r"rid: ([0-9a-f-]+)")
SERVER_FAULT = 500


def read(response: requests.Response) -> Any:
    """The answer as a mapping; the bytes where it is a file. Raises ``CallRefused``, ``OutcomeUnknown``.

    Many calls say nothing of success, some say it with the text "0", and files come as they are.
    """
    if response.status_code >= SERVER_FAULT or response.status_code // 100 == 3:
        raise OutcomeUnknown(f"HTTP {response.status_code}")
    if _is_file(response):
        return response.content
    try:
        answer = response.json()
    except ValueError:
        raise OutcomeUnknown("no JSON in the answer") from None
    if not isinstance(answer, dict):
        raise OutcomeUnknown("not a JSON object")
    check(answer)
    return answer


def check(answer: dict[str, Any]) -> None:
    """Raises ``CallRefused`` where the answer tells of an error, ``OutcomeUnknown`` where it tells nothing sensible."""
    if "errcode" not in answer:
        return
    try:
        errcode = int(answer["errcode"])
    except (TypeError, ValueError):
        raise OutcomeUnknown("errcode is no number") from None
    if errcode:
        errmsg = str(answer.get("errmsg", ""))
        found = _RID.search(errmsg)
        raise CallRefused(errcode, _RID.sub("", errmsg).strip(), rid=found.group(1) if found else "")


def _is_file(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    return response.status_code == 200 and kind.partition("/")[0] in {"image", "audio", "video"}
