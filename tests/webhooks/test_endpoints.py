"""Endpoints as administrators keep them: refused, changed, rotated, replayed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel.errors import DomainError
from jiceng.webhooks import services, signing, tasks
from jiceng.webhooks.models import Delivery, Endpoint
from jiceng.webhooks.services import purging, replaying
from tenants.context import tenant_scope
from tests.support.receiver import closed_port

from .conftest import EVENT, MOMENT, SYSTEM, happen, send

pytestmark = pytest.mark.django_db


def refused(call, **values) -> tuple[str, list[tuple[str, str]]]:
    before = Endpoint.objects.count(), AuditEntry.objects.count()
    with pytest.raises(DomainError) as error:
        call(**values, actor=SYSTEM)
    assert (Endpoint.objects.count(), AuditEntry.objects.count()) == before
    return error.value.code, [(fault.pointer, fault.code) for fault in error.value.fields]


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"url": "http://oa.example.gov.cn/"}, ("/url", "url_scheme")),
        ({"url": "https://10.0.0.1/"}, ("/url", "url_host")),
        ({"url": ""}, ("/url", "url_length")),
        ({"url": "https://oa.example.gov.cn/", "description": "长" * 101}, ("/description", "too_long")),
        ({"url": "https://oa.example.gov.cn/", "events": ["no.such.event"]}, ("/events", "unknown_event")),
        ({"url": "https://oa.example.gov.cn/", "events": ["news.article.submitted"]}, ("/events", "unknown_event")),
    ],
)
def test_bad_endpoints_are_refused(office, values, fault):
    assert refused(services.create_endpoint, **values) == ("invalid", [fault])


def test_the_same_address_twice(office):
    services.create_endpoint(url="https://oa.example.gov.cn", actor=SYSTEM)
    assert refused(services.create_endpoint, url="https://OA.example.gov.cn:443/") == ("webhook_endpoint_exists", [])
    other, _secret = services.create_endpoint(url="https://oa.example.gov.cn/2", actor=SYSTEM)
    code = refused(services.change_endpoint, endpoint_id=other.pk, url="https://oa.example.gov.cn/")
    assert code == ("webhook_endpoint_exists", [])


def test_twenty_are_enough(office):
    for number in range(20):
        services.create_endpoint(url=f"https://oa.example.gov.cn/{number}", actor=SYSTEM)
    assert refused(services.create_endpoint, url="https://oa.example.gov.cn/20") == ("webhook_endpoints_too_many", [])


def test_every_change_is_on_record_without_secrets(endpoint, office):
    made, secret = endpoint()
    services.change_endpoint(endpoint_id=made.pk, description="办公系统", actor=SYSTEM)
    services.change_endpoint(endpoint_id=made.pk, description="办公系统", actor=SYSTEM)  # nothing new
    _made, other = services.rotate_secret(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    services.disable_endpoint(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    services.enable_endpoint(endpoint_id=made.pk, actor=SYSTEM)
    services.remove_endpoint(endpoint_id=made.pk, actor=SYSTEM)
    entries = AuditEntry.objects.filter(action__startswith="webhooks.")
    assert sorted(entry.action.rpartition(".")[2] for entry in entries) == [
        "changed", "created", "disabled", "enabled", "removed", "rotated",
    ]  # fmt: skip
    told = json.dumps([[entry.before, entry.after, entry.note] for entry in entries])
    assert secret not in told
    assert other not in told


def test_secrets_are_not_in_the_database(endpoint, office):
    _made, secret = endpoint()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text, encode(secret_sealed, 'escape') FROM webhooks_endpoint e")
        kept = " ".join(cursor.fetchone())
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(raw) == 32
    assert secret not in kept
    assert raw.hex() not in kept


def test_the_other_tenant_cannot_open_a_secret(endpoint, office, dongfeng):
    made, _secret = endpoint()
    with tenant_scope(dongfeng), pytest.raises(ValueError):
        signing.headers(made, Delivery(event_id=made.pk, body="{}"), at=MOMENT)


@pytest.mark.parametrize("number", range(20))
def test_signatures_are_the_standards(number):
    """By the standard's own library, by openssl, and by hand."""
    secret = signing.new_secret()
    content = f"msg_{number}.1614265330." + secrets.token_hex(number * 10)
    signature = signing.sign(secret, content.encode())
    key = base64.b64decode(secret.removeprefix("whsec_"))
    by_hand = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    assert signature == f"v1,{by_hand}"
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
    told = subprocess.run(command, input=content.encode(), capture_output=True, check=True).stdout
    assert signature == "v1," + base64.b64encode(told).decode()


