"""Sign-up through the public API: checked field by field, one per slug, counted by address, shown by token only."""

from __future__ import annotations

import pytest

from tests.support.database import credit_code

SIGNUPS = "/api/public/v1/signups"


@pytest.fixture
def body() -> dict:
    return {
        "organisation": "某市不动产登记服务中心", "kind": "service_centre", "credit_code": credit_code(4711),
        "slug": "bdc-centre", "contact_name": "王敏", "contact_phone": "13812345678",
        "contact_email": "wm@example.org", "administrator_name": "李强",
    }  # fmt: skip


@pytest.fixture
def public(client_for, settings):
    settings.SIGNUP_APPROVAL = "manual"
    return client_for(None)


@pytest.fixture
def signup_count(db):
    def count() -> int:
        from tenants.context import platform_scope
        from tenants.models import SignupRequest

        with platform_scope():
            return SignupRequest.objects.count()

    return count


def send(client, body: dict):
    return client.post(SIGNUPS, body, content_type="application/json")


def test_a_sign_up_and_its_progress(public, body, signup_count):
    response = send(public, body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["state"], made["slug"], made["ready_at"]) == ("waiting", "bdc-centre", None)
    assert made["status_url"] == response["Location"] == f"{SIGNUPS}/{made['token']}"
    progress = public.get(made["status_url"]).json()
    assert progress == {key: made[key] for key in ("organisation", "slug", "state", "reason", "created_at", "ready_at")}
    assert signup_count() == 1


def test_the_progress_shows_no_contact(public, body):
    made = send(public, body).json()
    text = public.get(made["status_url"]).content.decode()
    assert body["contact_phone"] not in text
    assert body["contact_email"] not in text


def test_tokens_that_are_none(public, refused):
    refused(public.get(f"{SIGNUPS}/{'x' * 43}"), 404, "signup_unknown")


def test_one_per_slug(public, body, signup_count, refused):
    send(public, body)
    document = refused(send(public, {**body, "credit_code": credit_code(4712)}), 409, "slug_taken")
    assert [fault["pointer"] for fault in document["errors"]] == ["/slug"]
    assert signup_count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "www"), ("slug", "pg_x"), ("slug", "a"), ("slug", "a" * 64), ("slug", "xn--bcher"), ("slug", "A B"),
        ("slug", "аpple"), ("credit_code", "12100000MB0A000000"), ("credit_code", "1" * 17), ("kind", "company"),
        ("contact_phone", "12"), ("contact_email", "nobody"), ("organisation", ""), ("organisation", "a" * 101),
        ("organisation", 7), ("administrator_name", None), ("plan", "gold"), ("state", "ready"), ("schema_name", "public"),
    ],
)  # fmt: skip
def test_faults_are_named(public, body, signup_count, refused, field, value):
    document = refused(send(public, {**body, field: value}), 400, "invalid")
    assert f"/{field}" in [fault["pointer"] for fault in document["errors"]]
    assert signup_count() == 0


def test_nothing_at_all(public, signup_count, refused):
    document = refused(send(public, {}), 400, "invalid")
    assert len(document["errors"]) == 8
    refused(public.generic("POST", SIGNUPS, b"[]", content_type="application/json"), 400, "invalid")
    assert signup_count() == 0


def test_five_an_hour_from_one_address(public, body, signup_count, refused):
    for number in range(5):
        assert send(public, {**body, "slug": f"centre-{number}"}).status_code == 201
    response = send(public, {**body, "slug": "centre-5"})
    refused(response, 429, "too_many_requests")
    assert response["Retry-After"] == "3600"
    assert send(public, {**body, "slug": "centre-6"}).status_code == 429
    assert public.post(
        SIGNUPS, {**body, "slug": "centre-7"}, content_type="application/json", headers={"X-Forwarded-For": "9.9.9.9"}
    ).status_code == 429  # fmt: skip
    assert signup_count() == 5


def test_the_tenants_host_knows_no_sign_up(client_for, hongqi, refused, body):
    refused(send(client_for(hongqi), body), 404, "not_found")


def test_the_public_host_knows_no_tenant_api(client_for, refused):
    refused(client_for(None).get("/api/v1/modules"), 404, "not_found")


def test_unknown_fields_are_named_safely_and_not_without_end(public, body, signup_count):
    response = send(public, {**body, "a/b~c": 1, **{f"extra{n}{'x' * 500}": 1 for n in range(100)}})
    pointers = [fault["pointer"] for fault in response.json()["errors"]]
    assert response.status_code == 400
    assert pointers[0] == "/a~1b~0c"
    assert len(pointers) == 20
    assert max(map(len, pointers)) < 64
    assert signup_count() == 0


def test_one_network_of_version_6_is_one_subscriber(public, body, settings):
    settings.SIGNUPS_PER_HOUR = 2
    statuses = [
        public.post(
            SIGNUPS, {**body, "slug": f"bdc-six-{n}", "credit_code": credit_code(4800 + n)},
            content_type="application/json", REMOTE_ADDR=f"2001:db8:1:2::{n}",
        ).status_code
        for n in range(1, 4)
    ]  # fmt: skip
    assert statuses == [201, 201, 429]
