"""Which tenant a host name leads to: a process cache that is right at once when the landlord changes something.

Every change leaves a new stamp for the tenant's hosts in the shared cache. A request compares stamps (one Redis read, no
SQL); only when they differ is the record read again from the database.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

from .context import platform_scope
from .models import SERVED_STATES, Domain, State, Tenant

MAX_AGE_SECONDS = 15.0
STAMP_SECONDS = 7 * 24 * 3600
MAX_CACHED_HOSTS = 10_000


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """What requests need to know of a tenant. ``modules``: codes of the modules that are on."""

    id: uuid.UUID
    slug: str
    name: str
    kind: str
    state: str
    schema_name: str
    role_name: str
    plan: str
    zone: str
    theme: str
    policy_profile: str
    host: str
    modules: frozenset[str]
    requests_per_minute: int = 600

    @property
    def is_served(self) -> bool:
        return self.state in SERVED_STATES

    @property
    def is_suspended(self) -> bool:
        return self.state == State.SUSPENDED


@dataclass(slots=True)
class _Entry:
    record: TenantRecord | None
    stamp: str
    read_at: float


_entries: dict[str, _Entry] = {}


def normalise_host(raw: str) -> str:
    """Lower-case ``raw`` without port and trailing dot; ``""`` when it is no host name."""
    host = raw.strip().lower()
    if host.startswith("["):
        return ""
    host = host.partition(":")[0].rstrip(".")
    return host if host and len(host) <= 253 else ""


def is_public(host: str) -> bool:
    return host in settings.PUBLIC_HOSTS


def find(host: str) -> TenantRecord | None:
    """The tenant that ``host`` leads to, whatever its state; ``None`` for unknown and unverified names."""
    stamp = _stamp(host)
    entry = _entries.get(host)
    if entry and entry.stamp == stamp and time.monotonic() - entry.read_at < MAX_AGE_SECONDS:
        return entry.record
    record = _read(host)
    if len(_entries) >= MAX_CACHED_HOSTS:
        _make_room()
    _entries[host] = _Entry(record, stamp, time.monotonic())
    return record


def _make_room() -> None:
    """Names that lead nowhere go first: strangers who try names do not push out tenants."""
    for name in [name for name, entry in _entries.items() if entry.record is None]:
        del _entries[name]
    if len(_entries) >= MAX_CACHED_HOSTS:
        _entries.clear()


def _stamp(host: str) -> str:
    try:
        return str(_stamps().get(_stamp_key(host)) or "")
    except (RedisError, OSError):
        return uuid.uuid4().hex  # without the shared cache nothing is trusted: read the database every time


@lru_cache(maxsize=1)
def _stamps() -> Redis:
    """The shared cache without Django's wrapping: this read is on every request's way."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, decode_responses=True)


def _stamp_key(host: str) -> str:
    return f"{settings.CACHES['landlord']['KEY_PREFIX']}:stamp:{host}"


def _read(host: str) -> TenantRecord | None:
    with platform_scope():
        domain = Domain.objects.filter(domain=host, verified_at__isnull=False).select_related("tenant__plan").first()
        return record_of(domain.tenant, host) if domain else None


def record_of(tenant: Tenant, host: str) -> TenantRecord:
    """Freeze a tenant row. Call within ``platform_scope``."""
    from .modules import resolve

    return TenantRecord(
        id=tenant.id, slug=tenant.slug, name=tenant.name, kind=tenant.kind, state=tenant.state,
        schema_name=tenant.schema_name, role_name=tenant.role_name, plan=tenant.plan_id, zone=tenant.zone,
        theme=tenant.theme, policy_profile=tenant.policy_profile, host=host,
        modules=frozenset(code for code, state in resolve(tenant).items() if state.enabled),
        requests_per_minute=tenant.plan.requests_per_minute,
    )  # fmt: skip


def get(tenant_id: uuid.UUID | str) -> TenantRecord | None:
    """The tenant with this id (for tasks); read from the database, never from the cache."""
    with platform_scope():
        tenant = Tenant.objects.filter(pk=tenant_id).select_related("plan").first()
        return record_of(tenant, primary_host(tenant)) if tenant else None


def primary_host(tenant: Tenant) -> str:
    domain = tenant.domains.filter(verified_at__isnull=False).order_by("-is_primary", "created_at").first()
    return domain.domain if domain else ""


def changed(tenant: Tenant) -> None:
    """Make every process forget the tenant: at once for this one's transaction, for all when it has committed."""
    hosts = list(tenant.domains.values_list("domain", flat=True))
    forget(hosts)
    transaction.on_commit(lambda: forget(hosts))


def forget(hosts: Iterable[str]) -> None:
    for host in hosts:
        _entries.pop(host, None)
        try:
            _stamps().set(_stamp_key(host), uuid.uuid4().hex, ex=STAMP_SECONDS)
        except (RedisError, OSError):
            continue  # other processes notice within MAX_AGE_SECONDS
