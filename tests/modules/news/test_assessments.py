"""专题考核: two branches hand in, one does not; scores by two, totals to the cent, an appeal upheld, the bulletin."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry
from jiceng.workflow.models import Todo
from jiceng.workflow.selectors import inbox
from modules.news import errors, selectors, services
from modules.news.errors import assessments as refusals
from modules.news.models import Appeal, Assessment, AssessmentTarget, Criterion, Evidence, Phase, Score
from modules.news.selectors import assessments as reads
from modules.news.services import assessments_running as running
from modules.news.services.assessments_running import Given
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = MONDAY + 7 * DAY
CRITERIA = [
    {"name": "组织生活", "weight": 60, "max_score": 30}, {"name": "日常表现", "weight": 40, "needs_evidence": False},
]  # fmt: skip


@pytest.fixture
def branches():
    """Three branches and their secretaries."""
    found = []
    for number, name in enumerate("赵钱孙", 1):
        unit = kit.make_unit(f"第{number}支部")
        found.append((unit, kit.actor_of(kit.secretary_of(unit, f"{name}书记", f"shuji{number}"))))
    return found


def details(branches, **more):
    return {
        "submit_by": DUE.isoformat(), "appeal_days": 3, "criteria": CRITERIA, "units": [str(unit.pk) for unit, _a in branches], **more,
    }  # fmt: skip


def draft(branches, actors, **more):
    given = details(branches, **more)
    return kit.write(column="assessments", title="四季度考核", actor=actors.editor, at=MONDAY, details=given)


@pytest.fixture
def task(branches, actors):
    return kit.publish(draft(branches, actors), actor=actors.secretary, at=MONDAY)


def target_of(task, unit):
    return AssessmentTarget.objects.get(assessment=task.pk, unit=unit)


def write(task, branch, text="开展主题党日 3 次", at=MONDAY + HOUR, **more):
    unit, actor = branch
    criterion = Criterion.objects.get(assessment=task.pk, name="组织生活")
    return running.write_evidence(
        target_id=target_of(task, unit).pk, criterion_id=criterion.pk, text=text, actor=actor, at=at, **more
    )


def hand_in(task, branch, at=MONDAY + HOUR):
    return running.hand_in(target_id=target_of(task, branch[0]).pk, actor=branch[1], at=at)


def score(task, unit, actor, *values, at=DUE + HOUR):
    rows = Criterion.objects.filter(assessment=task.pk)
    given = {row.pk: Given(value) for row, value in zip(rows, values, strict=False)}
    running.give_scores(target_id=target_of(task, unit).pk, scores=given, actor=actor, at=at)


@pytest.fixture
def scoring(task, branches):
    """The first two handed in, the third did not."""
    for branch in branches[:2]:
        write(task, branch)
        hand_in(task, branch)
    assert running.start_scoring(article_id=task.pk, actor=Actor.system(), at=DUE)
    return task


@pytest.fixture
def appealing(scoring, branches, actors):
    for unit, _actor in branches:
        score(scoring, unit, actors.secretary, "24", "85.5")
    score(scoring, branches[0][0], actors.editor, "27", "90")
    running.close_scoring(article_id=scoring.pk, actor=actors.secretary, at=DUE + DAY)
    return scoring


def totals(task):
    return {row.name: row.total for row in AssessmentTarget.objects.filter(assessment=task.pk)}


def test_everybody_responsible_is_asked(task, branches):
    for _unit, actor in branches:
        assert [todo.title for todo in inbox(actor=actor, at=MONDAY)] == ["提交考核材料：四季度考核"]
    assert all(todo.due_at == DUE for todo in Todo.objects.all())
    planned = OutboxMessage.objects.filter(name="news.start_scoring")
    assert planned.count() == 1


def test_handing_in(task, branches, hongqi):
    with pytest.raises(refusals.EvidenceNeeded):
        hand_in(task, branches[0])
    row = write(task, branches[0], text="", uploads=[samples.upload("总结.txt", "总结".encode())])
    assert [file.original_name for file in reads.files_of(row)] == ["总结.txt"]
    file = reads.files_of(row).get()
    write(task, branches[0], text="改为文字", drop=[file.pk])
    assert not reads.files_of(row).exists()
    done = hand_in(task, branches[0])
    assert done.handed_in_by_name == "赵书记"
    assert not inbox(actor=branches[0][1], at=MONDAY)
    for again in (lambda: hand_in(task, branches[0]), lambda: write(task, branches[0])):
        with pytest.raises(refusals.HandedInAlready):
            again()
    assert AuditEntry.objects.filter(action="news.assessment.handed_in").count() == 1
    assert OutboxMessage.objects.filter(name="news.assessment.handed_in").count() == 1


def test_another_branch_can_do_nothing(task, branches, actors):
    stranger = (branches[0][0], branches[1][1])
    for deed in (lambda: write(task, stranger), lambda: hand_in(task, stranger)):
        with pytest.raises(refusals.AssessmentMissing):
            deed()
    assert not Evidence.objects.exists()
    with pytest.raises(refusals.AssessmentMissing):
        reads.get_target(target_of(task, branches[0][0]).pk, actor=actors.member)


def test_files_are_for_those_concerned(task, branches, actors):
    row = write(task, branches[0], uploads=[samples.upload("总结.txt", "总结".encode())])
    asked = {"owner_id": str(row.pk)}
    assert reads.may_read_evidence(actor=branches[0][1], **asked)
    assert reads.may_read_evidence(actor=actors.editor, **asked)
    for actor in (branches[1][1], actors.member, actors.stranger):
        assert not reads.may_read_evidence(actor=actor, **asked)
    assert StoredFile.objects.get().owner == f"news.evidence:{row.pk}"


def test_late_is_late(task, branches):
    with pytest.raises(refusals.NotCollecting):
        write(task, branches[0], at=DUE)
    assert not running.start_scoring(article_id=task.pk, actor=Actor.system(), at=DUE - HOUR)
    assert running.start_scoring(article_id=task.pk, actor=Actor.system(), at=DUE)
    assert not running.start_scoring(article_id=task.pk, actor=Actor.system(), at=DUE)
    with pytest.raises(refusals.NotCollecting):
        hand_in(task, branches[0], at=MONDAY)
    assert not Todo.objects.filter(state="open", kind="news.assessment").exists()


def test_totals_to_the_cent(appealing):
    # (24+27)/2/30*60 + (85.5+90)/2/100*40 = 51 + 35.10; 24/30*60 + 34.20 = 82.20; nothing handed in: 34.20
    assert totals(appealing) == {"第1支部": Decimal("86.10"), "第2支部": Decimal("82.20"), "第3支部": Decimal("34.20")}
    recomputed = {row.name: row.total for row in reads.with_totals(Assessment.objects.get(pk=appealing.pk))}
    assert recomputed == totals(appealing)


@pytest.mark.parametrize(
    ("scores", "total"),
    [(("10", "0"), "20.00"), (("0.01", "0.01"), "0.02"), (("29.99", "99.99"), "99.98"), (("30", "100"), "100.00")],
)
def test_rounding(scoring, branches, actors, scores, total):
    for unit, _actor in branches[:2]:
        score(scoring, unit, actors.secretary, *scores)
    running.close_scoring(article_id=scoring.pk, actor=actors.secretary, at=DUE + DAY)
    assert totals(scoring)["第1支部"] == Decimal(total)


def test_nobody_handed_in_is_forgotten(scoring, branches, actors):
    score(scoring, branches[0][0], actors.secretary, "24", "85")
    score(scoring, branches[1][0], actors.secretary, "24")
    with pytest.raises(refusals.ScoresMissing, match="第2支部"):
        running.close_scoring(article_id=scoring.pk, actor=actors.secretary, at=DUE + DAY)
    assert Assessment.objects.get(pk=scoring.pk).phase == Phase.SCORING


@pytest.mark.parametrize("value", ["-1", "30.01", "1.234", "abc", "NaN", "Infinity", "1e3"])
def test_impossible_scores(scoring, branches, actors, value):
    with pytest.raises(refusals.ScoresInvalid):
        score(scoring, branches[0][0], actors.secretary, value, "50")
    assert not Score.objects.exists()


def test_who_may_score(scoring, branches, actors):
    for actor in (actors.member, branches[0][1]):
        with pytest.raises(Forbidden):
            score(scoring, branches[0][0], actor, "10", "10")
    score(scoring, branches[0][0], actors.secretary, "10", "10")
    score(scoring, branches[0][0], actors.editor, "20", "20")
    score(scoring, branches[0][0], actors.secretary, "11", "12")
    assert sorted(Score.objects.values_list("scorer__username", "value")) == [
        ("bianji", Decimal(20)), ("bianji", Decimal(20)), ("shuji", Decimal(11)), ("shuji", Decimal(12)),
    ]  # fmt: skip


def test_scoring_has_its_time(task, branches, actors):
    with pytest.raises(refusals.NotScoring):
        score(task, branches[0][0], actors.secretary, "10", "10")
    with pytest.raises(refusals.NotScoring):
        running.close_scoring(article_id=task.pk, actor=actors.secretary, at=MONDAY)


def test_an_appeal_is_upheld(appealing, branches, actors):
    unit, secretary = branches[1]
    told = Entry.objects.filter(user=secretary.user, notice__title__startswith="考核结果")
    assert told.count() == 1
    made = running.appeal(
        target_id=target_of(appealing, unit).pk, reason="少算一次活动", actor=secretary, at=DUE + 2 * DAY
    )
    with pytest.raises(refusals.AppealOpen):
        running.appeal(target_id=target_of(appealing, unit).pk, reason="再说一遍", actor=secretary, at=DUE + 2 * DAY)
    with pytest.raises(refusals.AppealsOpen):
        running.conclude(article_id=appealing.pk, actor=actors.secretary, at=DUE + 9 * DAY)
    running.answer_appeal(
        appeal_id=made.pk, answer="补算", adjusted_total="84", actor=actors.secretary, at=DUE + 3 * DAY
    )
    assert totals(appealing)["第2支部"] == Decimal(84)
    assert Entry.objects.filter(user=secretary.user, notice__title__startswith="申诉已答复").count() == 1
    running.conclude(article_id=appealing.pk, actor=actors.secretary, at=DUE + 9 * DAY)
    assert OutboxMessage.objects.filter(name="news.assessment.concluded").count() == 1
    with pytest.raises(refusals.NotAppealing):
        running.appeal(target_id=target_of(appealing, unit).pk, reason="晚了", actor=secretary, at=DUE + 9 * DAY)


@pytest.mark.parametrize("total", ["-1", "100.5", "很高"])
def test_a_bad_answer_changes_nothing(appealing, branches, actors, total):
    unit, secretary = branches[1]
    made = running.appeal(target_id=target_of(appealing, unit).pk, reason="有误", actor=secretary, at=DUE + 2 * DAY)
    with pytest.raises(refusals.AppealInvalid):
        running.answer_appeal(
            appeal_id=made.pk, answer="好", adjusted_total=total, actor=actors.secretary, at=DUE + 3 * DAY
        )
    with pytest.raises(Forbidden):
        running.answer_appeal(appeal_id=made.pk, answer="好", actor=secretary, at=DUE + 3 * DAY)
    assert Appeal.objects.get().state == "open"
    assert totals(appealing)["第2支部"] == Decimal("82.20")


def test_appeals_have_their_days(appealing, branches, actors):
    unit, secretary = branches[0]
    with pytest.raises(refusals.AppealsOpen):
        running.conclude(article_id=appealing.pk, actor=actors.secretary, at=DUE + 2 * DAY)
    with pytest.raises(refusals.NotAppealing):
        running.appeal(target_id=target_of(appealing, unit).pk, reason="晚了", actor=secretary, at=DUE + 4 * DAY)


BAD = {
    "weights of 90": ({"criteria": [{"name": "一", "weight": 90}]}, "/details/criteria"),
    "no targets": ({"units": []}, "/details/units"),
    "deadline over": ({"submit_by": (MONDAY - DAY).isoformat()}, "/details/submit_by"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_missing_is_not_published(branches, actors, name):
    more, pointer = BAD[name]
    article = draft(branches, actors, **more)
    with pytest.raises(errors.ArticleInvalid) as caught:
        kit.publish(article, actor=actors.secretary, at=MONDAY)
    assert pointer in [fault.pointer for fault in caught.value.fields]
    assert not Todo.objects.exists()


WRONG = {
    "no time": ({"submit_by": "soon"}, "/details/submit_by"), "weight of 0": ({"criteria": [{"name": "一", "weight": 0}]}, "/details/criteria/0/weight"),
    "text as weight": ({"criteria": [{"name": "一", "weight": "50"}]}, "/details/criteria/0/weight"),
    "no name": ({"criteria": [{"weight": 50}]}, "/details/criteria/0/name"),
    "twice": ({"criteria": [{"name": "一", "weight": 50}, {"name": "一", "weight": 50}]}, "/details/criteria/1/name"),
    "unknown unit": ({"units": ["00000000-0000-0000-0000-000000000000"]}, "/details/units"),
    "days": ({"appeal_days": 61}, "/details/appeal_days"), "kind": ({"target_kind": "animal"}, "/details/target_kind"),
    "field": ({"colour": "red"}, "/details/colour"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_details(branches, actors, name):
    more, pointer = WRONG[name]
    with pytest.raises(errors.ArticleInvalid) as caught:
        draft(branches, actors, **more)
    assert [fault.pointer for fault in caught.value.fields] == [pointer]
    assert not Assessment.objects.exists()


def test_people_are_assessed_too(actors):
    person = kit.make_person("李明", login="liming")
    given = {"submit_by": DUE.isoformat(), "criteria": CRITERIA, "target_kind": "person", "people": [str(person.pk)]}
    article = kit.write(column="assessments", actor=actors.editor, at=MONDAY, details=given)
    kit.publish(article, actor=actors.secretary, at=MONDAY)
    assert len(inbox(actor=kit.actor_of(person), at=MONDAY)) == 1
    assert reads.may_read(article, actor=kit.actor_of(person))


def test_withdrawn_asks_nobody(task, actors, branches):
    services.withdraw_article(article_id=task.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    assert not Todo.objects.filter(state="open").exists()
    with pytest.raises(refusals.AssessmentMissing):
        write(task, branches[0])


def test_the_whole_way_by_hand(client_for, login, hongqi, people, task, branches, clock):
    with clock(MONDAY + HOUR):
        _go_all_the_way(client_for, login, hongqi, people, task, branches)


def _go_all_the_way(client_for, login, hongqi, people, task, branches):
    phone = login(client_for(hongqi), branches[0][1].user)
    target = target_of(task, branches[0][0])
    home = f"/news/assessments/{target.pk}/"
    assert "第1支部" in phone.get(f"/news/{task.pk}/").content.decode()
    criterion = Criterion.objects.get(assessment=task.pk, name="组织生活")
    assert phone.post(f"{home}hand-in/").status_code == 302
    assert "还没有填写" in phone.get(home).content.decode()
    posted = {"text": "开展主题党日", "uploads": samples.upload("总结.txt", "总结".encode(), "text/plain")}
    assert phone.post(f"{home}evidence/{criterion.pk}/", posted).status_code == 302
    assert "总结.txt" in phone.get(f"{home}evidence/{criterion.pk}/").content.decode()
    phone.post(f"{home}hand-in/")
    assert AssessmentTarget.objects.get(pk=target.pk).handed_in_at is not None
    other = login(client_for(hongqi), branches[1][1].user)
    assert other.get(home).status_code == 404

    desk = login(client_for(hongqi), people(hongqi).secretary)
    sheet = f"/console/news/assessments/{target.pk}/"
    assert desk.post(f"/console/news/assessments/of/{task.pk}/phase/", {"deed": "score"}).status_code == 302
    rows = list(Criterion.objects.filter(assessment=task.pk))
    bad = desk.post(sheet, {f"value-{rows[0].pk}": "31"})
    assert (bad.status_code, "应为 0 到 30" in bad.content.decode()) == (422, True)
    good = {f"value-{row.pk}": "20" for row in rows}
    assert desk.post(sheet, good).status_code == 302
    desk.post(f"/console/news/assessments/of/{task.pk}/phase/", {"deed": "close"})
    assert AssessmentTarget.objects.get(pk=target.pk).total == Decimal(48)
    assert "48.00" in phone.get(home).content.decode()
    assert phone.post(f"{home}appeal/", {"reason": ""}).status_code == 422
    assert phone.post(f"{home}appeal/", {"reason": "请复核"}).status_code == 302
    made = Appeal.objects.get()
    assert desk.post(f"/console/news/assessments/appeals/{made.pk}/", {"answer": "维持"}).status_code == 302
    exported = desk.get(f"/console/news/assessments/of/{task.pk}/export/").content.decode("utf-8-sig")
    assert "第1支部" in exported
    assert "48.00" in exported
    assert phone.get(sheet).status_code in (403, 404)
    assert selectors.get_managed(article_id=task.pk, actor=Actor.for_user(people(hongqi).secretary))


def test_the_editor_form(client_for, login, hongqi, people, branches):
    desk = login(client_for(hongqi), people(hongqi).secretary)
    posted = {
        "title": "考核", "column": "assessments", "body": "<p>正文</p>", "level": "internal", "details-submit_by": "2035-01-01T09:00",
        "details-criteria": "组织生活 60 30\n日常表现，40 不需材料", "details-units": [str(branches[0][0].pk)], "details-appeal_days": "0",
    }  # fmt: skip
    assert desk.post("/console/news/new/?kind=assessment", posted).status_code == 302
    kept = Assessment.objects.get()
    rows = list(Criterion.objects.filter(assessment=kept).values_list("name", "weight", "max_score", "needs_evidence"))
    assert rows == [("组织生活", 60, 30, True), ("日常表现", 40, 100, False)]
    assert kept.appeal_days == 0
    assert "日常表现 40 100 不需材料" in desk.get(f"/console/news/{kept.pk}/").content.decode()
    wrong = desk.post("/console/news/new/?kind=assessment", {**posted, "details-criteria": "只有名称"})
    assert (wrong.status_code, "第 1 行看不懂" in wrong.content.decode()) == (422, True)
