"""A blind round cannot be undone: not by tables, pages, exports, the audit trail, events, ids or order."""

from __future__ import annotations

import base64
import io
import json
import uuid

import pytest
from django.db import connection
from openpyxl import load_workbook

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.notices.models import Entry, Notice
from jiceng.workflow.models import Todo
from modules.appraisal.errors import scoring as refusals
from modules.appraisal.models import Assignment, Round, Sheet, SheetScore, Subject
from modules.appraisal.selectors import results as reads
from modules.appraisal.selectors.rounds import criteria_of
from modules.appraisal.services import exporting, running, scoring
from tests.support.seed import tenant_models

from . import kit
from .kit import HOUR, MONDAY, SYSTEM


def told_by(duty):
    """Every reviewer gives scores and words of their own, so that each could be recognised."""
    mark = int(uuid.uuid5(uuid.NAMESPACE_OID, f"{duty.reviewer_name}{duty.subject.name}")) % 900 + 100
    return f"{mark / 100:.2f}", f"1{mark % 10}.{mark % 100:02d}"


def words_of(duty):
    return f"金丝雀{duty.reviewer_name}说{duty.subject.name}"


@pytest.fixture
def round(branch):
    return kit.opened(branch, weights={"self": 10, "peers": 50, "branch": 20, "leaders": 20})


@pytest.fixture
def filled(round):
    for duty in kit.duties(round):
        kit.hand_in(duty, *told_by(duty), comment=words_of(duty))
    return round


def filled_by_themselves(round):
    return [duty for duty in kit.duties(round) if duty.group == "self"]


def everything_but_sheets() -> str:
    """All that the tenant's tables hold, as text, without the sheets themselves."""
    names = [model._meta.db_table for model in tenant_models() if model not in (Sheet, SheetScore)]
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'SELECT coalesce(string_agg(x::text, chr(10)), $$$$) FROM "{name}" x')
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def test_no_column_leads_from_a_sheet_to_its_reviewer(filled):
    assert set(Sheet.objects.values_list("assignment", flat=True)) == {None}
    columns = {field.column for model in (Sheet, SheetScore) for field in model._meta.concrete_fields}
    assert columns == {
        "id", "subject_id", "assignment_id", "group", "is_blind", "is_handed_in", "comment", "sheet_id", "criterion_id", "value",
    }  # fmt: skip
    # and nothing on the other side says what was given, or when
    assert {field.column for field in Assignment._meta.concrete_fields} == {
        "id", "round_id", "subject_id", "reviewer_id", "reviewer_name", "group", "state",
    }  # fmt: skip


def test_ids_of_sheets_say_nothing_of_time(filled):
    versions = {pk.version for model in (Sheet, SheetScore) for pk in model.objects.values_list("pk", flat=True)}
    assert versions == {4}


def test_nothing_else_in_the_database_holds_what_was_given(filled):
    """Scores, words and ids of sheets are in no other table: no audit entry, event, to-do, notice, session."""
    kept = everything_but_sheets()
    sheets = list(Sheet.objects.prefetch_related("scores"))
    assert len(sheets) == Assignment.objects.count() > 30
    for sheet in sheets:
        assert sheet.comment not in kept
        for text in (str(sheet.pk), sheet.pk.hex, *(str(row.pk) for row in sheet.scores.all())):
            assert text not in kept
    assert "金丝雀" not in kept


def test_audit_and_events_say_only_that_somebody_took_part(filled):
    assert not AuditEntry.objects.filter(action__contains="sheet").exists()
    for message in OutboxMessage.objects.filter(name="appraisal.sheet.handed_in"):
        assert set(message.payload) == {"round_id", "user_id", "person_id"}
    assert not Todo.objects.filter(title__contains="金丝雀").exists()


