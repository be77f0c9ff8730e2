"""Sign-up makes a whole tenant or nothing; one slug, one winner; the resolver explains itself."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.access.models import Invite
from jiceng.kernel import registry as registry_module
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import Registry, registry
from tenants import directory, modules, provisioning, signup, structure
from tenants.context import platform_scope, tenant_scope
from tenants.models import Domain, Plan, SignupRequest, SpareSchema, Tenant
from tests.support import database
from tests.support.tenants import remove

GOOD = {
    "organisation": "某市总工会", "kind": "union", "credit_code": database.credit_code(8_001), "slug": "zonggonghui",
    "contact_name": "张三", "contact_phone": "13800138000", "contact_email": "a@example.gov.cn", "administrator_name": "李四",
}  # fmt: skip


def counts() -> tuple[int, ...]:
    with platform_scope():
        return tuple(model.objects.count() for model in (Tenant, Domain, SignupRequest, SpareSchema))


@pytest.fixture
def spares(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), database.as_owner():
        structure.keep_spares(database.SPARES)


def test_sign_up_makes_a_living_tenant(spares, db, client_for):
    with platform_scope():
        request, token = signup.submit(data=GOOD, address="192.0.2.1")
    assert request.state == "ready"
    with platform_scope():
        record = directory.get(request.tenant_id)
    assert client_for(record).get("/about/").status_code == 200
    assert client_for(record).get(f"/invite/{token}/").status_code == 200
    with tenant_scope(record):
        assert Invite.objects.get().roles == ["administrator"]


@pytest.mark.parametrize("step", ["registry.prepare", "invite", "record"])
def test_failure_leaves_nothing_half_made_and_can_be_tried_again(spares, db, monkeypatch, step):
    def broken(*_args, **_options):
        raise ZeroDivisionError("planted")

    before = counts()
    with monkeypatch.context() as patch:
        target = {"registry.prepare": "_prepare", "invite": "create_invite_with_hash", "record": "record"}[step]
        patch.setattr(provisioning, target, broken)
        with pytest.raises(ZeroDivisionError), platform_scope(), transaction.atomic():
            signup.submit(data=GOOD, address="192.0.2.1")
    assert counts() == before
    with platform_scope():
        assert signup.submit(data=GOOD, address="192.0.2.1")[0].state == "ready"


def test_without_a_spare_it_waits_and_is_finished_later(spares, db):
    with platform_scope(), transaction.atomic():
        kept = list(SpareSchema.objects.values())
        SpareSchema.objects.all().delete()
        request, _token = signup.submit(data=GOOD, address="192.0.2.1")
        assert (request.state, request.tenant_id) == ("approved", None)
        assert signup.finish_waiting() == 0
        SpareSchema.objects.bulk_create(SpareSchema(**row) for row in kept)
        assert signup.finish_waiting() == 1
        assert SignupRequest.objects.get(pk=request.pk).state == "ready"


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", value) for value in ("www", "api", "pg-catalog", "xn--abc", "a", "a" * 64, "红旗", "Hong", "a--b", "-ab", "adm1n",
                                   "ab-", "a.b", "hong qi", "hongqi;drop")]
    + [("credit_code", value) for value in ("", "12", GOOD["credit_code"][:-1] + "*", "0" * 17 + "9", "I" * 18)]
    + [("contact_phone", value) for value in ("", "123", "abc", "+1 555 0100", "1" * 50)]
    + [("contact_email", value) for value in ("", "a", "a@", "a@b", "x" * 200 + "@example.cn")]
    + [("organisation", value) for value in ("", " ", "\x00", "\u200b", "\u202e", "字" * 101, None, 7, ["x"], {"a": 1})]
    + [("kind", value) for value in ("", "nothing", None)]
    + [("extra", "x"), ("tenant_id", "1"), ("plan", "gold")],
)  # fmt: skip
def test_bad_input_is_named_and_changes_nothing(db, field, value):
    from jiceng.kernel.errors import Invalid

    before = counts()
    with pytest.raises(Invalid) as refusal, platform_scope():
        signup.submit(data={**GOOD, field: value}, address="192.0.2.1")
    assert f"/{field}" in {fault.pointer for fault in refusal.value.fields}
    assert counts() == before


@pytest.mark.parametrize("name", ["𠮷野家社区", "䶮山街道", "😀社区", "某市（不动产）中心—窗口·一"])
def test_rare_characters_are_welcome(spares, db, name):
    with platform_scope():
        assert signup.submit(data={**GOOD, "organisation": name}, address="192.0.2.1")[0].organisation == name


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_one_slug(django_db_setup, spares):
    """One wins, the other hears that it is taken; no spare is lost, none of the loser's rows stay."""
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def apply(number: int) -> None:
        gate.wait()
        try:
            with platform_scope():
                data = {**GOOD, "slug": "tongshi-x", "organisation": f"单位{number}"}
                outcomes.append(signup.submit(data=data, address=f"192.0.2.{number}")[0].state)
        except signup.SlugTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=apply, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with platform_scope():
        made = list(Tenant.objects.filter(slug="tongshi-x"))
    for tenant in made:
        remove(directory.get(tenant.id))
    assert sorted(outcomes) == ["ready", "taken", "taken", "taken"]
    assert len(made) == 1