def test_for_a_day_both_secrets_hold(endpoint, receiver, office):
    made, old = endpoint()
    _made, new = services.rotate_secret(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    verdicts = []
    for hours in (0, 23, 25):
        at = MOMENT + timedelta(hours=hours)
        office.move_to(at)
        happen()
        assert send(made, at=at) == 1
        received = receiver.received[-1]
        verdicts.append([_holds(secret, received) for secret in (old, new)])
    assert verdicts == [[True, True], [True, True], [False, True]]


def _holds(secret: str, received) -> bool:
    try:
        Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError:
        return False
    return True


def test_rotated_twice_only_the_last_two_hold(endpoint, receiver, office):
    made, first = endpoint()
    _made, second = services.rotate_secret(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    _made, third = services.rotate_secret(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    happen()
    send(made, at=MOMENT)
    assert [_holds(secret, receiver.received[0]) for secret in (first, second, third)] == [False, True, True]


def test_a_test_goes_to_one_endpoint_once(endpoint, receiver, office):
    made, _secret = endpoint("/mine")
    endpoint("/other")
    receiver.behave = 500
    delivery = services.send_test(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    assert send(made, at=MOMENT) == 1
    delivery.refresh_from_db()
    assert (delivery.event, delivery.state, delivery.status) == ("webhooks.endpoint.tested", "failed", 500)
    assert [one.path for one in receiver.received] == ["/mine"]
    assert Endpoint.objects.get(pk=made.pk).failing_since is None


def test_one_delivery_again(endpoint, receiver, office):
    made, _secret = endpoint()
    event_id = happen()
    send(made, at=MOMENT)
    delivery = Delivery.objects.get()
    services.replay_delivery(delivery_id=delivery.pk, actor=SYSTEM, at=MOMENT)
    assert send(made, at=MOMENT) == 1
    assert receiver.ids() == [event_id, event_id]
    assert receiver.received[0].body == receiver.received[1].body
    assert delivery.tries.count() == 2


def test_not_again_while_it_is_on_its_way_or_off(endpoint, office):
    made, _secret = endpoint()
    happen()
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="sending")
    assert (
        refused(lambda **k: services.replay_delivery(at=MOMENT, **k), delivery_id=delivery.pk)[0]
        == "webhook_delivery_under_way"
    )
    Delivery.objects.update(state="failed")
    services.disable_endpoint(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    for call, values in (
        (services.replay_delivery, {"delivery_id": delivery.pk}), (services.send_test, {"endpoint_id": made.pk}),
        (services.replay_since, {"endpoint_id": made.pk, "since": MOMENT}),
    ):  # fmt: skip
        assert refused(lambda call=call, **k: call(at=MOMENT, **k), **values)[0] == "webhook_endpoint_disabled"


def test_what_happened_while_it_was_off_comes_after_all(endpoint, receiver, office, monkeypatch):
    monkeypatch.setattr(replaying, "AT_ONCE", 2)
    made, _secret = endpoint(events=[EVENT])
    ids = [happen()]
    send(made, at=MOMENT)
    services.disable_endpoint(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    for _number in range(4):
        office.shift(1)
        ids.append(happen())
    services.enable_endpoint(endpoint_id=made.pk, actor=SYSTEM)
    assert send(made, at=MOMENT + timedelta(minutes=1)) == 0
    office.shift(60)
    at = MOMENT + timedelta(seconds=64)
    services.replay_since(endpoint_id=made.pk, since=MOMENT, actor=SYSTEM, at=at)
    done = 0
    while done < (written := OutboxMessage.objects.filter(name="webhooks.replay").count()):
        assert written == done + 1
        done = written
        office.shift(0.001)
        tasks.replay(**OutboxMessage.objects.filter(name="webhooks.replay").latest("created_at").payload)
    assert done == 3
    while send(made, at=at + timedelta(seconds=1)):
        pass
    assert receiver.ids() == ids  # each once: what had been delivered is not sent again


@pytest.mark.parametrize("days", [31, -1])
def test_replays_reach_back_thirty_days(endpoint, office, days):
    made, _secret = endpoint()
    found = refused(
        lambda **k: services.replay_since(at=MOMENT, since=MOMENT - timedelta(days=days), **k), endpoint_id=made.pk
    )
    assert found == ("invalid", [("/since", "range")])


def test_the_log_is_kept_for_thirty_days(endpoint, receiver, office):
    made, _secret = endpoint()
    happen()
    send(made, at=MOMENT)
    other, _secret = endpoint(url=f"http://127.0.0.1:{closed_port()}/")
    happen()
    send(other, at=MOMENT)
    assert purging.purge(at=MOMENT + timedelta(days=29)) is False
    assert Delivery.objects.count() == 3
    purging.purge(at=MOMENT + timedelta(days=31))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