def test_closing_writes_the_sheets_anew_in_another_order(filled):
    """Else rows of one transaction, or in the order of handing in, would tell the database's own keepers."""
    before = {sheet.pk: (sheet.subject_id, sheet.comment) for sheet in Sheet.objects.all()}
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    after = {sheet.pk: (sheet.subject_id, sheet.comment) for sheet in Sheet.objects.all()}
    own = set(Sheet.objects.filter(comment="").values_list("pk", flat=True))  # of a self-review the words go
    assert {after[pk][1] for pk in after if pk not in own} | {words_of(duty) for duty in filled_by_themselves(filled)} == {
        comment for _subject, comment in before.values()
    }  # fmt: skip
    assert len(after) == len(before) and len(own) == len(filled_by_themselves(filled))
    assert not set(after) & set(before)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM appraisal_sheet ORDER BY ctid")
        written = [pk for (pk,) in cursor.fetchall()]
        assert written == sorted(written)
    assert SheetScore.objects.count() == 2 * len(after)


def test_the_group_of_a_kept_sheet_never_names_its_reviewer(filled):
    """The only secretary's sheet, the leader's and one's own are told from the others by nothing, not even in the tables."""
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    for subject in Subject.objects.filter(round=filled):
        groups = list(Sheet.objects.filter(subject=subject).values_list("group", flat=True))
        assert all(groups.count(group) >= 3 for group in groups), groups
        assert "self" not in groups


def test_of_who_was_judged_by_too_few_nothing_is_kept(in_hongqi):
    branch = kit.make_branch(1)
    kit.closed(branch, weights={"peers": 50, "leaders": 50})
    assert Assignment.objects.filter(state="done").count() == 4
    assert not Sheet.objects.exists() and not SheetScore.objects.exists()


def test_handed_in_is_final(round):
    duty = kit.duties(round)[0]
    kit.hand_in(duty, 5, 5)
    with pytest.raises(refusals.HandedInAlready):
        kit.hand_in(duty, 9, 9)
    given = {row.pk: "9" for row in criteria_of(round)}
    with pytest.raises(refusals.HandedInAlready):
        scoring.save_draft(
            assignment_id=duty.pk, scores=given, comment="", actor=kit.actor_of(duty.reviewer), at=MONDAY + HOUR
        )
    assert sorted(SheetScore.objects.values_list("value", flat=True)) == [5, 5]


def test_drafts_leave_nothing_here(round):
    duty, (first, *_rest) = kit.duties(round)[0], criteria_of(round)
    saved = scoring.save_draft(
        assignment_id=duty.pk,
        scores={first.pk: "7.77"},
        comment="金丝雀草稿",
        actor=kit.actor_of(duty.reviewer),
        at=MONDAY + HOUR,
    )
    assert not Sheet.objects.exists() and "金丝雀" not in everything_but_sheets()
    sealed = base64.urlsafe_b64decode(saved.sealed + "==")
    assert len(sealed) > 50 and "金丝雀" not in sealed.decode(errors="ignore")
    assert scoring.open_draft(duty.pk, saved.sealed) == {"scores": {str(first.pk): "7.77"}, "comment": "金丝雀草稿"}
    # only for this assignment, and nothing for what was made up
    for pk, sealed in ((kit.duties(round)[1].pk, saved.sealed), (duty.pk, "00ff"), (duty.pk, "no hex")):
        assert scoring.open_draft(pk, sealed) == {"scores": {}, "comment": ""}


# --- Pages ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def pages(filled, browser, hongqi):
    """What the administrator can open, before and after the end."""
    client = browser(hongqi, "secretary")
    base = f"/console/appraisal/rounds/{filled.pk}/"

    def read():
        paths = [base, "/console/appraisal/", f"/api/v1/appraisal/rounds/{filled.pk}"]
        if Round.objects.get(pk=filled.pk).has_results:
            paths += [f"{base}results/", f"/api/v1/appraisal/results?round={filled.pk}"]
            paths += [f"/console/appraisal/subjects/{pk}/" for pk in Subject.objects.values_list("pk", flat=True)]
        return {path: client.get(path) for path in paths}

    return read


def test_while_it_runs_pages_show_counts_only(pages):
    for path, answer in pages().items():
        text = answer.content.decode()
        assert answer.status_code == 200 and "金丝雀" not in text, path
        for value in SheetScore.objects.values_list("value", flat=True):
            assert f">{value}<" not in text and f'"{value}"' not in text


