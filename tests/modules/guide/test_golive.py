"""The administrators' way to going live, handouts and the first call."""

from __future__ import annotations

import pytest
from django.urls import set_urlconf

from jiceng.audit.models import AuditEntry
from jiceng.console.figures import setup_steps
from jiceng.kernel import clock
from modules.guide import errors
from modules.guide.models import PutOff
from modules.guide.selectors import golive as reads
from modules.guide.services import golive, handouts
from tenants.context import tenant_scope

URLCONF = "jiceng.config.urls_tenant"


@pytest.fixture(autouse=True)
def tenant_routes():
    """Addresses are those of a tenant's host, as within a request."""
    set_urlconf(URLCONF)
    yield
    set_urlconf(None)


def steps(actor):
    return setup_steps(actor=actor, modules=actor.modules)


def road(actor):
    return reads.road(steps(actor))


def keys(actor):
    return [stage.step.key for stage in road(actor).stages]


def test_the_way_names_every_part_in_order(in_hongqi, actors):
    found = keys(actors.secretary)
    wanted = [
        "console:organisation_edit",
        "members:people",
        "console:module_list",
        "news:list",
        "console:invite_create",
        "wechat:accounts",
    ]
    assert [key for key in found if key in wanted] == wanted
    assert road(actors.secretary).minutes_left > 0


def test_it_is_read_from_the_data(in_hongqi, actors, editor):
    stage = next(stage for stage in road(actors.secretary).stages if stage.step.key == "console:invite_create")
    assert stage.step.is_done  # other people have a login
    assert road(actors.secretary).next.step.key == "console:organisation_edit"


def test_a_step_may_be_put_off_and_taken_up_again(in_hongqi, actors):
    first = road(actors.secretary).next.step.key
    for _again in range(2):
        golive.put_off(
            steps=steps(actors.secretary), key=first, is_put_off=True, actor=actors.secretary, at=clock.now()
        )
    assert road(actors.secretary).next.step.key != first
    assert AuditEntry.objects.filter(action="guide.golive.put_off").count() == 1
    for _again in range(2):
        golive.put_off(
            steps=steps(actors.secretary), key=first, is_put_off=False, actor=actors.secretary, at=clock.now()
        )
    assert road(actors.secretary).next.step.key == first
    assert AuditEntry.objects.filter(action="guide.golive.taken_up").count() == 1


@pytest.mark.parametrize("key", ["", "never:never", "x" * 80])
def test_steps_that_are_not_there_are_refused(in_hongqi, actors, key):
    with pytest.raises(errors.StepMissing):
        golive.put_off(steps=steps(actors.secretary), key=key, is_put_off=True, actor=actors.secretary, at=clock.now())
    assert not PutOff.objects.exists()


def test_the_pages_work(browser, hongqi):
    secretary = browser(hongqi, "secretary")
    page = secretary.get("/console/guide/").content.decode()
    assert "下一步" in page and "以后再做" in page
    assert secretary.post("/console/guide/put-off/", {"key": "wechat:accounts", "on": "1"}).status_code == 302
    with tenant_scope(hongqi):
        assert PutOff.objects.get().key == "wechat:accounts"
    assert secretary.post("/console/guide/put-off/", {"key": "never", "on": "1"}).status_code == 404
    assert "curl" in secretary.get("/console/guide/first-call/").content.decode()
    for path in ("", "handouts/", "first-call/", "topics/"):
        assert browser(hongqi, "member").get(f"/console/guide/{path}").status_code in (302, 403, 404)


def test_the_first_call_ticks_once_a_key_was_used(browser, client_for, api_key, hongqi):
    secretary = browser(hongqi, "secretary")
    assert "还没有收到过调用" in secretary.get("/console/guide/first-call/").content.decode()
    key = api_key(hongqi, ["guide.read"])
    assert client_for(hongqi, key=key).get("/api/v1/guide/topics?limit=5").status_code == 200
    assert "最近一次调用" in secretary.get("/console/guide/first-call/").content.decode()


def test_handouts_are_printable(browser, hongqi):
    secretary = browser(hongqi, "secretary")
    for handout in handouts.HANDOUTS:
        answer = secretary.get(f"/console/guide/handouts/{handout.kind}.pdf")
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    assert secretary.get("/console/guide/handouts/never.pdf").status_code == 404


def test_handouts_of_modules_that_are_off_are_not_offered():
    assert {handout.kind for handout in handouts.offered(frozenset({"guide"}))} == {"join", "guide"}
    with pytest.raises(errors.HandoutMissing):
        handouts.get_handout("help", frozenset({"guide"}))
