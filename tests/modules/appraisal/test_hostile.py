"""What a stranger tries on the public survey and on other people's things."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from jiceng.audit.models import AuditEntry
from jiceng.kernel import clock, module_settings
from jiceng.workflow.models import Todo
from modules.appraisal.errors import scoring as scoring_refusals
from modules.appraisal.errors import survey as refusals
from modules.appraisal.models import (
    AppraisalAppeal,
    FollowUp,
    FollowUpStep,
    Round,
    Sheet,
    Subject,
    SurveyAnswer,
    SurveyPoint,
)
from modules.appraisal.selectors import answers as reads
from modules.appraisal.selectors import follow_ups as cases
from modules.appraisal.selectors.rounds import criteria_of
from modules.appraisal.services import admitting, appeals, follow_ups, merging, moderating, points, running, scoring
from modules.appraisal.services.addresses import reviewer_of

from . import kit
from .kit import DAY, HOUR, MONDAY, SYSTEM


@pytest.fixture
def point(in_hongqi):
    return kit.point()


@pytest.fixture
def monday(clock):
    with clock(MONDAY + HOUR) as traveller:
        yield traveller


@pytest.fixture
def clerk(branch, client_for, hongqi):
    """The secretary of the branch alone, in the browser."""
    kit.give(branch.secretary, "secretary", branch.unit)
    return client_for(hongqi).login_as(branch.secretary.user)


# --- The survey ----------------------------------------------------------------------------------------------------------
def test_a_code_with_nul_is_a_code_nobody_has(browser, hongqi, point):
    visitor = browser(hongqi)
    visitor.get(f"/appraisal/s/{point.code}/")
    answer = visitor.post("/appraisal/s/%00/", {"grade": "5", "form": "x", "website": ""})
    assert answer.status_code == 404 and not SurveyAnswer.objects.exists()


def test_one_network_cannot_shut_a_point_for_everybody(point):
    module_settings.write(
        "appraisal", {"answers_per_network": 3, "answers_per_point": 6}, expected_version=0, changed_by="测试"
    )
    for number in range(20):
        kit.answer(point, visit=kit.visit(point.code, address=f"203.0.113.{number}"))
    assert SurveyAnswer.objects.count() == 3
    assert kit.answer(point, visit=kit.visit(point.code, address="198.51.100.1")).answer


def test_an_address_of_version_four_within_six_is_its_own_network(in_hongqi):
    name = admitting.network_of
    assert name("::ffff:203.0.113.1", at=MONDAY) == name("203.0.113.9", at=MONDAY)
    assert name("::ffff:203.0.113.1", at=MONDAY) != name("::ffff:198.51.100.1", at=MONDAY)


def test_who_leaves_a_number_is_called_whatever_the_grade(point):
    plain = kit.answer(point, 5).answer
    waiting = kit.answer(point, 5, phone="13800138000", visit=kit.visit(point.code, address="198.51.100.9")).answer
    assert list(FollowUp.objects.values_list("answer", flat=True)) == [waiting.pk] != [plain.pk]


def test_asking_for_a_number_nobody_left_is_no_deed(point):
    case = kit.answer(point, 1).answer.follow_up
    assert moderating.reveal_phone(follow_up_id=case.pk, actor=SYSTEM, at=MONDAY) == ""
    assert not AuditEntry.objects.filter(action="appraisal.answer.phone_seen").exists()


def test_who_left_the_page_open_too_long_loses_no_words(browser, hongqi, point, monday):
    visitor, path = browser(hongqi), f"/appraisal/s/{point.code}/"
    word = re.search(r'name="form" value="([^"]+)"', visitor.get(path).content.decode())[1]
    monday.shift(timedelta(hours=3))
    late = visitor.post(path, {"grade": "2", "text": "写了很久的话", "form": word})
    page = late.content.decode()
    assert late.status_code == 409 and "页面已过期" in page and "写了很久的话" in page
    fresh = re.search(r'name="form" value="([^"]+)"', page)[1]
    assert fresh != word and not SurveyAnswer.objects.exists()
    hasty = visitor.post(path, {"grade": "2", "text": "写了很久的话", "form": fresh})
    assert hasty.status_code == 400 and f'value="{fresh}"' in hasty.content.decode()
    monday.shift(10)
    assert visitor.post(path, {"grade": "2", "text": "写了很久的话", "form": fresh}).status_code == 302
    assert SurveyAnswer.objects.get().text == "写了很久的话"


# --- Other people's things -----------------------------------------------------------------------------------------------
def test_a_person_out_of_reach_cannot_be_put_on_a_point(branch):
    other = kit.make_branch(1, prefix="q", name="别的支部")
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    point = kit.point(branch.unit, name="王芳窗口", kind="person", person_id=branch.people[0].pk, actor=secretary)
    stranger = other.people[0]
    with pytest.raises(refusals.PointInvalid) as caught:
        points.update_point(point_id=point.pk, fields={"person_id": stranger.pk}, actor=secretary, at=MONDAY)
    assert [(fault.pointer, fault.code) for fault in caught.value.fields] == [("/person_id", "unknown")]
    assert SurveyPoint.objects.get().person == branch.people[0]
    # who was put there from above may stay when the secretary changes something else
    points.update_point(point_id=point.pk, fields={"person_id": stranger.pk}, actor=SYSTEM, at=MONDAY)
    points.update_point(point_id=point.pk, fields={"place": "二楼"}, actor=secretary, at=MONDAY)
    assert (SurveyPoint.objects.get().person, SurveyPoint.objects.get().place) == (stranger, "二楼")


def test_things_of_another_unit_are_not_there(branch, clerk):
    """Not forbidden: not found, so that nobody learns which ids exist. Nothing changes."""
    other = kit.make_branch(6, prefix="q", name="别的支部")
    draft, done, point = kit.draft(other), kit.published(other), kit.point(other.unit)
    case = kit.answer(point, 1, text="等").answer.follow_up
    subject = Subject.objects.filter(round=done).select_related("person").first()
    appeal = appeals.appeal(
        subject_id=subject.pk, reason="不服", actor=kit.actor_of(subject.person), at=done.published_at
    )
    rounds, spots = "/console/appraisal/rounds", f"/console/appraisal/points/{point.pk}"
    posts = [
        f"{rounds}/{draft.pk}/{deed}/" for deed in ("edit", "delete", "open", "close", "publish", "remind")
    ] + [
        f"{spots}/", f"{spots}/active/", f"{spots}/code/", f"/console/appraisal/appeals/{appeal.pk}/",
        f"/console/appraisal/follow-ups/{case.pk}/", f"/console/appraisal/answers/{case.answer_id}/hide/",
        f"/appraisal/follow-ups/{case.pk}/",
    ]  # fmt: skip
    gets = [
        f"{rounds}/{draft.pk}/", f"{rounds}/{done.pk}/results/", f"{rounds}/{done.pk}/results/export/",
        f"/console/appraisal/subjects/{subject.pk}/", f"{spots}/poster/", f"/appraisal/results/{subject.pk}/",
    ]  # fmt: skip
    given = {"deed": "accept", "answer": "好", "adjusted_total": "99", "reason": "不雅", "on": "0"}
    found = {path: clerk.post(path, given).status_code for path in posts}
    # moderating is not a secretary's work at all
    hide = f"/console/appraisal/answers/{case.answer_id}/hide/"
    assert found == {path: 403 if path == hide else 404 for path in posts}
    assert {path: clerk.get(path).status_code for path in gets} == dict.fromkeys(gets, 404)
    case.refresh_from_db()
    assert (case.state, SurveyPoint.objects.get().code, SurveyPoint.objects.get().is_active) == (
        "open",
        point.code,
        True,
    )
    assert Round.objects.get(pk=draft.pk).state == "draft" and AppraisalAppeal.objects.get().state == "open"


# --- Figures -------------------------------------------------------------------------------------------------------------
def test_two_points_of_one_name_are_two_lines(branch, actors):
    here, there = kit.point(branch.unit), kit.point(branch.top)
    for number, (row, grade) in enumerate(((here, 5), (here, 5), (there, 1))):
        kit.answer(row, grade, visit=kit.visit(row.code, address=f"198.51.{number}.1"))
    found = reads.trend(actor=actors.secretary, at=MONDAY + DAY, step="day")
    assert [(row.label, row.count, row.bad_count) for row in found.by_point] == [
        (here.name, 2, 0), (here.name, 1, 1),
    ]  # fmt: skip


def test_the_workbook_holds_what_the_list_shows(browser, hongqi, in_hongqi):
    for name in ("甲窗口", "乙窗口"):
        kit.answer(kit.point(name=name), 4, at=clock.now())
    page = browser(hongqi, "secretary").get("/console/appraisal/answers/?q=甲")
    assert "answers/export/?q=%E7%94%B2" in page.content.decode()
    book = browser(hongqi, "secretary").get("/console/appraisal/answers/export/?q=甲")
    rows = list(load_workbook(io.BytesIO(book.content)).active.rows)
    assert [row[1].value for row in rows] == ["考察点", "甲窗口"]


# --- Scoring -------------------------------------------------------------------------------------------------------------
def test_the_fullest_draft_fits_into_a_cookie(branch):
    """Browsers drop what is longer than 4096 bytes without a word, and the draft with it."""
    criteria = [{"name": f"指标{number}", "weight": 5, "max_score": 100} for number in range(20)]
    round = kit.opened(branch, criteria=criteria)
    duty = kit.duties(round)[0]
    given = {row.pk: "99.99" for row in criteria_of(round)}
    saved = scoring.save_draft(
        assignment_id=duty.pk, scores=given, comment="😀" * 300, actor=kit.actor_of(duty.reviewer), at=MONDAY + HOUR
    )
    assert len(saved.sealed) < 3500
    found = scoring.open_draft(duty.pk, saved.sealed)
    assert (len(found["scores"]), found["comment"]) == (20, "😀" * 300)
    for spoilt in (saved.sealed[:-4], "x" + saved.sealed, "é", "%%%", ""):
        assert scoring.open_draft(duty.pk, spoilt) == {"scores": {}, "comment": ""}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"closes_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}, "/closes_at"),
        ({"opens_at": datetime(1, 1, 1, tzinfo=UTC)}, "/opens_at"), ({"period_from": date(1, 1, 1)}, "/period_from"),
    ],
)  # fmt: skip
def test_times_no_calendar_can_show(branch, change, pointer):
    with pytest.raises(scoring_refusals.RoundInvalid) as caught:
        kit.draft(branch, **change)
    assert [fault.pointer for fault in caught.value.fields] == [pointer] and not Round.objects.exists()


def test_the_form_keeps_what_programs_wrote_about_a_criterion(browser, hongqi, branch):
    told = [{"name": "履职尽责", "weight": 100, "max_score": 10, "description": "看台账"}]
    round = kit.draft(branch, criteria=told)
    desk = browser(hongqi, "secretary")
    path = f"/console/appraisal/rounds/{round.pk}/edit/"
    page = desk.get(path)
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    given |= {
        "opens_at": "2026-03-02T09:00", "closes_at": "2026-03-09T09:00", "is_blind": "on", "version": "1",
        "period_from": "2025-01-01", "period_to": "2025-12-31",
        **{name: form.audience[name].value() or "" for name in form.audience.fields},
    }  # fmt: skip
    given["criteria"] = "履职尽责 60 10\n服务群众 40 10"
    assert desk.post(path, given).status_code == 302
    assert [(row.name, row.weight, row.description) for row in criteria_of(round)] == [
        ("履职尽责", 60, "看台账"), ("服务群众", 40, ""),
    ]  # fmt: skip


# --- Hidden words --------------------------------------------------------------------------------------------------------
def test_hiding_covers_the_words_of_asking_again(point):
    row = kit.answer(point, 1, text="金丝雀一").answer
    case = row.follow_up
    follow_ups.accept(follow_up_id=case.pk, actor=SYSTEM, at=MONDAY)
    follow_ups.reply(follow_up_id=case.pk, text="已改进", actor=SYSTEM, at=MONDAY)
    follow_ups.reopen(answer=row, wish="金丝雀二", at=MONDAY)
    moderating.hide_text(answer_id=row.pk, reason="辱骂", actor=SYSTEM, at=MONDAY)
    shown = [step.text for step in cases.steps_of(FollowUp.objects.select_related("answer").get())]
    assert "金丝雀二" not in shown and "（文字已隐藏）" in shown
    assert FollowUpStep.objects.filter(text="金丝雀二").count() == 1  # kept, as the first words are


# --- Two entries of one person -------------------------------------------------------------------------------------------
def test_merged_entries_score_and_are_scored_as_one(branch):
    """The login moves to the entry that stays; the tasks, the to-do and the result follow it. Nobody scores twice."""
    old, new = branch.people[0], branch.people[1]
    round = kit.opened(branch)
    running.tell_reviewers(round_id=round.pk, at=MONDAY)
    third = branch.people[2]
    kit.hand_in(kit.duties(round, old, third)[0], "8", "16")
    before = Sheet.objects.count()
    merging.merge_person(keep_id=new.pk, other_id=old.pk, at=MONDAY + HOUR)
    merging.merge_person(keep_id=new.pk, other_id=old.pk, at=MONDAY + HOUR)
    assert {duty.state for duty in kit.duties(round, new, third)} == {"excused"}  # done under the other entry
    pairs = {(duty.reviewer_id, duty.subject.person_id) for duty in kit.duties(round) if duty.state == "pending"}
    assert not pairs & {(new.pk, old.pk), (new.pk, new.pk), (new.pk, third.pk)} and Sheet.objects.count() == before
    assert not [pair for pair in pairs if pair[0] == old.pk]
    todos = Todo.objects.filter(state="open")
    assert not todos.filter(owner=reviewer_of(round.pk, old.pk)).exists()
    assert todos.filter(owner=reviewer_of(round.pk, new.pk)).count() == 1


def test_what_only_the_other_entry_had_moves(branch):
    """A result, a point and a follow-up of the entry that goes belong to the one that stays."""
    done = kit.published(branch)
    old = branch.people[0]
    stays = kit.make_person("吴明", branch.top)
    point = kit.point(branch.unit, kind="person", person_id=old.pk)
    case = kit.answer(point, 1).answer.follow_up
    FollowUp.objects.filter(pk=case.pk).update(owner=old)
    merging.merge_person(keep_id=stays.pk, other_id=old.pk, at=MONDAY)
    assert Subject.objects.filter(round=done, person=stays).count() == 1
    assert (SurveyPoint.objects.get().person, FollowUp.objects.get().owner) == (stays, stays)
