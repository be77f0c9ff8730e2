"""事件推送 in the console: the way an administrator goes, and what others are refused."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiceng.webhooks import services
from jiceng.webhooks.models import Delivery, Endpoint
from tenants.context import tenant_scope

from .conftest import EVENT, MOMENT, SYSTEM, happen, send

pytestmark = pytest.mark.django_db


def url(name: str, **kwargs: object) -> str:
    return reverse(f"console-webhooks-{name}", urlconf="jiceng.config.urls_tenant", kwargs=kwargs)


@pytest.fixture
def desk(client_for, login, hongqi, secretary, office):
    return login(client_for(hongqi), secretary)


def test_from_nothing_to_a_delivered_test(desk, receiver, hongqi):
    assert "还没有推送地址" in desk.get(url("endpoints")).text
    page = desk.post(url("endpoint-new"), {"url": receiver.url(), "description": "办公系统", "events": [EVENT]})
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page.text)
    assert secret
    made = Endpoint.objects.get()
    detail = url("endpoint", endpoint_id=made.pk)
    assert secret[0] not in desk.get(detail).text
    answer = desk.post(url("endpoint-test", endpoint_id=made.pk), follow=True)
    assert "测试推送" in answer.text
    send(made, at=MOMENT)
    delivery = Delivery.objects.get()
    shown = desk.get(url("delivery", delivery_id=delivery.pk)).text
    assert "HTTP 204" in shown
    assert "已送达" in desk.get(detail).text
    assert "没有推送记录" in desk.get(f"{detail}?state=failed").text
    desk.post(url("delivery-replay", delivery_id=delivery.pk))
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


def test_everything_stands_for_all_events(desk, receiver):
    desk.post(url("endpoint-new"), {"url": receiver.url(), "everything": "on", "events": [EVENT]})
    assert Endpoint.objects.get().events == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": "ftp://x/", "everything": "on"}, "https://"), ({"url": "", "everything": "on"}, "该字段是必填项"),
        ({"url": "https://oa.example.gov.cn/"}, "请至少选择一种事件"),
        ({"url": "https://oa.example.gov.cn/", "events": ["no.such"]}, "no.such"),
        ({"url": "https://oa.example.gov.cn:22/", "everything": "on"}, "443"),
    ],
)  # fmt: skip
def test_bad_forms_come_back_with_words(desk, settings, values, words):
    settings.OUTBOUND_LOOPBACK = False
    answer = desk.post(url("endpoint-new"), values)
    assert answer.status_code == 422
    assert words in answer.text
    assert Endpoint.objects.count() == 0


def test_switched_changed_rotated_replayed_removed(desk, endpoint):
    made, old = endpoint()
    keys = {"endpoint_id": made.pk}
    desk.post(url("endpoint-switch", **keys), {"on": "0"})
    assert "人工停用" in desk.get(url("endpoint", **keys)).text
    assert desk.post(url("endpoint-test", **keys)).status_code == 409
    desk.post(url("endpoint-switch", **keys), {"on": "1"})
    desk.post(url("endpoint-edit", **keys), {"url": made.url, "description": "改名", "everything": "on"})
    made.refresh_from_db()
    assert (made.description, made.state) == ("改名", "active")
    assert "24 小时" in desk.get(url("endpoint-secret", **keys)).text
    found = re.search(r"whsec_[A-Za-z0-9+/=]{44}", desk.post(url("endpoint-secret", **keys)).text)
    assert found[0] != old
    assert desk.post(url("endpoint-replay", **keys), {"since": "2031-01-01T00:00"}).status_code == 422
    assert desk.post(url("endpoint-replay", **keys), {"since": "2031-05-05T00:00"}).status_code == 302
    assert "推送记录一并删除" in desk.get(url("endpoint-remove", **keys)).text
    desk.post(url("endpoint-remove", **keys))
    assert Endpoint.objects.count() == 0


@pytest.mark.parametrize("who", ["editor", "member", "stranger"])
def test_others_are_refused(who, request, client_for, login, hongqi, endpoint):
    made, _secret = endpoint()
    client = login(client_for(hongqi), request.getfixturevalue(who))
    for name in ("endpoints", "endpoint-new"):
        assert client.get(url(name)).status_code == 403
    for name in ("endpoint-switch", "endpoint-secret", "endpoint-remove", "endpoint-test"):
        assert client.post(url(name, endpoint_id=made.pk)).status_code == 403
    assert Endpoint.objects.get().state == "active"


def test_the_other_tenants_endpoint_is_not_there(desk, dongfeng, receiver):
    with tenant_scope(dongfeng):
        made, _secret = services.create_endpoint(url=receiver.url("/theirs"), actor=SYSTEM)
    assert desk.get(url("endpoint", endpoint_id=made.pk)).status_code == 404
    assert desk.post(url("endpoint-remove", endpoint_id=made.pk)).status_code == 404
    assert "theirs" not in desk.get(url("endpoints")).text


def test_pages_ask_the_same_number_of_queries(desk, endpoint):
    def measure(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(path).status_code == 200
        return len(caught)

    first, _secret = endpoint("/0")
    happen()
    pages = [url("endpoints"), url("endpoint", endpoint_id=first.pk)]
    desk.get(pages[0])  # caches of the process
    before = [measure(page) for page in pages]
    for number in (1, 2):
        endpoint(f"/{number}")
        happen()
    assert [measure(page) for page in pages] == before
