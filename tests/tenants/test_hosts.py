"""From the Host header, and nothing else, to a tenant; states take effect with the very next request, in every process."""

from __future__ import annotations

import copy

import pytest
from django.db import connection

from jiceng.access.actor import Actor
from tenants import directory, domains, lifecycle
from tenants.context import platform_scope
from tenants.models import Domain, Tenant

pytestmark = pytest.mark.django_db
PAGE = "/about/"


@pytest.mark.parametrize("shape", ["{}", "{}:8000", "{}.", "{}.:8000"])
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_spellings_of_one_host(client_for, hongqi, shape, case):
    response = client_for(hongqi, host=shape.format(case(hongqi.host))).get(PAGE)
    assert response.status_code == 200
    assert hongqi.name in response.content.decode()


@pytest.mark.parametrize(
    "host",
    ["nobody.jiceng.test", "127.0.0.2", "[::1]", "[::1]:8000", "192.168.1.1:80", "hongqi", "jiceng.test.evil.example",
     "hongqi.jiceng.test.evil.example", "xhongqi.jiceng.test", "hongqi.hongqi.jiceng.test", "a" * 300 + ".test",
     "红旗.jiceng.test", "xn--hongqi.jiceng.test", "hongqi.jiceng.test/../dongfeng", "hongqi_.jiceng.test",
     "hongqi.jiceng.test\x00", "dongfeng.jiceng.test,hongqi.jiceng.test", "user@hongqi.jiceng.test"],
)  # fmt: skip
def test_other_hosts_are_nobody(client_for, hongqi, dongfeng, host):
    response = client_for(hongqi, host=host).get(PAGE)
    assert response.status_code in (400, 404)
    assert hongqi.name not in response.content.decode()
    assert dongfeng.name not in response.content.decode()


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-Tenant", "X-Tenant-Id", "Forwarded"],
)
def test_no_header_but_host_chooses(client_for, hongqi, dongfeng, header):
    value = f"host={dongfeng.host}" if header == "Forwarded" else dongfeng.host
    response = client_for(hongqi).get(PAGE, headers={header: value})
    assert hongqi.name in response.content.decode()
    assert dongfeng.name not in response.content.decode()


@pytest.mark.parametrize("name", ["tenant", "schema", "host", "tenant_id", "jc_tenant"])
def test_no_parameter_or_cookie_chooses(client_for, hongqi, dongfeng, name):
    client = client_for(hongqi)
    client.cookies[name] = dongfeng.host
    response = client.get(f"{PAGE}?{name}={dongfeng.host}")
    assert hongqi.name in response.content.decode()
    assert dongfeng.name not in response.content.decode()


def test_unknown_host_and_closed_tenant_are_answered_alike(client_for, hongqi, dongfeng):
    _set_state(hongqi, "closed")
    for path in (PAGE, "/", "/api/v1/modules", "/login/", "/files/x"):
        closed = client_for(hongqi).get(path)
        unknown = client_for(None, host="nobody.jiceng.test").get(path)
        assert (closed.status_code, unknown.status_code) == (404, 404)
        assert _without_request_id(closed) == _without_request_id(unknown)


def _set_state(tenant, state: str) -> None:
    with platform_scope():
        row = Tenant.objects.get(pk=tenant.id)
        row.state = state
        row.save(update_fields=["state"])
        directory.changed(row)


def _without_request_id(response) -> str:
    return response.content.decode().replace(response["X-Request-Id"], "")


@pytest.mark.parametrize(
    "path", [PAGE, "/", "/console/", "/login/", "/api/v1/news/articles", "/api/v1/openapi.json", "/news/"]
)
def test_suspended_tenant_serves_a_clear_answer_and_nothing_else(client_for, hongqi, secretary, path):
    client = client_for(hongqi).login_as(secretary)
    with platform_scope():
        lifecycle.suspend_tenant(tenant_id=hongqi.id, reason="欠费", actor=Actor.system())
    response = client.get(path)
    assert response.status_code == 403
    if path.startswith("/api/"):
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "tenant_suspended"
    else:
        assert "已暂停" in response.content.decode()


def test_resumed_tenant_is_back_with_the_next_request(client_for, hongqi):
    with platform_scope():
        lifecycle.suspend_tenant(tenant_id=hongqi.id, reason="欠费", actor=Actor.system())
    assert client_for(hongqi).get(PAGE).status_code == 403
    with platform_scope():
        lifecycle.resume_tenant(tenant_id=hongqi.id, actor=Actor.system())
    assert client_for(hongqi).get(PAGE).status_code == 200


def test_health_answers_on_any_host(client_for, hongqi):
    for host in (hongqi.host, "nobody.jiceng.test", "10.0.0.1", "jiceng.test"):
        assert client_for(None, host=host).get("/livez").status_code == 200
        assert client_for(None, host=host).get("/readyz").status_code in (200, 503)


def test_known_host_costs_no_query(client_for, hongqi, django_assert_num_queries):
    directory.find(hongqi.host)
    with django_assert_num_queries(0):
        assert directory.find(hongqi.host).id == hongqi.id


