"""Own domains: a host name serves a tenant only after a DNS TXT record has proved who holds it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Protocol

import dns.exception
import dns.resolver
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Conflict, FieldError, Invalid, NotFound

from . import directory, naming
from .context import platform_scope, tenant_scope
from .models import Domain, Tenant

CHALLENGE_LABEL = "_jiceng"
MAX_DOMAINS = 10


class DomainMalformed(Invalid):
    code = "domain_malformed"
    message = _("请填写完整的域名，例如 dj.example.gov.cn。")


class DomainTaken(Conflict):
    code = "domain_taken"
    message = _("这个域名已被使用。")


class DomainUnknown(NotFound):
    code = "domain_unknown"
    message = _("没有这个域名。")


class DomainNotProved(Conflict):
    code = "domain_not_proved"
    message = _("还没有查到验证记录，DNS 生效可能需要几分钟，请稍后再试。")


class TxtResolver(Protocol):
    def __call__(self, name: str) -> Sequence[str]:
        """The TXT records of ``name``; empty when there are none or DNS does not answer."""


def resolve_txt(name: str) -> Sequence[str]:
    """Ask DNS, for five seconds at most."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5)
    except dns.exception.DNSException:
        return ()
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


@transaction.atomic
def add_domain(*, tenant_id: object, name: str, actor: Actor) -> Domain:
    """Note an own domain with a fresh challenge; it serves nothing yet.

    Raises ``DomainMalformed``, ``DomainTaken``, ``Conflict`` beyond MAX_DOMAINS.
    """
    host = naming.normalise_domain(name)
    if host is None or host == settings.BASE_DOMAIN or host.endswith(f".{settings.BASE_DOMAIN}"):
        raise DomainMalformed(fields=[FieldError("/domain", "domain_malformed", str(DomainMalformed.message))])
    with platform_scope():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        if tenant.domains.count() >= MAX_DOMAINS:
            raise Conflict(f"最多可以添加 {MAX_DOMAINS} 个域名。")
        domain = Domain(tenant=tenant, domain=host, is_primary=False, challenge=secrets.token_hex(20))
        try:
            with transaction.atomic():
                domain.save()
        except IntegrityError as error:
            raise DomainTaken(fields=[FieldError("/domain", "domain_taken", str(DomainTaken.message))]) from error
    with tenant_scope(tenant):
        record(action="platform.domain.added", actor=actor, target=host, target_label=host)
    return domain


def challenge_record(domain: Domain) -> tuple[str, str]:
    """The TXT record to create: its name and its value."""
    return f"{CHALLENGE_LABEL}.{domain.domain}", f"jiceng-domain-verification={domain.challenge}"


@transaction.atomic
def verify_domain(*, tenant_id: object, domain_id: object, actor: Actor) -> Domain:
    """Look for the challenge in DNS and let the domain serve. Raises ``DomainUnknown``, ``DomainNotProved``."""
    with platform_scope():
        domain = _own_domain(tenant_id, domain_id)
        name, value = challenge_record(domain)
        if domain.verified_at is None:
            if value not in import_string(settings.TXT_RESOLVER)(name):
                raise DomainNotProved
            domain.verified_at = now()
            domain.save(update_fields=["verified_at"])
            directory.changed(domain.tenant)
    with tenant_scope(domain.tenant):
        record(action="platform.domain.verified", actor=actor, target=domain.domain, target_label=domain.domain)
    return domain


@transaction.atomic
def remove_domain(*, tenant_id: object, domain_id: object, actor: Actor) -> None:
    """Stop serving an own domain. The tenant's platform address stays. Raises ``DomainUnknown``."""
    with platform_scope():
        domain = _own_domain(tenant_id, domain_id)
        if not domain.challenge:
            raise DomainUnknown("平台分配的网址不能删除。")
        tenant, host = domain.tenant, domain.domain
        directory.changed(tenant)
        domain.delete()
    with tenant_scope(tenant):
        record(action="platform.domain.removed", actor=actor, target=host, target_label=host)


def list_domains(tenant_id: object) -> list[Domain]:
    with platform_scope():
        return list(Domain.objects.filter(tenant_id=tenant_id).order_by("created_at"))


def _own_domain(tenant_id: object, domain_id: object) -> Domain:
    domain = Domain.objects.select_related("tenant").filter(pk=domain_id, tenant_id=tenant_id).first()
    if domain is None:
        raise DomainUnknown
    return domain
