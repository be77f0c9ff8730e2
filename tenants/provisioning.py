"""Making a tenant: a spare schema gets its name, its rows and its first administrator's invitation, in one transaction.

All or nothing: whatever fails, no half-made tenant exists, because the rename rolls back with the rows.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.access.services import create_invite_with_hash
from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Unavailable
from jiceng.kernel.registry import registry

from . import directory, structure
from .background import schedules
from .context import platform_scope, tenant_scope
from .models import Domain, Plan, Tenant
from .plans import DEFAULT_PLAN


class NoSpareSchema(Unavailable):
    code = "no_spare_schema"
    message = _("正在准备开通所需的资源，请稍候。")


@transaction.atomic
def provision(
    *,
    slug: str,
    name: str,
    kind: str,
    credit_code: str,
    administrator_name: str,
    invite_token_hash: str | None = None,
    plan_code: str = DEFAULT_PLAN,
) -> Tenant:
    """Make a tenant and return its row.

    ``invite_token_hash``: SHA-256 (hex) of the token that lets the first administrator in; without it none is invited.
    Raises ``NoSpareSchema`` when the stock is empty. The slug's uniqueness is the database's (``IntegrityError``).
    """
    claimed = structure.claim_spare()
    if claimed is None:
        raise NoSpareSchema
    schema, role = claimed
    with platform_scope():
        plan = Plan.objects.get(pk=plan_code)
        tenant = Tenant.objects.create(
            slug=slug, name=name, kind=kind, credit_code=credit_code, plan=plan, schema_name=schema, role_name=role,
            schema_digest=structure.current_digest(), trial_ends_at=now() + timedelta(days=plan.trial_days),
        )  # fmt: skip
        Domain.objects.create(
            tenant=tenant, domain=f"{slug}.{settings.BASE_DOMAIN}", is_primary=True, verified_at=now()
        )
        directory.changed(tenant)
    with tenant_scope(tenant):
        _prepare(tenant, administrator_name, invite_token_hash)
    schedules.plan(tenant)
    return tenant


def _prepare(tenant: Tenant, administrator_name: str, invite_token_hash: str | None) -> None:
    """What every new tenant starts with; runs in its scope."""
    for manifest in registry:
        if manifest.prepare:
            import_string(manifest.prepare)()
    if invite_token_hash:
        create_invite_with_hash(
            token_hash=invite_token_hash, display_name=administrator_name, roles=("administrator",), actor=Actor.system()
        )
    record(action="platform.tenant.created", actor=Actor.system(), target=str(tenant.id), target_label=tenant.name)
