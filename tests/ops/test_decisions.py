"""What operators decide: sign-ups, a tenant's life, plans, dead letters, colleagues. Effective with the next request."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiceng.access.actor import Actor
from jiceng.access.errors import LastAdministrator
from jiceng.access.models import Invite, User
from jiceng.access.services import disable_user
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden, Unauthenticated
from tenants import lifecycle
from tenants.context import platform_scope, tenant_scope
from tenants.models import DeadLetter, Plan, SignupRequest, Tenant
from tests.factories import make_operator

PUBLIC = "jiceng.config.urls_public"


def url(name: str, *args: object) -> str:
    return reverse(name, urlconf=PUBLIC, args=args)


@pytest.fixture
def desk(client_for, login, operator):
    return login(client_for(None), operator)


def state(tenant) -> tuple[str, str, str]:
    with platform_scope():
        return Tenant.objects.values_list("state", "plan_id", "policy_profile").get(pk=tenant.id)


# --- A tenant's life --------------------------------------------------------------------------------------------------
def test_suspension_counts_with_the_next_request(desk, client_for, login, hongqi, dongfeng, secretary):
    office = login(client_for(hongqi), secretary)
    assert office.get("/console/").status_code == 200
    desk.post(url("ops-tenant-move", hongqi.id, "suspend"), {"reason": "欠费"})
    for path in ("/", "/console/", "/login/", "/api/v1/modules"):
        response = office.get(path)
        assert response.status_code == 403, path
        assert "暂停" in response.content.decode(), path
    assert client_for(dongfeng).get("/login/").status_code == 200
    desk.post(url("ops-tenant-move", hongqi.id, "resume"), {"reason": ""})
    assert office.get("/console/").status_code == 200


def test_closed_tenants_are_answered_like_unknown_hosts(desk, client_for, hongqi):
    desk.post(url("ops-tenant-move", hongqi.id, "closing"), {"reason": "单位申请"})
    assert client_for(hongqi).get("/login/").status_code == 200
    desk.post(url("ops-tenant-move", hongqi.id, "close"), {"reason": "期满"})
    closed = client_for(hongqi).get("/login/")
    unknown = client_for(None, host="nobody.jiceng.test").get("/login/")
    assert (closed.status_code, unknown.status_code) == (404, 404)
    bodies = [
        page.text.replace(page.headers["X-Request-Id"], "").replace(page.wsgi_request.get_host(), "")
        for page in (closed, unknown)
    ]
    assert bodies[0] == bodies[1]


def test_changes_stand_in_both_trails_with_reason_and_author(desk, hongqi):
    desk.post(url("ops-tenant-move", hongqi.id, "suspend"), {"reason": "欠费三个月"})
    with platform_scope():
        entry = AuditEntry.objects.get(action="platform.tenant.suspended", target=str(hongqi.id))
        assert (entry.actor_name, entry.note) == ("运营", "欠费三个月")
        assert (entry.before, entry.after) == ({"state": "trial"}, {"state": "suspended"})
    with tenant_scope(hongqi):
        assert AuditEntry.objects.get(action="platform.tenant.suspended").note == "欠费三个月"


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "长" * 301])
@pytest.mark.parametrize("move", ["suspend", "closing"])
def test_a_reason_is_needed(desk, hongqi, move, reason):
    before = state(hongqi)
    assert desk.post(url("ops-tenant-move", hongqi.id, move), {"reason": reason}).status_code == 422
    assert state(hongqi) == before


@pytest.mark.parametrize("move", ["close", "explode"])
def test_moves_out_of_order_are_refused(desk, hongqi, move):
    before = state(hongqi)
    assert desk.post(url("ops-tenant-move", hongqi.id, move), {"reason": "因为"}).status_code in (404, 409)
    assert state(hongqi) == before


def test_closed_is_the_end(desk, hongqi):
    desk.post(url("ops-tenant-move", hongqi.id, "suspend"), {"reason": "因为"})
    desk.post(url("ops-tenant-move", hongqi.id, "close"), {"reason": "因为"})
    for move in ("suspend", "resume", "closing", "close"):
        assert desk.post(url("ops-tenant-move", hongqi.id, move), {"reason": "因为"}).status_code == 409
    assert state(hongqi)[0] == "closed"


def test_only_operators_may(hongqi, secretary):
    before = state(hongqi)
    with tenant_scope(hongqi), pytest.raises(Forbidden):
        lifecycle.suspend_tenant(tenant_id=hongqi.id, reason="因为", actor=Actor.for_user(secretary))
    with platform_scope(), pytest.raises(Unauthenticated):
        lifecycle.change_plan(tenant_id=hongqi.id, plan="standard", actor=Actor.anonymous())
    assert state(hongqi) == before


def test_unknown_tenants_are_not_found(desk):
    assert desk.post(url("ops-tenant-move", uuid.uuid4(), "suspend"), {"reason": "因为"}).status_code == 404


# --- Plans ------------------------------------------------------------------------------------------------------------
PLAN = {"name": "基础版", "modules": [], "trial_days": "30", "storage_gib": "1", "requests_per_minute": "100"}


def test_plans_are_made_edited_and_given(desk, client_for, login, hongqi, secretary):
    office = login(client_for(hongqi), secretary)
    office.post("/console/modules/news/switch/", {"on": "1"})
    assert office.get("/console/news/").status_code == 200
    desk.post(url("ops-plan-create"), {"code": "basic", **PLAN, "modules": ["news"]})
    desk.post(url("ops-tenant-plan", hongqi.id), {"plan": "basic"})
    assert state(hongqi)[1] == "basic"
    assert office.get("/console/news/").status_code == 200
    with platform_scope():
        Plan.objects.filter(pk="basic").update(modules=["nothing"])
    desk.post(url("ops-plan", "basic"), {**PLAN, "name": "改名"})
    with platform_scope():
        plan = Plan.objects.get(pk="basic")
        assert (plan.name, plan.modules, plan.storage_bytes) == ("改名", [], 1024**3)


def test_a_plan_without_the_module_ends_it_with_the_next_request(desk, client_for, login, hongqi, secretary):
    office = login(client_for(hongqi), secretary)
    office.post("/console/modules/news/switch/", {"on": "1"})
    with platform_scope():
        Plan.objects.create(code="empty", name="空", modules=["nothing"])
    desk.post(url("ops-tenant-plan", hongqi.id), {"plan": "empty"})
    assert office.get("/console/news/").status_code == 404
    desk.post(url("ops-tenant-plan", hongqi.id), {"plan": "standard"})
    assert office.get("/console/news/").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "长" * 61}, {"modules": ["no_such"]}, {"trial_days": "-1"}, {"trial_days": "x"},
        {"storage_gib": "99999999999"}, {"requests_per_minute": "0"}, {"code": "坏 代码"}, {"code": ""},
    ],
)  # fmt: skip
def test_bad_plans_are_refused(desk, changes):
    with platform_scope():
        before = list(Plan.objects.values())
    assert desk.post(url("ops-plan-create"), {"code": "basic", **PLAN, **changes}).status_code == 422
    with platform_scope():
        assert list(Plan.objects.values()) == before


def test_plan_codes_are_unique(desk):
    assert desk.post(url("ops-plan-create"), {"code": "standard", **PLAN}).status_code == 409
    with platform_scope():
        assert Plan.objects.get(pk="standard").name != "基础版"


@pytest.mark.parametrize(
    ("page", "data"), [("ops-tenant-plan", {"plan": "nothing"}), ("ops-tenant-policy", {"policy_profile": "x"})]
)
def test_unknown_plans_and_profiles_change_nothing(desk, hongqi, page, data):
    before = state(hongqi)
    assert desk.post(url(page, hongqi.id), data).status_code == 422
    assert state(hongqi) == before


def test_security_profile_is_set(desk, hongqi):
    desk.post(url("ops-tenant-policy", hongqi.id), {"policy_profile": "mlps3"})
    assert state(hongqi)[2] == "mlps3"


# --- Sign-ups ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(db, settings):
    """A sign-up that waits for an operator."""
    from tenants import signup

    settings.SIGNUP_APPROVAL = "manual"
    asked, _token = signup.submit(
        data={
            "organisation": "某市不动产登记服务中心", "kind": "service_centre", "credit_code": "12276421713054800L",
            "slug": "moushi", "contact_name": "王五", "contact_phone": "13800138000", "contact_email": "w@example.gov.cn",
            "administrator_name": "王五",
        },
        address="192.0.2.9",
    )  # fmt: skip
    return asked


def asked_state(signup: SignupRequest) -> tuple[str, str]:
    with platform_scope():
        return SignupRequest.objects.values_list("state", "reason").get(pk=signup.pk)


def test_operator_sees_the_contact_and_approves(desk, waiting, client_for):
    assert "某市不动产登记服务中心" in desk.get(url("ops-signups")).text
    page = desk.get(url("ops-signup", waiting.pk)).text
    assert "13800138000" in page
    desk.post(url("ops-signup-approve", waiting.pk))
    assert asked_state(waiting)[0] in ("ready", "approved")
    if asked_state(waiting)[0] == "ready":
        assert client_for(None, host="moushi.jiceng.test").get("/login/").status_code == 200


def test_refusal_needs_a_reason(desk, waiting):
    assert desk.post(url("ops-signup-refuse", waiting.pk), {"reason": " "}).status_code == 422
    assert asked_state(waiting) == ("waiting", "")
    desk.post(url("ops-signup-refuse", waiting.pk), {"reason": "信用代码与名称不符"})
    assert asked_state(waiting) == ("refused", "信用代码与名称不符")


def test_decided_once_is_decided(desk, waiting):
    desk.post(url("ops-signup-refuse", waiting.pk), {"reason": "重复申请"})
    assert desk.post(url("ops-signup-approve", waiting.pk)).status_code == 409
    assert asked_state(waiting) == ("refused", "重复申请")
    assert desk.post(url("ops-signup-approve", uuid.uuid4())).status_code == 404


# --- Dead letters -----------------------------------------------------------------------------------------------------
@pytest.fixture
def letter(platform) -> DeadLetter:
    return DeadLetter.objects.create(
        fingerprint="f" * 64,
        name="news.nothing",
        reason="forged",
        detail="bad signature",
        first_at=now(),
        last_at=now(),
    )


def test_refused_messages_can_only_be_discarded(desk, letter):
    page = desk.get(url("ops-dead-letters")).text
    assert "信封签名不正确" in page
    assert url("ops-dead-letter-retry", letter.pk) not in page
    assert desk.post(url("ops-dead-letter-retry", letter.pk)).status_code == 409
    desk.post(url("ops-dead-letter-discard", letter.pk))
    assert desk.post(url("ops-dead-letter-discard", letter.pk)).status_code == 409
    letter.refresh_from_db()
    assert (letter.resolution, letter.resolved_by) == ("discarded", "运营")


# --- Colleagues -------------------------------------------------------------------------------------------------------
def test_operators_invite_and_end_each_other(desk, client_for, db):
    page = desk.post(url("ops-operator-invite"), {"display_name": "小王"})
    path = "/ops/invite/" + page.context["link"].rpartition("/ops/invite/")[2]
    assert client_for(None).get(path).status_code == 200
    with platform_scope():
        invite = Invite.objects.get()
        assert invite.roles == ["operator"]
    desk.post(url("ops-operator-invite-revoke", invite.pk))
    assert client_for(None).get(path).status_code == 410
    colleague = make_operator("xiaoli")
    desk.post(url("ops-operator-disable", colleague.pk))
    with platform_scope():
        assert not User.objects.get(pk=colleague.pk).is_active
    desk.post(url("ops-operator-enable", colleague.pk))
    with platform_scope():
        assert User.objects.get(pk=colleague.pk).is_active


def test_last_operator_cannot_be_lost(desk, operator):
    assert desk.post(url("ops-operator-disable", operator.pk)).status_code == 403
    with platform_scope():
        with pytest.raises(LastAdministrator):
            disable_user(user_id=operator.pk, actor=Actor.system())
        assert User.objects.get(pk=operator.pk).is_active


def test_old_proofs_are_not_enough_for_grave_deeds(desk, hongqi):
    with platform_scope():
        session = desk.session
        session["jc_proved_at"] = 0
        session.save()
    before = state(hongqi)
    response = desk.post(url("ops-tenant-move", hongqi.id, "suspend"), {"reason": "因为"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/ops/login/again/")
    assert state(hongqi) == before


def test_same_queries_for_one_tenant_and_many(desk, hongqi):
    desk.get(url("ops-tenants"))
    with CaptureQueriesContext(connection) as one:
        desk.get(url("ops-tenants"), {"q": "红旗"})
    with CaptureQueriesContext(connection) as many:
        desk.get(url("ops-tenants"))
    assert len(many) == len(one)
