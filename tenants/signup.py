"""Sign-up: an organisation asks, the platform approves (at once or by an operator), a tenant is made."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import crypto
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Conflict, DomainError, FieldError, Invalid, NotFound, TooMany, Unavailable
from jiceng.kernel.text import clean

from . import naming
from .context import platform_scope
from .models import Kind, SignupRequest, SignupState, Tenant
from .provisioning import NoSpareSchema, provision

FIELDS = {
    "organisation": ("单位名称", 100), "kind": ("单位类型", 30), "credit_code": ("统一社会信用代码", 18),
    "slug": ("网址名", 32), "contact_name": ("联系人", 50), "contact_phone": ("联系电话", 30),
    "contact_email": ("电子邮箱", 120), "administrator_name": ("首位管理员姓名", 50),
}  # fmt: skip
MOST_UNKNOWN = 20
logger = logging.getLogger(__name__)


class SlugTaken(Conflict):
    code = "slug_taken"
    message = _("这个网址名已被使用，请换一个。")


class SignupUnknown(NotFound):
    code = "signup_unknown"
    message = _("没有找到这次开通申请。")


class SignupDecided(Conflict):
    code = "signup_decided"
    message = _("这次申请已经处理过了。")


def submit(*, data: dict[str, Any], address: str) -> tuple[SignupRequest, str]:
    """Take a sign-up. Returns the request and the token that shows its progress and lets the administrator in.

    ``data``: the keys of ``FIELDS``, text. ``address``: the client's IP, for the hourly limit.
    Raises ``Invalid`` (by field), ``SlugTaken``, ``TooMany``.
    """
    values = check(data)
    _count(address)
    token = secrets.token_urlsafe(32)
    with platform_scope():
        signup = _store(values, token, address)
        if signup.state == SignupState.APPROVED:
            signup = complete(signup)
    return signup, token


def check(data: dict[str, Any]) -> dict[str, str]:
    """Clean and check all fields. Raises ``Invalid`` naming every fault, unknown fields too."""
    unknown = [name for name in data if name not in FIELDS][:MOST_UNKNOWN]
    faults = [FieldError(_pointer(name), "unknown_field", "不认识的字段。") for name in unknown]
    values: dict[str, str] = {}
    for name, (label, limit) in FIELDS.items():
        try:
            values[name] = _text(data.get(name), label, limit)
        except Invalid as error:
            faults.append(FieldError(f"/{name}", "invalid", error.detail))
    faults += _field_faults(values)
    if faults:
        raise Invalid("开通申请中有内容需要修改。", fields=faults)
    return values


def _pointer(name: str) -> str:
    """A JSON pointer (RFC 6901) to a field that a stranger named, cut short."""
    return f"/{str(name)[:60].replace('~', '~0').replace('/', '~1')}"


def _text(value: Any, label: str, limit: int) -> str:
    if not isinstance(value, str):
        raise Invalid(f"请填写{label}。")
    if len(value) > limit * 4:
        raise Invalid(f"{label}不能超过 {limit} 个字。")
    text = clean(value)
    if not text:
        raise Invalid(f"请填写{label}。")
    if len(text) > limit:
        raise Invalid(f"{label}不能超过 {limit} 个字。")
    return text


def _field_faults(values: dict[str, str]) -> list[FieldError]:
    faults: list[FieldError | None] = []
    if "kind" in values and values["kind"] not in Kind.values:
        faults.append(FieldError("/kind", "kind_unknown", "请从列表中选择单位类型。"))
    if "credit_code" in values:
        values["credit_code"] = values["credit_code"].upper()
        faults.append(naming.credit_code_fault(values["credit_code"]))
    if "slug" in values:
        faults.append(naming.slug_fault(values["slug"]))
    if "contact_phone" in values:
        phone = naming.normalise_phone(values["contact_phone"])
        if phone is None:
            faults.append(FieldError("/contact_phone", "phone_malformed", "请填写 11 位手机号或带区号的固定电话。"))
        else:
            values["contact_phone"] = phone
    if "contact_email" in values:
        try:
            validate_email(values["contact_email"])
        except ValidationError:
            faults.append(FieldError("/contact_email", "email_malformed", "请填写正确的电子邮箱。"))
    return [fault for fault in faults if fault]


def slug_problem(slug: str) -> FieldError | None:
    """Why ``slug`` cannot be had now (malformed, reserved, look-alike, taken), or ``None``. For checks while typing."""
    fault = naming.slug_fault(slug)
    if fault:
        return fault
    with platform_scope():
        return FieldError("/slug", "slug_taken", str(SlugTaken.message)) if _is_taken(slug) else None


def _is_taken(slug: str) -> bool:
    live = (SignupState.WAITING, SignupState.APPROVED, SignupState.READY)
    taken = [*Tenant.objects.values_list("slug", flat=True).filter(slug=slug)]
    return bool(taken) or SignupRequest.objects.filter(slug=slug, state__in=live).exists()


def _count(address: str) -> None:
    """At most SIGNUPS_PER_HOUR an hour and address; closed when the counter cannot be reached."""
    cache, key = caches["landlord"], f"signups:{_network(address)}"
    try:
        cache.add(key, 0, 3600)
        used = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        raise Unavailable from error
    if used > settings.SIGNUPS_PER_HOUR:
        raise TooMany("这个网络地址提交的申请太多，请一小时后再试。", retry_after=3600)


def _network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 64-bit network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _store(values: dict[str, str], token: str, address: str) -> SignupRequest:
    automatic = settings.SIGNUP_APPROVAL == "auto"
    signup = SignupRequest(
        token_hash=crypto.hash_token(token), organisation=values["organisation"], kind=values["kind"],
        credit_code=values["credit_code"], slug=values["slug"], contact_name=values["contact_name"],
        administrator_name=values["administrator_name"], address=address or None,
        state=SignupState.APPROVED if automatic else SignupState.WAITING,
        decided_at=now() if automatic else None, decided_by="自动审核" if automatic else "",
    )  # fmt: skip
    signup.contact_phone = crypto.seal(values["contact_phone"].encode(), context=f"signup.phone|{signup.id}")
    signup.contact_email = crypto.seal(values["contact_email"].encode(), context=f"signup.email|{signup.id}")
    if Tenant.objects.filter(slug=values["slug"]).exists():
        raise SlugTaken(fields=[FieldError("/slug", "slug_taken", str(SlugTaken.message))])
    try:
        with transaction.atomic():
            signup.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken(fields=[FieldError("/slug", "slug_taken", str(SlugTaken.message))]) from error
    return signup


def complete(signup: SignupRequest) -> SignupRequest:
    """Make the tenant of an approved sign-up. With no spare schema it stays approved and the provisioner finishes it."""
    try:
        with platform_scope(), transaction.atomic():
            locked = SignupRequest.objects.select_for_update().get(pk=signup.pk)
            if locked.state != SignupState.APPROVED:
                return locked
            locked.tenant = provision(
                slug=locked.slug, name=locked.organisation, kind=locked.kind, credit_code=locked.credit_code,
                administrator_name=locked.administrator_name, invite_token_hash=locked.token_hash,
            )  # fmt: skip
            locked.state, locked.ready_at = SignupState.READY, now()
            locked.save()
            return locked
    except NoSpareSchema:
        return signup


def finish_waiting() -> int:
    """Complete every approved sign-up that has no tenant yet; returns how many got one."""
    with platform_scope():
        waiting = list(SignupRequest.objects.filter(state=SignupState.APPROVED).order_by("created_at")[:100])
        return sum(_is_completed(signup) for signup in waiting)


def _is_completed(signup: SignupRequest) -> bool:
    """Complete one; a sign-up that cannot be completed does not hold up those behind it."""
    try:
        return complete(signup).state == SignupState.READY
    except (DatabaseError, DomainError):
        logger.exception("sign-up %s could not be completed", signup.pk)
        return False


def find(token: str) -> SignupRequest:
    """The sign-up whose progress ``token`` shows. Raises ``SignupUnknown``."""
    with platform_scope():
        found = SignupRequest.objects.select_related("tenant").filter(token_hash=crypto.hash_token(token)).first()
    if found is None:
        raise SignupUnknown
    return found


def contact_of(signup: SignupRequest) -> tuple[str, str]:
    """Phone and e-mail in clear, for an operator who decides."""
    with platform_scope():
        phone = crypto.open_sealed(bytes(signup.contact_phone), context=f"signup.phone|{signup.id}")
        email = crypto.open_sealed(bytes(signup.contact_email), context=f"signup.email|{signup.id}")
    return phone.decode(), email.decode()


@transaction.atomic
def decide(*, signup_id: uuid.UUID | str, approve: bool, reason: str, actor: Actor) -> SignupRequest:
    """An operator's decision. A refusal needs a reason. Raises ``SignupUnknown``, ``SignupDecided``, ``Invalid``."""
    reason = clean(reason)
    if not approve and not reason:
        raise Invalid("请写明不通过的原因。", fields=[FieldError("/reason", "required", "请写明不通过的原因。")])
    with platform_scope():
        signup = SignupRequest.objects.select_for_update().filter(pk=signup_id).first()
        if signup is None:
            raise SignupUnknown
        if signup.state != SignupState.WAITING:
            raise SignupDecided
        signup.state = SignupState.APPROVED if approve else SignupState.REFUSED
        signup.reason, signup.decided_at, signup.decided_by = reason[:300], now(), actor.display_name
        signup.save()
        record(
            action="platform.signup.decided", actor=actor, target=str(signup.id), target_label=signup.organisation,
            after={"state": signup.state, "reason": signup.reason},
        )  # fmt: skip
        return complete(signup) if approve else signup
