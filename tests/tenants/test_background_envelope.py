"""Security programme I-9: a message that is not exactly ours never runs, and operators see why."""

import uuid

import pytest

from jiceng.events.models import Delivery
from jiceng.kernel import crypto
from jiceng.kernel.tasks import enqueue
from tenants.background import dead_letters, relay
from tenants.background.envelope import _canonical
from tenants.context import platform_scope, tenant_scope
from tenants.models import DeadLetter, Domain, State, Tenant

pytestmark = pytest.mark.usefixtures("clean_agenda", "probe")


@pytest.fixture
def envelope(hongqi, post, probe, clean_agenda) -> dict:
    """A good envelope for one pending task of 红旗社区."""
    with tenant_scope(hongqi):
        enqueue("probe.count", number=1)
    relay.tick()
    return dict(post.letters.pop()[1]["envelope"])


def deliver(**kwargs) -> None:
    relay.application().tasks["jiceng.deliver"](**kwargs)


def resigned(envelope: dict, **changes) -> dict:
    """As somebody would send it who holds the signing key: isolates the check behind the signature."""
    fields = {**envelope, **changes}
    return {**fields, "signature": crypto.sign(_canonical(fields), purpose="task")}


def effects_everywhere(probe, *records) -> list[str]:
    found = []
    for record in records:
        with tenant_scope(record):
            found += probe.effects("count")
    with platform_scope():
        return found + probe.effects("count")


def letters() -> list[tuple[str, str, int]]:
    with platform_scope():
        return list(DeadLetter.objects.order_by("first_at").values_list("reason", "tenant_name", "count"))


def set_state(record, state: str) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=record.id).update(state=state)


def test_the_good_one_runs(probe, envelope, hongqi, dongfeng):
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == ["1"]
    assert letters() == []


@pytest.mark.parametrize("kwargs", [{}, {"envelope": None}, {"number": 1}, {"headers": {"tenant": "platform"}}])
def test_without_envelope(probe, envelope, hongqi, dongfeng, kwargs):
    deliver(**kwargs)
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("no_envelope", "", 1)]


def wrong_types(envelope: dict) -> list:
    return [
        "text", 7, True, [], {}, list(envelope.values()),
        {key: value for key, value in envelope.items() if key != "signature"},
        {key: value for key, value in envelope.items() if key != "tenant"},
        {**envelope, "role": "administrator"},
        {**envelope, "tenant": 7}, {**envelope, "delivery": None}, {**envelope, "task": ["probe.count"]},
        {**envelope, "delivery": "1"}, {**envelope, "task": ""}, {**envelope, "task": "x" * 10_000},
        {**envelope, "delivery": "\x00"},
    ]  # fmt: skip


@pytest.mark.parametrize("case", range(16))
def test_of_the_wrong_shape(probe, envelope, hongqi, dongfeng, case):
    deliver(envelope=wrong_types(envelope)[case])
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("malformed", "", 1)]


@pytest.mark.parametrize("field", ["tenant", "schema", "delivery", "task", "signature"])
def test_with_a_field_changed_after_signing(probe, envelope, hongqi, dongfeng, field):
    others = {
        "tenant": str(dongfeng.id), "schema": dongfeng.schema_name, "delivery": str(uuid.uuid4()),
        "task": "probe.fail", "signature": "A" * 43,
    }  # fmt: skip
    deliver(envelope={**envelope, field: others[field]})
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("forged", "", 1)]


def test_signed_for_another_purpose_or_with_another_key(probe, envelope, hongqi, dongfeng, settings):
    canonical = _canonical(envelope)
    deliver(envelope={**envelope, "signature": crypto.sign(canonical, purpose="beat")})
    deliver(envelope={**envelope, "signature": "签名\x00"})
    settings.MASTER_KEY = "another" * 10
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("forged", "", 3)]


