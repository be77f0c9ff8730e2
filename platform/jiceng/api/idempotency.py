"""Idempotency-Key: a request repeated with its key has one effect and gets one answer.

The answer is written in the transaction of the effect, so both are there or neither. While the first request runs it holds
an advisory lock of its transaction: the database gives it back however the request ends, so a key is never stuck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from jiceng.access.actor import Actor
from jiceng.kernel import crypto
from jiceng.kernel.clock import now
from jiceng.kernel.context import require_scope

from . import exceptions
from .errors import IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInFlight
from .models import IdempotentResponse
from .renderers import encode

KEPT = timedelta(hours=24)
METHODS = frozenset({"POST", "PATCH"})
MAX_KEY = 200
REPLAYED = "Idempotent-Replayed"
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_PURGE_AT_ONCE = 20


def key_of(request: HttpRequest) -> str:
    """The request's key, ``""`` when it has none or its method takes none. Raises ``IdempotencyKeyInvalid``."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method not in METHODS:
        return ""
    if not 1 <= len(key) <= MAX_KEY or not all("!" <= char <= "~" for char in key):
        raise IdempotencyKeyInvalid
    return key


def once(
    request: HttpRequest, actor: Actor, key: str, run: Callable[[], HttpResponse], *, has_files: bool = False
) -> HttpResponse:
    """Answer from memory, or ``run`` and remember. Call inside the request's transaction.

    Refusals by ``run`` are remembered too, except 409, 429 and server errors, which are worth another try.
    ``has_files``: the endpoint takes forms with files, too long to be held in memory.
    Raises ``RequestInFlight``, ``IdempotencyKeyReused`` and what ``run`` raises unremembered.
    """
    identity = {
        "actor": f"{actor.kind}:{actor.id}", "method": request.method or "", "path": request.path[:500], "key": key,
    }  # fmt: skip
    digest = _digest(request, has_files=has_files)
    if not _lock(identity):
        raise RequestInFlight(retry_after=1)
    known = IdempotentResponse.objects.filter(**identity).first()
    if known is not None and known.expires_at > now():
        if known.request_digest != digest:
            raise IdempotencyKeyReused
        return _replay(known)
    response = _run(request, run)
    _remember(identity, digest, response, known)
    return response


def _digest(request: HttpRequest, *, has_files: bool) -> str:
    """Of the address and the body. A form with files is compared by its parts: their boundary differs at every try."""
    found = hashlib.sha256(request.get_full_path().encode() + b"\n")
    if not (has_files and request.content_type == "multipart/form-data"):
        found.update(request.body)
        return found.hexdigest()
    for name, values in sorted(request.POST.lists()):
        found.update(encode({name: values}))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(encode({name: [file.name, file.size]}))
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


def _lock(identity: dict[str, str]) -> bool:
    """Take the key for this transaction; ``False`` when another one has it."""
    text = "|".join([require_scope().key, *identity.values()])
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _run(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """``run`` as a plain response. A refusal worth remembering takes back its effects only, not the transaction."""
    try:
        with transaction.atomic():
            return _plain(run())
    except Exception as error:
        response = exceptions.response_to(error, request)
        if response is None or response.status_code in (409, 429) or response.status_code >= 500:
            raise
        return response


def _plain(response: Any) -> HttpResponse:
    """DRF renders after the transaction; the bytes are needed within it."""
    if not hasattr(response, "data"):
        return response  # type: ignore[no-any-return]
    content = b"" if response.data is None else encode(response.data)
    plain = HttpResponse(content, status=response.status_code, headers=dict(response.headers))
    if content:
        plain.headers["Content-Type"] = "application/json"
    else:
        del plain.headers["Content-Type"]
    return plain


def _remember(
    identity: dict[str, str], digest: str, response: HttpResponse, expired: IdempotentResponse | None
) -> None:
    record = expired or IdempotentResponse(**identity)
    record.request_digest = digest
    record.status = response.status_code
    record.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    record.body = crypto.seal(bytes(response.content), context=f"api.idempotency|{record.id}")
    record.expires_at = now() + KEPT
    record.save(force_insert=expired is None)
    _purge()


def _replay(record: IdempotentResponse) -> HttpResponse:
    content = crypto.open_sealed(bytes(record.body), context=f"api.idempotency|{record.id}")
    response = HttpResponse(content, status=record.status, headers={**record.headers, REPLAYED: "true"})
    if "Content-Type" not in record.headers:
        del response.headers["Content-Type"]
    return response


def _purge() -> None:
    """Forget a few that are past their day: every request that adds one takes more than one away."""
    expired = IdempotentResponse.objects.filter(expires_at__lt=now()).values("pk")[:_PURGE_AT_ONCE]
    IdempotentResponse.objects.filter(pk__in=expired).delete()