def test_while_it_runs_nobody_has_results(filled, browser, hongqi):
    client = browser(hongqi, "secretary")
    pk = Subject.objects.values_list("pk", flat=True)[0]
    base = f"/console/appraisal/rounds/{filled.pk}/results/"
    assert client.get(base).status_code == client.get(f"{base}export/").status_code == 409
    assert client.get(f"/console/appraisal/subjects/{pk}/").status_code == 404
    assert client.get(f"/api/v1/appraisal/results?round={filled.pk}").json()["results"] == []


def test_after_the_end_no_page_names_a_reviewer_beside_what_they_gave(pages, filled):
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    duties = kit.duties(filled)
    found = pages()
    for path, answer in found.items():
        assert answer.status_code == 200
        for duty in duties:
            assert f"{duty.pk}" not in answer.content.decode(), path
    for subject in Subject.objects.filter(round=filled):
        text = found[f"/console/appraisal/subjects/{subject.pk}/"].content.decode()
        # no list of who gave what, whose names would stand beside scores
        assert '<th scope="col">评分人</th>' not in text
        # one's own review is not among the comments, and not a line of its own
        assert words_of(next(d for d in duties if d.subject_id == subject.pk and d.group == "self")) not in text
        assert '<th scope="row">自评</th>' not in text and '<th scope="row">上级评</th>' not in text


def test_named_sheets_are_asked_for_in_vain(filled):
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    for subject in Subject.objects.filter(round=filled).select_related("round"):
        assert reads.named_sheets(subject) == []


def test_comments_come_in_no_order_and_only_of_enough(filled, branch):
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    subject = Subject.objects.select_related("round").get(person=branch.people[0])
    ids = list(
        Sheet.objects.filter(subject=subject).exclude(comment="").order_by("pk").values_list("comment", flat=True)
    )
    assert reads.comments_of(subject) == ids and len(ids) == 7
    Sheet.objects.filter(pk__in=Sheet.objects.filter(subject=subject).order_by("pk").values("pk")[2:]).delete()
    assert reads.comments_of(subject) == []


def test_the_workbook_has_means_and_no_reviewers(filled, actors):
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    round = Round.objects.get(pk=filled.pk)
    sheet = load_workbook(io.BytesIO(exporting.export_results(round=round, actor=actors.secretary))).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0] == ["姓名", "组织", "履职尽责（60%）", "服务群众（40%）", "总分", "等次", "评分人数", "说明"]
    text = json.dumps(rows, ensure_ascii=False)
    assert "金丝雀" not in text and "高书记" not in text  # the leader judges and is not judged
    assert AuditEntry.objects.filter(action="appraisal.round.exported").count() == 1


def test_what_is_shown_never_isolates_one_person(filled):
    """Every line of every explanation is of three others or more: no total can be solved for one of them."""
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    for subject in Subject.objects.filter(round=filled):
        assert subject.total is not None
        for line in subject.explanation["lines"]:
            assert line["count"] - ("self" in line["groups"]) >= 3, line


def test_too_few_reviewers_no_result(in_hongqi):
    branch = kit.make_branch(1)  # the secretary and one member: each is judged by one peer and the leader
    round = kit.closed(branch, weights={"peers": 50, "leaders": 50})
    assert set(Subject.objects.filter(round=round).values_list("total", "grade")) == {(None, "")}
    assert {json.dumps(row) for row in Subject.objects.values_list("explanation__criteria", flat=True)} == {"[]"}


def test_notices_do_not_name_anybody(filled):
    running.tell_reviewers(round_id=filled.pk, at=MONDAY)
    running.close_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    running.publish_round(round_id=filled.pk, actor=SYSTEM, at=filled.closes_at)
    assert set(Notice.objects.values_list("title", flat=True)) == {"年度评议"}
    assert set(Notice.objects.values_list("text", flat=True)) == {""}
    assert Entry.objects.filter(notice__category="appraisal.result").count() == 7


def test_a_page_for_a_blind_sheet_handed_in_shows_nothing_of_it(filled, branch, client_for, hongqi):
    client = client_for(hongqi).login_as(branch.people[0].user)
    duty = kit.duties(filled, branch.people[0])[0]
    text = client.get(f"/appraisal/score/{duty.pk}/").content.decode()
    assert "已提交" in text and "金丝雀" not in text and "checked" not in text
