"""Doors, proof files and sealed values at the platform's host (``jiceng.kernel.inbound``)."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jiceng.kernel import crypto, inbound
from jiceng.kernel.context import Scope, require_scope
from jiceng.kernel.errors import Conflict, FieldError, Invalid

from . import directory
from .context import platform_scope, tenant_scope
from .models import Door, PlatformValue, ProofFile

KEY_BYTES = 16
NAME = re.compile(r"(?:MP|WW)_verify_[A-Za-z0-9]{1,40}\.txt")
CONTENT = re.compile(r"[A-Za-z0-9]{1,64}")
FILES_AT_MOST = 10
DOOR_SECONDS, DOORS_AT_MOST = 15.0, 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    target: str
    host: str
    read_at: float


_doors: dict[str, _Known] = {}


class FileTaken(Conflict):
    code = "proof_file_taken"
    message = _("这个校验文件已由其他单位上传，请重新下载后再试。")


class FileInvalid(Invalid):
    code = "proof_file_invalid"
    message = _("这不是微信的域名校验文件。")


def open_door(*, kind: str, target: str, key: str | None = None) -> str:
    tenant_id = require_scope().key
    key = key or secrets.token_hex(KEY_BYTES)
    with platform_scope():
        _doors.pop(key, None)
        Door.objects.update_or_create(key=key, defaults={"tenant_id": tenant_id, "kind": kind, "target": target})
    return key


def close_door(key: str) -> None:
    tenant_id = require_scope().key
    with platform_scope():
        _doors.pop(key, None)
        Door.objects.filter(key=key, tenant_id=tenant_id).delete()


def find_door(key: str) -> inbound.Door | None:
    """Where doors lead is remembered for some seconds; whether the tenant is served is known with the next call."""
    known = _doors.get(key)
    if known is None or time.monotonic() - known.read_at > DOOR_SECONDS:
        known = _read_door(key)
        if known is None:
            return None
        if len(_doors) >= DOORS_AT_MOST:
            _doors.clear()
        _doors[key] = known
    record = directory.find(known.host)
    if record is None:
        return None
    return inbound.Door(key, known.kind, known.target, record.id, record.is_served, partial(tenant_scope, record))


def _read_door(key: str) -> _Known | None:
    with platform_scope():
        row = Door.objects.select_related("tenant").filter(key=key).first()
        host = directory.primary_host(row.tenant) if row else ""
    return _Known(row.kind, row.target, host, time.monotonic()) if row and host else None


def public_address() -> str:
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{settings.BASE_DOMAIN}{':' + settings.PUBLIC_PORT if settings.PUBLIC_PORT else ''}"


def publish_file(*, name: str, content: str) -> None:
    tenant_id, content = require_scope().key, content.strip()
    if not NAME.fullmatch(name):
        raise FileInvalid(
            fields=[FieldError("/name", "invalid", str(_("文件名应为 MP_verify_….txt 或 WW_verify_….txt。")))]
        )
    if not CONTENT.fullmatch(content):
        raise FileInvalid(fields=[FieldError("/content", "invalid", str(_("文件内容应为一行字母和数字。")))])
    with platform_scope():
        own = ProofFile.objects.filter(tenant_id=tenant_id)
        if own.exclude(name=name).count() >= FILES_AT_MOST:
            raise Conflict(_("校验文件最多保留 %(count)d 个，请先删除不用的。") % {"count": FILES_AT_MOST})
        row, _is_new = ProofFile.objects.get_or_create(name=name, defaults={"content": content, "tenant_id": tenant_id})
        if str(row.tenant_id) != tenant_id:
            raise FileTaken
        own.filter(name=name).update(content=content)


def published_files() -> list[tuple[str, str]]:
    tenant_id = require_scope().key
    with platform_scope():
        return list(ProofFile.objects.filter(tenant_id=tenant_id).order_by("name").values_list("name", "content"))


def withdraw_file(name: str) -> None:
    tenant_id = require_scope().key
    with platform_scope():
        ProofFile.objects.filter(name=name, tenant_id=tenant_id).delete()


def file_content(name: str) -> str | None:
    """The content of a proof file: any tenant's on the platform's host, one's own on a tenant's."""
    scope = require_scope()
    with platform_scope():
        found = ProofFile.objects.filter(name=name)
        if not scope.is_platform:
            try:
                found = found.filter(tenant_id=scope.key)
            except ValidationError:
                return None
        return found.values_list("content", flat=True).first()


def at_platform() -> AbstractContextManager[Scope]:
    return platform_scope()


def put_value(name: str, value: bytes) -> None:
    with platform_scope():
        sealed = crypto.seal(value, context=f"tenants_platformvalue|value|{name}")
        PlatformValue.objects.update_or_create(name=name, defaults={"value": sealed})


def get_value(name: str) -> bytes | None:
    with platform_scope():
        row = PlatformValue.objects.filter(name=name).first()
        return crypto.open_sealed(bytes(row.value), context=f"tenants_platformvalue|value|{name}") if row else None