class TestTwoProcesses:
    """The cache of one process after a change made by another."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_suspension_reaches_the_other_process_at_once(self, fresh_tenant):
        assert directory.find(fresh_tenant.host).is_served
        here = dict(directory._entries)
        with platform_scope():
            lifecycle.suspend_tenant(tenant_id=fresh_tenant.id, reason="欠费", actor=Actor.system())
        # This process plays the other one: it still holds the entry from before the change.
        directory._entries.clear()
        directory._entries.update(here)
        assert directory.find(fresh_tenant.host).is_suspended

    def test_without_redis_the_database_is_asked_every_time(self, fresh_tenant, monkeypatch):
        from redis.exceptions import ConnectionError as Lost

        def lost(*_args, **_options):
            raise Lost

        directory.find(fresh_tenant.host)
        monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", lost)
        monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.set", lost)
        with platform_scope():
            lifecycle.suspend_tenant(tenant_id=fresh_tenant.id, reason="欠费", actor=Actor.system())
        assert directory.find(fresh_tenant.host).is_suspended


class TestOwnDomains:
    """A name serves only after its holder has shown the proof in DNS."""

    NAME = "dj.example.gov.cn"

    @pytest.fixture
    def dns(self, settings, monkeypatch):
        """The answers of DNS by record name."""
        answers: dict[str, list[str]] = {}
        monkeypatch.setattr("tenants.domains.resolve_txt", lambda name: answers.get(name, []))
        settings.TXT_RESOLVER = "tenants.domains.resolve_txt"
        return answers

    def add(self, tenant, name=NAME) -> Domain:
        with platform_scope():
            return domains.add_domain(tenant_id=tenant.id, name=name, actor=Actor.system())

    def verify(self, tenant, domain):
        with platform_scope():
            return domains.verify_domain(tenant_id=tenant.id, domain_id=domain.pk, actor=Actor.system())

    def test_proof_makes_it_serve(self, client_for, hongqi, dns):
        domain = self.add(hongqi)
        assert client_for(None, host=self.NAME).get(PAGE).status_code == 404
        with pytest.raises(domains.DomainNotProved):
            self.verify(hongqi, domain)
        name, value = domains.challenge_record(domain)
        dns[name] = ["something else", value]
        self.verify(hongqi, domain)
        response = client_for(None, host=self.NAME.upper() + ".").get(PAGE)
        assert response.status_code == 200
        assert hongqi.name in response.content.decode()

    def test_proof_of_another_tenant_proves_nothing(self, hongqi, dongfeng, dns):
        domain = self.add(hongqi)
        other = self.add(dongfeng, "zb.example.gov.cn")
        dns[domains.challenge_record(domain)[0]] = [domains.challenge_record(other)[1]]
        with pytest.raises(domains.DomainNotProved):
            self.verify(hongqi, domain)

    def test_domain_of_another_tenant_is_unknown_and_taken(self, hongqi, dongfeng, dns):
        domain = self.add(hongqi)
        with pytest.raises(domains.DomainUnknown):
            self.verify(dongfeng, domain)
        with pytest.raises(domains.DomainUnknown), platform_scope():
            domains.remove_domain(tenant_id=dongfeng.id, domain_id=domain.pk, actor=Actor.system())
        with pytest.raises(domains.DomainTaken):
            self.add(dongfeng)
        with platform_scope():
            assert list(Domain.objects.filter(domain=self.NAME).values_list("tenant_id", flat=True)) == [hongqi.id]

    @pytest.mark.parametrize(
        "name",
        ["", "gov", "127.0.0.1", "[::1]", "a..b.cn", "-a.example.cn", "a_b.example.cn", "x.jiceng.test", "jiceng.test",
         "http://a.example.cn", "a.example.cn/path", "a" * 64 + ".example.cn", "a.example.cn:80", "*.example.cn", "a b.cn"],
    )  # fmt: skip
    def test_malformed_names_are_refused(self, hongqi, name):
        with platform_scope():
            before = Domain.objects.count()
        with pytest.raises(domains.DomainMalformed):
            self.add(hongqi, name)
        with platform_scope():
            assert Domain.objects.count() == before

    def test_name_in_chinese_is_kept_in_its_ascii_form(self, hongqi):
        assert self.add(hongqi, "党建.示例.中国").domain.startswith("xn--")

    def test_the_platforms_own_address_cannot_be_removed(self, hongqi):
        with platform_scope():
            own = Domain.objects.get(domain=hongqi.host)
        with pytest.raises(domains.DomainUnknown), platform_scope():
            domains.remove_domain(tenant_id=hongqi.id, domain_id=own.pk, actor=Actor.system())


def test_cookie_of_one_tenant_is_nobody_on_the_other_and_still_good_at_home(client_for, hongqi, dongfeng, people):
    """I-10: with equal usernames, passwords and even session keys in play."""
    people(dongfeng)
    home = client_for(hongqi).login_as(people(hongqi).secretary)
    away = client_for(dongfeng)
    away.cookies = copy.deepcopy(home.cookies)
    assert away.get("/console/").status_code == 302
    assert client_for(None, host="jiceng.test").get("/ops/").status_code == 302
    assert home.get("/console/").status_code == 200


def test_cache_keys_carry_the_tenant(in_hongqi, dongfeng):
    from django.core.cache import cache

    from jiceng.kernel.context import ScopeMissing
    from tenants.context import tenant_scope

    cache.set("same", "hongqi")
    with tenant_scope(dongfeng):
        assert cache.get("same") is None
        cache.set("same", "dongfeng")
    assert cache.get("same") == "hongqi"
    from jiceng.kernel import context

    token = context._scope.set(None)
    try:
        with pytest.raises(ScopeMissing):
            cache.get("same")
    finally:
        context._scope.reset(token)


def test_everything_here_ran_without_rights(in_hongqi):
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert cursor.fetchone()[0].startswith("jiceng_app_")


def test_names_that_lead_nowhere_do_not_push_out_tenants(client_for, hongqi, monkeypatch):
    monkeypatch.setattr(directory, "MAX_CACHED_HOSTS", 5)
    assert directory.find(hongqi.host) is not None
    for number in range(20):
        assert directory.find(f"nobody{number}.jiceng.test") is None
    assert hongqi.host in directory._entries
    assert len(directory._entries) <= 5
