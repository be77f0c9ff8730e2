"""Requests for help: guarded at the door, tracked to the end, taken by one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel.errors import Forbidden, TooMany
from modules.volunteering import errors
from modules.volunteering.models import HelpRequest, HelpState, HelpStep
from modules.volunteering.selectors import help as reads
from modules.volunteering.services import admitting, asking, helping, receipts
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

DAY = kit.DAY


@pytest.fixture(autouse=True)
def scope(hongqi, volunteering_on):
    with tenant_scope(hongqi):
        yield


@pytest.fixture
def case():
    made = kit.ask(address="192.0.2.77")
    return helping.accept_request(request_id=made.pk, actor=kit.SYSTEM, at=MONDAY)


def taken_by(case, actor):
    return helping.take_request(request_id=case.pk, actor=actor, at=MONDAY)


class TestAsking:
    def test_a_form_counts_once(self):
        visit = kit.visit()
        first = asking.ask(fields=kit.ASKED, visit=visit, at=MONDAY)
        again = asking.ask(fields={**kit.ASKED, "text": "别的"}, visit=visit, at=MONDAY + DAY)
        assert (first.pk, again.text) == (again.pk, kit.ASKED["text"])
        assert HelpRequest.objects.count() == 1
        assert (asking.phone_of(first), asking.masked_phone_of(first)) == ("13800138000", "138****8000")
        assert b"13800138000" not in bytes(HelpRequest.objects.get().phone_sealed)
        payload = OutboxMessage.objects.get(name="volunteering.help.requested").payload
        assert payload == {"request_id": str(first.pk)}

    def refused(self, error, call):
        with pytest.raises(error) as caught:
            call()
        assert not HelpRequest.objects.exists()
        assert not OutboxMessage.objects.filter(name="volunteering.help.requested").exists()
        return caught.value

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"text": ""}, "/text"), ({"text": "x" * 501}, "/text"), ({"text": "a\x00b"}, "/text"), ({"text": "x" * 10_000_000}, "/text"),
            ({"place": None}, "/place"), ({"wanted": ["周六"]}, "/wanted"), ({"name": "n" * 31}, "/name"),
            ({"phone": "12"}, "/phone"), ({"phone": "\x00"}, "/phone"), ({"phone": ""}, "/phone"), ({"phone": "138001380001"}, "/phone"),
        ],
    )  # fmt: skip
    def test_bad_fields(self, fields, pointer):
        error = self.refused(
            errors.HelpInvalid, lambda: asking.ask(fields={**kit.ASKED, **fields}, visit=kit.visit(), at=MONDAY)
        )
        assert [fault.pointer for fault in error.fields] == [pointer]

    def test_numbers_at_home_and_markup_are_taken_as_they_are(self):
        made = kit.ask(phone="010-87654321", text="<script>alert(1)</script>")
        assert (asking.phone_of(made), made.text) == ("010-87654321", "<script>alert(1)</script>")

    def test_programs(self):
        ask = lambda visit: asking.ask(fields=kit.ASKED, visit=visit, at=MONDAY)  # noqa: E731
        self.refused(errors.LooksAutomatic, lambda: ask(kit.visit(token=admitting.new_form(at=MONDAY))))
        self.refused(errors.LooksAutomatic, lambda: ask(kit.visit(trap="http://spam")))
        old = admitting.new_form(at=MONDAY - timedelta(hours=3))
        for token in (old, "x", "a.1.b", "中.文.字", old[:-1] + "0", "y" * 500):
            self.refused(errors.FormExpired, lambda token=token: ask(kit.visit(token=token)))

    def test_a_form_of_another_tenant(self, dongfeng):
        with tenant_scope(dongfeng):
            token = admitting.new_form(at=MONDAY - timedelta(minutes=1))
        self.refused(errors.FormExpired, lambda: asking.ask(fields=kit.ASKED, visit=kit.visit(token=token), at=MONDAY))

    def test_floods_are_refused_and_never_stored(self):
        for number in range(5):
            kit.ask(address=f"198.51.100.{number}")
        for number in range(20):
            with pytest.raises(errors.TooManyRequests):
                kit.ask(address=f"198.51.100.{100 + number}")
        assert HelpRequest.objects.count() == 5
        kit.ask(address="192.0.2.1")
        assert HelpRequest.objects.count() == 6


class TestReceipts:
    def test_number_and_code_lead_back(self):
        made = kit.ask()
        key = receipts.find(number=made.number.lower(), code=receipts.code_of(made), address="192.0.2.9", at=MONDAY)
        assert receipts.request_of(key, at=MONDAY).pk == made.pk
        with pytest.raises(errors.ReceiptExpired):
            receipts.request_of(key, at=MONDAY + timedelta(hours=2))
        for bad in ("", "x", key[:-1] + "0", "中-1-2"):
            with pytest.raises(errors.ReceiptUnknown):
                receipts.request_of(bad, at=MONDAY)

    def test_codes_cannot_be_tried(self):
        made = kit.ask()
        wrong = "000000" if receipts.code_of(made) != "000000" else "111111"
        for _attempt in range(10):
            with pytest.raises(errors.ReceiptUnknown):
                receipts.find(number=made.number, code=wrong, address="192.0.2.10", at=MONDAY)
        with pytest.raises(TooMany):
            receipts.find(number=made.number, code=receipts.code_of(made), address="192.0.2.200", at=MONDAY)

    def test_nothing_of_another_tenant(self, dongfeng):
        made = kit.ask()
        key, code = receipts.key_of(made, at=MONDAY), receipts.code_of(made)
        with tenant_scope(dongfeng):
            with pytest.raises(errors.ReceiptUnknown):
                receipts.request_of(key, at=MONDAY)
            with pytest.raises(errors.ReceiptUnknown):
                receipts.find(number=made.number, code=code, address="192.0.2.11", at=MONDAY)


class TestTheWay:
    def test_taken_done_confirmed(self, case, helper, actors):
        taken_by(case, actors.member)
        taken_by(case, actors.member)
        done = helping.complete_request(request_id=case.pk, words="搬完了", actor=actors.member, at=MONDAY)
        asking.confirm(request=done, at=MONDAY)
        found = HelpRequest.objects.get()
        assert (found.state, found.taker_id, found.ended_at) == (HelpState.CONFIRMED, helper.pk, MONDAY)
        kinds = list(HelpStep.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["asked", "accepted", "taken", "done", "confirmed"]
        with pytest.raises(errors.HelpMoved):
            asking.confirm(request=done, at=MONDAY)
        events = OutboxMessage.objects.filter(name__startswith="volunteering.help").values_list("name", flat=True)
        assert sorted(events) == [f"volunteering.help.{name}" for name in ("completed", "requested", "taken")]

    def test_complaints_come_back_to_staff(self, case, helper, actors):
        taken_by(case, actors.member)
        done = helping.complete_request(request_id=case.pk, words="", actor=actors.member, at=MONDAY)
        with pytest.raises(errors.HelpInvalid):
            asking.complain(request=done, words=" ", at=MONDAY)
        assert HelpRequest.objects.get().state == HelpState.DONE
        asking.complain(request=done, words="没有来", at=MONDAY)
        assert reads.requests(show="overdue", at=MONDAY + 4 * DAY).count() == 1
        again = helping.accept_request(request_id=case.pk, actor=kit.SYSTEM, at=MONDAY)
        assert (again.state, again.taker) == (HelpState.OPEN, None)

    def test_given_back_refused_closed(self, case, helper, actors):
        taken_by(case, actors.member)
        with pytest.raises(errors.HelpInvalid):
            helping.give_back(request_id=case.pk, reason="", actor=actors.member, at=MONDAY)
        assert HelpRequest.objects.get().state == HelpState.TAKEN
        helping.give_back(request_id=case.pk, reason="临时有事", actor=actors.member, at=MONDAY)
        with pytest.raises(errors.HelpMissing):
            helping.complete_request(request_id=case.pk, words="", actor=actors.member, at=MONDAY)
        with pytest.raises(errors.HelpMoved):
            helping.close_request(request_id=case.pk, reason="结", actor=kit.SYSTEM, at=MONDAY)
        with pytest.raises(errors.HelpInvalid):
            helping.refuse_request(request_id=case.pk, reason="\x00", actor=kit.SYSTEM, at=MONDAY)
        assert HelpRequest.objects.get().state == HelpState.OPEN
        helping.refuse_request(request_id=case.pk, reason="请找物业", actor=kit.SYSTEM, at=MONDAY)
        assert HelpRequest.objects.get().answer == "请找物业"

    def test_new_ones_are_not_for_volunteers(self, helper, actors):
        made = kit.ask()
        with pytest.raises(errors.HelpMissing):
            taken_by(made, actors.member)
        with pytest.raises(errors.HelpMissing):
            reads.get_for_volunteer(request_id=made.pk, actor=actors.member)
        with pytest.raises(Forbidden):
            helping.accept_request(request_id=made.pk, actor=actors.member, at=MONDAY)
        assert HelpRequest.objects.get().state == HelpState.NEW

    def test_the_number_is_for_staff_and_the_taker(self, case, helper, actors, branch):
        other = kit.actor_of(kit.make_person("别人", branch, login="bieren"))
        for actor in (actors.member, other):
            with pytest.raises(errors.HelpMissing):
                helping.see_phone(request_id=case.pk, actor=actor)
        taken_by(case, actors.member)
        assert helping.see_phone(request_id=case.pk, actor=actors.member) == "13800138000"
        assert helping.see_phone(request_id=case.pk, actor=actors.secretary) == "13800138000"
        with pytest.raises(errors.HelpMissing):
            helping.see_phone(request_id=case.pk, actor=other)
        assert AuditEntry.objects.filter(action="volunteering.help.phone_seen").count() == 2

    def test_numbers_go_a_month_after_the_end(self, case):
        helping.refuse_request(request_id=case.pk, reason="请找物业", actor=kit.SYSTEM, at=MONDAY)
        assert helping.purge(at=MONDAY + 29 * DAY) == 0
        assert helping.purge(at=MONDAY + 31 * DAY) == 1
        assert asking.phone_of(HelpRequest.objects.get()) == ""