@pytest.mark.parametrize("tenant", ["0190a5d2-7c11-7b3e-8a55-1f0c5f9e2d11", "public", "0", "t_x"])
def test_for_an_unknown_tenant(probe, envelope, hongqi, dongfeng, tenant):
    deliver(envelope=resigned(envelope, tenant=tenant))
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("unknown_tenant", "", 1)]


def test_for_a_tenant_deleted_while_queued(probe, hongqi, dongfeng, post):
    # A row without schema stands for a tenant whose schema is gone too.
    with platform_scope():
        gone = Tenant.objects.create(
            slug="gone",
            name="去",
            kind="other",
            plan=Tenant.objects.first().plan,
            schema_name="t_gone",
            role_name="r_gone",
        )
    envelope = resigned({"delivery": str(uuid.uuid4()), "task": "probe.count"}, tenant=str(gone.id), schema="t_gone")
    with platform_scope():
        gone.delete()
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("unknown_tenant", "", 1)]


@pytest.mark.parametrize(("state", "reason"), [(State.SUSPENDED, "not_served"), (State.CLOSED, "unknown_tenant")])
def test_for_a_tenant_not_served(probe, envelope, hongqi, dongfeng, state, reason):
    set_state(hongqi, state)
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert [letter[0] for letter in letters()] == [reason]
    with tenant_scope(hongqi):
        assert Delivery.objects.get().state == "pending"


def test_for_another_schema(probe, envelope, hongqi, dongfeng):
    deliver(envelope=resigned(envelope, schema=dongfeng.schema_name))
    deliver(envelope=resigned(envelope, schema="public"))
    deliver(envelope=resigned(envelope, tenant="platform"))
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("wrong_schema", "红旗社区", 2), ("wrong_schema", "平台", 1)]


def test_for_the_platform_with_a_tenants_delivery(probe, envelope, hongqi, dongfeng):
    deliver(envelope=resigned(envelope, tenant="platform", schema="public"))
    deliver(envelope=resigned(envelope, tenant=str(dongfeng.id), schema=dongfeng.schema_name))
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert [(reason, name) for reason, name, _count in letters()] == [
        ("unknown_message", "平台"), ("unknown_message", "东风大学"),
    ]  # fmt: skip


def test_for_another_task_than_the_outbox_says(probe, envelope, hongqi, dongfeng):
    deliver(envelope=resigned(envelope, task="probe.on_schedule"))
    assert effects_everywhere(probe, hongqi, dongfeng) == []
    assert letters() == [("wrong_name", "红旗社区", 1)]
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == ["1"]


def test_replayed(probe, envelope, hongqi, dongfeng):
    for _ in range(5):
        deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == ["1"]
    assert letters() == []


def test_after_the_tenant_has_moved_to_another_address(probe, envelope, hongqi, dongfeng):
    with platform_scope():
        Domain.objects.filter(tenant_id=hongqi.id).update(domain="new.jiceng.test")
    deliver(envelope=envelope)
    assert effects_everywhere(probe, hongqi, dongfeng) == ["1"]


def test_refusals_are_counted(envelope):
    assert dead_letters.open_count() == 0
    deliver()
    deliver()
    deliver(envelope="x")
    assert dead_letters.open_count() == 2
    assert sorted(letter[2] for letter in letters()) == [1, 2]


def test_the_worker_knows_two_tasks_and_no_chords():
    assert sorted(relay.application().tasks) == ["jiceng.beat", "jiceng.deliver"]


def test_settings_of_the_runner():
    conf = relay.application().conf
    assert conf.task_acks_late is True
    assert conf.task_reject_on_worker_lost is True
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_always_eager is False
    assert conf.accept_content == ["json"]
    assert conf.task_serializer == "json"
    assert conf.result_backend is None
    assert conf.task_soft_time_limit < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]
    assert conf.broker_transport_options["socket_timeout"] > 0
    assert conf.broker_transport_options["unacked_restore_throttle"] == 1