class TestResolver:
    """platform ∩ plan ∩ the tenant's wish ∩ what it needs."""

    @pytest.fixture
    def three(self, monkeypatch, db, hongqi):
        """base ← middle ← top: three modules that need one another in a row."""
        made = [
            Manifest(code=code, name=code, category="core", summary=code, needs=needs)
            for code, needs in (("base", ()), ("middle", ("base",)), ("top", ("middle",)))
        ]
        small = Registry((*registry.manifests, *made))
        monkeypatch.setattr(registry_module, "load", lambda: small)
        return hongqi

    def switch(self, tenant, code, is_on):
        with platform_scope():
            return modules.set_module(tenant_id=tenant.id, code=code, is_on=is_on, actor=Actor.system())

    def enabled(self, tenant) -> set[str]:
        return {code for code, state in modules.states(tenant.id).items() if state.enabled} & {"base", "middle", "top"}

    def test_needs_come_first(self, three):
        with pytest.raises(modules.ModuleNeeds):
            self.switch(three, "top", True)
        for code in ("base", "middle", "top"):
            self.switch(three, code, True)
        assert self.enabled(three) == {"base", "middle", "top"}
        with pytest.raises(modules.ModuleNeeded):
            self.switch(three, "base", False)
        assert self.enabled(three) == {"base", "middle", "top"}

    def test_plan_that_lacks_it_makes_it_unavailable_with_all_that_needs_it(self, three):
        for code in ("base", "middle", "top"):
            self.switch(three, code, True)
        with platform_scope():
            Plan.objects.filter(pk=three.plan).update(modules=["middle", "top", "news"])
        assert self.enabled(three) == set()
        state = modules.why(three.id, "base")
        assert (state.state, state.enabled) == ("unavailable", False)
        assert state.reasons
        with pytest.raises(modules.ModuleUnavailable):
            self.switch(three, "base", True)

    def test_unknown_and_always_on(self, db, hongqi):
        with pytest.raises(modules.ModuleUnknown):
            self.switch(hongqi, "nothing", True)
        with pytest.raises(modules.ModuleUnknown):
            modules.why(hongqi.id, "nothing")
        with pytest.raises(modules.ModuleAlwaysOn):
            self.switch(hongqi, "access", False)

    def test_every_state_has_a_reason(self, db, hongqi):
        for state in modules.states(hongqi.id).values():
            assert state.reasons
            assert state.state in {"unavailable", "off", "on", "always_on"}

    def test_switching_off_keeps_the_data(self, db, hongqi, in_hongqi):
        from modules.news.models import Column

        before = Column.objects.count()
        self.switch(hongqi, "news", False)
        assert Column.objects.count() == before > 0
