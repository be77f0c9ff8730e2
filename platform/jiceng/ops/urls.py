"""The operators' site. Signing in and one's own security are the same pages as everywhere."""

from django.urls import include, path

from . import audit, dead_letters, health, operators, plans, signups, tenants
from .guard import AUDIT, DEAD_LETTERS, OPERATORS, OVERVIEW, PLANS, SIGNUPS, TENANTS, page

urlpatterns = [
    path("", include("jiceng.access.urls")),
    page("", health.overview, "health", OVERVIEW),
    page("signups/", signups.signup_list, "signups", SIGNUPS),
    page("signups/<uuid:signup_id>/", signups.signup_detail, "signup", SIGNUPS),
    page("signups/<uuid:signup_id>/approve/", signups.signup_approve, "signup-approve", SIGNUPS, "POST"),
    page("signups/<uuid:signup_id>/refuse/", signups.signup_refuse, "signup-refuse", SIGNUPS, "POST"),
    page("tenants/", tenants.tenant_list, "tenants", TENANTS),
    page("tenants/<uuid:tenant_id>/", tenants.tenant_detail, "tenant", TENANTS),
    page("tenants/<uuid:tenant_id>/plan/", tenants.tenant_plan, "tenant-plan", TENANTS, "POST"),
    page("tenants/<uuid:tenant_id>/policy/", tenants.tenant_policy, "tenant-policy", TENANTS, "POST"),
    page("tenants/<uuid:tenant_id>/<slug:move>/", tenants.tenant_move, "tenant-move", TENANTS, "GET", "POST"),
    page("plans/", plans.plan_list, "plans", PLANS),
    page("plans/new/", plans.plan_create, "plan-create", PLANS, "GET", "POST"),
    page("plans/<slug:code>/", plans.plan_edit, "plan", PLANS, "GET", "POST"),
    page("dead-letters/", dead_letters.letter_list, "dead-letters", DEAD_LETTERS),
    page("dead-letters/<uuid:letter_id>/retry/", dead_letters.letter_retry, "dead-letter-retry", DEAD_LETTERS, "POST"),
    page(
        "dead-letters/<uuid:letter_id>/discard/",
        dead_letters.letter_discard,
        "dead-letter-discard",
        DEAD_LETTERS,
        "POST",
    ),
    page("operators/", operators.operator_list, "operators", OPERATORS),
    page("operators/invite/", operators.operator_invite, "operator-invite", OPERATORS, "GET", "POST"),
    page(
        "operators/invites/<uuid:invite_id>/revoke/",
        operators.invite_revoke,
        "operator-invite-revoke",
        OPERATORS,
        "POST",
    ),
    page("operators/<uuid:user_id>/disable/", operators.operator_disable, "operator-disable", OPERATORS, "POST"),
    page("operators/<uuid:user_id>/enable/", operators.operator_enable, "operator-enable", OPERATORS, "POST"),
    page(
        "operators/<uuid:user_id>/reset-totp/", operators.operator_reset_totp, "operator-reset-totp", OPERATORS, "POST"
    ),
    page("audit/", audit.audit_list, "audit", AUDIT),
    page("audit/export/", audit.audit_export, "audit-export", AUDIT),
]
