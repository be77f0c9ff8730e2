"""Certificates: numbered without gaps, verified by anybody, revoked with a reason."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pypdfium2
import pytest
from django.db import transaction

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden
from jiceng.kernel.months import months_after
from modules.study import errors
from modules.study.models import Certificate, Course, Enrolment
from modules.study.selectors import certificates as reads
from modules.study.services import certificates as services
from modules.study.services import completing, learning
from tenants.context import tenant_scope

from . import kit


def make_course(**fields):
    return kit.make_course(gives_certificate=True, **fields)


def issue(person, course, at=None):
    return services.issue(person=person, course=course, at=at or now(), actor=kit.SYSTEM)


def numbers():
    return sorted(Certificate.objects.values_list("number", flat=True))


class TestIssuing:
    def test_completing_the_course_makes_one(self, hongqi, learner, actors):
        with tenant_scope(hongqi):
            course = make_course(class_hours="1.5")
            for lesson in kit.lessons_of(course):
                learning.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=now())
                learning.confirm_lesson(lesson_id=lesson.pk, actor=actors.member, at=now())
            assert completing.reconsider(person=learner, course=course, at=now())
            made = Certificate.objects.get()
            year = f"{made.issued_at:%Y}"
            assert (made.number, made.person_id, made.title, made.hours) == (
                f"{year}-000001",
                learner.pk,
                course.title,
                1.5,
            )
            assert len(made.code) >= 20 and made.expires_date is None
            event = OutboxMessage.objects.get(name="study.certificate.issued")
            assert event.payload == {
                "certificate_id": str(made.pk), "number": made.number, "title": made.title,
                "person_id": str(learner.pk), "user_id": str(learner.user_id),
            }  # fmt: skip

    def test_a_course_without_gives_none(self, hongqi, learner, actors):
        with tenant_scope(hongqi):
            course = kit.make_course()
            for lesson in kit.lessons_of(course):
                learning.open_lesson(lesson_id=lesson.pk, actor=actors.member, at=now())
                learning.confirm_lesson(lesson_id=lesson.pk, actor=actors.member, at=now())
            assert Enrolment.objects.filter(completed_at__isnull=False).exists()
            assert numbers() == []

    def test_issued_once_and_numbered_in_a_row(self, hongqi, learner, branch):
        with tenant_scope(hongqi):
            course = make_course()
            first = issue(learner, course)
            assert issue(learner, course) == first
            second = issue(kit.make_person("乙", branch), course)
            assert [one.number[-6:] for one in (first, second)] == ["000001", "000002"]
            assert first.code != second.code

    def test_a_number_not_used_is_not_used_up(self, hongqi, learner, branch):
        with tenant_scope(hongqi):
            course = make_course()
            with pytest.raises(RuntimeError), transaction.atomic():
                issue(learner, course)
                raise RuntimeError
            assert issue(kit.make_person("乙", branch), course).number.endswith("-000001")

    def test_a_new_one_only_after_the_old_expired(self, hongqi, learner):
        with tenant_scope(hongqi):
            course, then = make_course(certificate_months=1), now() - timedelta(days=60)
            old = issue(learner, course, then)
            assert old.expires_date is not None and issue(learner, course, then + timedelta(days=20)) == old
            new = issue(learner, course)
            assert new != old and Certificate.objects.count() == 2

    def test_a_revoked_one_is_not_replaced(self, hongqi, learner):
        with tenant_scope(hongqi):
            course = make_course()
            old = issue(learner, course)
            services.revoke(certificate_id=old.pk, reason="登记有误", actor=kit.SYSTEM, at=now())
            assert issue(learner, course) == old

    def test_months_end_a_day_before(self):
        assert months_after(date(2026, 11, 23), 12) == date(2027, 11, 22)
        assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
        assert months_after(date(2026, 12, 1), 1) == date(2026, 12, 31)

    def test_deleting_the_course_keeps_the_title(self, hongqi, learner):
        with tenant_scope(hongqi):
            course = make_course()
            made = issue(learner, course)
            Course.objects.filter(pk=course.pk).delete()
            made.refresh_from_db()
            assert (made.course_id, made.title) == (None, "支部工作条例")


class TestRevoking:
    def test_with_a_reason_once(self, hongqi, learner):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
            with pytest.raises(errors.CertificateInvalid) as caught:
                services.revoke(certificate_id=made.pk, reason=" ", actor=kit.SYSTEM, at=now())
            assert [fault.pointer for fault in caught.value.fields] == ["/reason"]
            assert Certificate.objects.get().state == "valid"
            services.revoke(certificate_id=made.pk, reason="登记有误", actor=kit.SYSTEM, at=now())
            with pytest.raises(errors.CertificateRevoked):
                services.revoke(certificate_id=made.pk, reason="再来", actor=kit.SYSTEM, at=now())
            assert Certificate.objects.get().revoke_reason == "登记有误"
            assert OutboxMessage.objects.filter(name="study.certificate.revoked").count() == 1
            assert AuditEntry.objects.filter(action="study.certificate.revoked").count() == 1

    def test_only_within_reach(self, hongqi, learner, actors):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
            other = kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")
            for actor in (other, actors.member, actors.stranger):
                with pytest.raises((errors.CertificateMissing, Forbidden)):
                    services.revoke(certificate_id=made.pk, reason="越权", actor=actor, at=now())
            assert list(reads.in_reach(other)) == []
            assert Certificate.objects.get().state == "valid"

    def test_renewed_only_when_expired(self, hongqi, learner):
        with tenant_scope(hongqi):
            course = make_course(certificate_months=1)
            old = issue(learner, course, now() - timedelta(days=60))
            with pytest.raises(errors.CourseNotDone):
                services.renew(certificate_id=old.pk, actor=kit.SYSTEM, at=now())
            Enrolment.objects.create(
                course=course, person=learner, started_at=now(), opened_at=now(), completed_at=now()
            )
            new = services.renew(certificate_id=old.pk, actor=kit.SYSTEM, at=now())
            with pytest.raises(errors.CertificateStillValid):
                services.renew(certificate_id=new.pk, actor=kit.SYSTEM, at=now())
            assert Certificate.objects.count() == 2


class TestPhone:
    def test_my_certificates_and_the_paper(self, browser, hongqi, learner, branch):
        with tenant_scope(hongqi):
            course = make_course(class_hours="1.5")
            made, others = issue(learner, course), issue(kit.make_person("别人", branch), course)
        phone = browser(hongqi, "member")
        page = phone.get("/study/certificates/").content.decode()
        assert made.number in page and others.number not in page
        answer = phone.get(f"/study/certificates/{made.pk}/pdf/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert phone.get(f"/study/certificates/{others.pk}/pdf/").status_code == 404
        document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
        text = document[0].get_textpage().get_text_range()
        assert len(document) == 1 and document[0].get_width() > document[0].get_height()
        for words in ("结 业 证 书", "成员甲", "支部工作条例", "1.5 学时", made.number):
            assert words in text
        fonts = answer.content.count(b"/FontFile3") + answer.content.count(b"/FontFile2")
        assert fonts == 1 and len(answer.content) < 200_000

    def test_an_empty_page_says_what_to_do(self, browser, hongqi, learner):
        assert "还没有证书" in browser(hongqi, "member").get("/study/certificates/").content.decode()

    def test_three_cost_what_one_does(self, browser, hongqi, learner, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with tenant_scope(hongqi):
            issue(learner, make_course())
        phone = browser(hongqi, "member")
        phone.get("/study/certificates/")
        with CaptureQueriesContext(connection) as one:
            phone.get("/study/certificates/")
        with tenant_scope(hongqi):
            for title in ("二", "三"):
                issue(learner, make_course(title=title))
        with django_assert_num_queries(len(one)):
            phone.get("/study/certificates/")


class TestVerifying:
    def test_anybody_with_the_code_sees_little(self, browser, hongqi, dongfeng, learner):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
        visitor = browser(hongqi)
        answer = visitor.get(f"/study/verify/{made.code}/")
        page = answer.content.decode()
        assert "证书有效" in page and made.number in page and "成*" in page
        assert "成员甲" not in page and "noindex" in answer["X-Robots-Tag"]
        assert browser(dongfeng).get(f"/study/verify/{made.code}/").status_code == 404

    @pytest.mark.parametrize("code", ["x", "2026-000001", "a" * 400, "%00", "证书"])
    def test_an_unknown_code_is_not_there(self, browser, hongqi, learner, code):
        with tenant_scope(hongqi):
            issue(learner, make_course())
        assert browser(hongqi).get(f"/study/verify/{code}/").status_code == 404

    def test_says_revoked_without_the_reason_and_expired(self, browser, hongqi, learner):
        with tenant_scope(hongqi):
            old = issue(learner, make_course(certificate_months=1), now() - timedelta(days=60))
            bad = issue(learner, make_course(title="另一门"))
            services.revoke(certificate_id=bad.pk, reason="内部原因", actor=kit.SYSTEM, at=now())
        visitor = browser(hongqi)
        assert "已经过期" in visitor.get(f"/study/verify/{old.code}/").content.decode()
        page = visitor.get(f"/study/verify/{bad.code}/").content.decode()
        assert "已撤销" in page and "内部原因" not in page

    def test_guessing_is_slowed_down(self, browser, hongqi, monkeypatch):
        monkeypatch.setattr(services, "VERIFIED_PER_MINUTE", 3)
        visitor = browser(hongqi)
        assert [visitor.get(f"/study/verify/g{n}/").status_code for n in range(5)] == [404, 404, 404, 429, 429]


class TestConsole:
    def test_listed_revoked_and_found(self, browser, hongqi, learner):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
        desk = browser(hongqi, "secretary")
        assert made.number in desk.get("/console/study/certificates/?q=成员").content.decode()
        assert made.number not in desk.get("/console/study/certificates/?q=没有这人").content.decode()
        assert made.number not in desk.get("/console/study/certificates/?show=revoked").content.decode()
        assert desk.get(f"/console/study/certificates/{made.pk}/pdf/")["Content-Type"] == "application/pdf"
        here = f"/console/study/certificates/{made.pk}/revoke/"
        assert desk.get(here).status_code == 200
        assert desk.post(here, {"reason": ""}).status_code == 422
        assert desk.post(here, {"reason": "登记有误"})["Location"] == "/console/study/certificates/"
        assert made.number in desk.get("/console/study/certificates/?show=revoked").content.decode()

    @pytest.mark.parametrize("who", ["member", "stranger"])
    def test_others_are_turned_away(self, browser, hongqi, learner, who):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
        answer = browser(hongqi, who).post(f"/console/study/certificates/{made.pk}/revoke/", {"reason": "x"})
        assert answer.status_code in (403, 404)
        with tenant_scope(hongqi):
            assert Certificate.objects.get().state == "valid"


class TestApi:
    def test_read_and_revoke(self, client_for, api_key, hongqi, learner):
        with tenant_scope(hongqi):
            made = issue(learner, make_course())
        api = client_for(hongqi, key=api_key(hongqi, ["study.hours"]))
        rows = api.get(f"/api/v1/study/certificates?person_id={learner.pk}").json()["results"]
        assert [(row["number"], row["state"]) for row in rows] == [(made.number, "valid")]
        assert "code" not in rows[0]
        body = json.dumps({"reason": "登记有误"})
        answer = api.post(f"/api/v1/study/certificates/{made.pk}/revoke", data=body, content_type="application/json")
        assert (answer.status_code, answer.json()["state"]) == (200, "revoked")

    def test_another_scope_reads_nothing(self, client_for, api_key, hongqi, learner):
        with tenant_scope(hongqi):
            issue(learner, make_course())
        api = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        assert api.get("/api/v1/study/certificates").status_code == 403
