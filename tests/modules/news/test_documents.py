"""A document goes round twelve branches: nine sign, three are reminded, and the archive shows the whole trace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry, Notice
from jiceng.workflow.models import Todo
from jiceng.workflow.selectors import inbox
from modules.news import errors, selectors, services
from modules.news.errors import documents as refusals
from modules.news.models import Circulation, Document, Opinion
from modules.news.selectors import documents as reads
from modules.news.services import documents
from modules.news.services.documents_exporting import export_trace
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
NAMES = "赵钱孙李周吴郑王冯陈褚卫"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def branches():
    """(unit, its secretary) twelve times, below one committee."""
    committee = kit.make_unit("机关党委", kind="party_committee")
    found = []
    for number in range(1, 13):
        unit = kit.make_unit(f"第{number:02}支部", committee)
        found.append((unit, kit.secretary_of(unit, f"{NAMES[number - 1]}书记", f"shuji{number:02}")))
    return found


def details(branches, **more):
    return {
        "number": "机党发〔2026〕12号", "issuer": "机关党委", "urgency": "urgent", "issued_on": "2026-03-01",
        "sign_by": (MONDAY + 5 * DAY).isoformat(), "units": [str(unit.pk) for unit, _person in branches], **more,
    }  # fmt: skip


@pytest.fixture
def document(branches, actors):
    article = kit.write(column="documents", title="关于做好组织生活的通知", actor=actors.editor, details=details(branches), at=MONDAY)
    article = kit.publish(article, actor=actors.secretary, at=MONDAY)
    kit.deliver(article, at=MONDAY)
    return article


def sign(document, branch, at=MONDAY + HOUR, **more):
    unit, person = branch
    return documents.sign(article_id=document.pk, unit_id=unit.pk, actor=kit.actor_of(person), at=at, **more)


def test_the_whole_round(document, branches, actors):
    for branch in branches[:9]:
        assert [todo.title for todo in inbox(actor=kit.actor_of(branch[1]), at=MONDAY)] == ["签收：关于做好组织生活的通知"]
        sign(document, branch, opinion="已布置" if branch is branches[0] else "")
        assert not inbox(actor=kit.actor_of(branch[1]), at=MONDAY)
    assert reads.progress(document, at=MONDAY + 6 * DAY) == reads.Progress(12, 9, True)
    assert documents.remind_units(article_id=document.pk, actor=actors.secretary, at=MONDAY + DAY) == (3, 0)
    reminded = Entry.objects.filter(notice__title__startswith="请签收")
    assert sorted(reminded.values_list("user__display_name", flat=True)) == ["卫书记", "褚书记", "陈书记"]
    documents.archive(article_id=document.pk, number="2026-永-0012", actor=actors.secretary, at=MONDAY + 6 * DAY)
    rows = export_trace(article=document, actor=actors.secretary)
    deeds = [deed for _at, _who, _unit, deed, _text in rows]
    counted = {deed: deeds.count(deed) for deed in ("写成草稿", "发布", "签收", "提醒签收", "归档")}
    assert counted == {"写成草稿": 1, "发布": 1, "签收": 9, "提醒签收": 1, "归档": 1}
    assert next((unit, text) for _at, _who, unit, deed, text in rows if deed == "签收") == ("第01支部", "已布置")
    assert not Todo.objects.filter(state="open").exists()


def test_who_may_sign_reads_and_others_do_not(document, branches, actors):
    unit, person = branches[0]
    assert selectors.get_published(article_id=document.pk, actor=kit.actor_of(person)) == document
    outsider = kit.make_person("旁人", unit, login="pangren")
    for actor in (kit.actor_of(outsider), actors.member):
        with pytest.raises(errors.ArticleMissing):
            selectors.get_published(article_id=document.pk, actor=actor)
    assert document.title not in [row.title for row in selectors.feed(actor=actors.member, at=MONDAY + HOUR).articles]


def test_a_unit_signs_once_and_says_who_did(document, branches):
    sign(document, branches[0])
    deputy = kit.secretary_of(branches[0][0], "副书记", "fushuji")
    with pytest.raises(refusals.AlreadySigned, match="赵书记"):
        documents.sign(article_id=document.pk, unit_id=branches[0][0].pk, actor=kit.actor_of(deputy), at=MONDAY + 2 * HOUR)
    assert Circulation.objects.get(unit=branches[0][0]).signed_by_name == "赵书记"


def test_nobody_signs_for_another_unit(document, branches):
    with pytest.raises(Forbidden):
        documents.sign(
            article_id=document.pk, unit_id=branches[1][0].pk, actor=kit.actor_of(branches[0][1]), at=MONDAY + HOUR
        )
    elsewhere = kit.make_unit("外单位支部")
    with pytest.raises(refusals.CirculationMissing):
        documents.sign(article_id=document.pk, unit_id=elsewhere.pk, actor=kit.actor_of(branches[0][1]), at=MONDAY + HOUR)
    assert not Circulation.objects.filter(signed_at__isnull=False).exists()


def test_reminders_are_bounded(document, branches, actors):
    remind = lambda at: documents.remind_units(article_id=document.pk, actor=actors.secretary, at=at)  # noqa: E731
    assert remind(MONDAY + HOUR) == (12, 0)
    with pytest.raises(refusals.AllRemindedLately):
        remind(MONDAY + 2 * HOUR)
    assert remind(MONDAY + 2 * DAY) == (12, 0)
    assert remind(MONDAY + 4 * DAY) == (12, 0)
    with pytest.raises(refusals.AllRemindedLately):
        remind(MONDAY + 9 * DAY)
    assert Notice.objects.filter(title__startswith="请签收").count() == 3


def test_nothing_is_signed_after_archiving(document, branches, actors):
    documents.archive(article_id=document.pk, number="A-1", actor=actors.secretary, at=MONDAY + DAY)
    deeds = (
        lambda: sign(document, branches[0], at=MONDAY + 2 * DAY),
        lambda: documents.comment(article_id=document.pk, text="迟到", actor=kit.actor_of(branches[0][1]), at=MONDAY + 2 * DAY),
        lambda: documents.remind_units(article_id=document.pk, actor=actors.secretary, at=MONDAY + 2 * DAY),
        lambda: documents.archive(article_id=document.pk, number="A-2", actor=actors.secretary, at=MONDAY + 2 * DAY),
        lambda: documents.add_units(article_id=document.pk, unit_ids=[], actor=actors.secretary, at=MONDAY + 2 * DAY),
    )
    for deed in deeds:
        with pytest.raises(refusals.DocumentArchived):
            deed()
    assert (Document.objects.get().archive_number, Opinion.objects.count()) == ("A-1", 0)


def test_units_can_be_added_later(document, branches, actors):
    late = kit.make_unit("新支部")
    secretary = kit.secretary_of(late, "新书记", "xinshuji")
    added = documents.add_units(article_id=document.pk, unit_ids=[late.pk, branches[0][0].pk], actor=actors.secretary, at=MONDAY + DAY)
    assert (added, reads.progress(document, at=MONDAY).total) == (1, 13)
    assert [todo.title for todo in inbox(actor=kit.actor_of(secretary), at=MONDAY + DAY)] == ["签收：关于做好组织生活的通知"]


def test_withdrawing_closes_what_waited(document, branches, actors):
    services.withdraw_article(article_id=document.pk, reason="有误", actor=actors.secretary, at=MONDAY + HOUR)
    assert not Todo.objects.filter(state="open").exists()
    with pytest.raises(errors.NotPublished):
        sign(document, branches[0], at=MONDAY + 2 * HOUR)
    with pytest.raises(errors.ArticleWithdrawn):
        selectors.get_published(article_id=document.pk, actor=kit.actor_of(branches[0][1]))


def test_opening_without_signing_is_seen(document, branches):
    documents.note_reading(article=document, actor=kit.actor_of(branches[3][1]), at=MONDAY + HOUR)
    documents.note_reading(article=document, actor=kit.actor_of(branches[3][1]), at=MONDAY + 2 * HOUR)
    read = Circulation.objects.exclude(first_read_at=None)
    assert list(read.values_list("unit_name", "first_read_at")) == [("第04支部", MONDAY + HOUR)]


def test_a_number_is_given_once(document, branches, actors):
    with pytest.raises(refusals.NumberTaken):
        kit.write(column="documents", actor=actors.editor, details=details(branches))
    other = kit.write(column="documents", actor=actors.editor, details=details(branches, number=""))
    kit.publish(other, at=MONDAY)
    documents.archive(article_id=document.pk, number="A-1", actor=actors.secretary, at=MONDAY + DAY)
    with pytest.raises(refusals.NumberTaken):
        documents.archive(article_id=other.pk, number="A-1", actor=actors.secretary, at=MONDAY + DAY)


BAD = [
    ("urgency", "soon", "/details/urgency"), ("issued_on", "2026-13-01", "/details/issued_on"),
    ("issued_on", 20260301, "/details/issued_on"), ("sign_by", "tomorrow", "/details/sign_by"),
    ("sign_by", "2026-03-01T09:00:00", "/details/sign_by"), ("units", "x", "/details/units"),
    ("units", ["x"], "/details/units"), ("units", ["01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11"], "/details/units"),
    ("number", "长" * 61, "/details/number"), ("film", 1, "/details/film"), ("issuer", "\x00", "/details/issuer"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "pointer"), BAD, ids=[f"{name}-{number}" for number, (name, _v, _p) in enumerate(BAD)])
def test_bad_details_are_refused(name, value, pointer, branches, actors):
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.write(column="documents", actor=actors.editor, details=details(branches, **{name: value}))
    assert [fault.pointer for fault in refused.value.fields] == [pointer]
    assert not Document.objects.exists()


def test_a_document_for_nobody_is_not_published(actors):
    article = kit.write(column="documents", actor=actors.editor, details={"number": "1"})
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.publish(article)
    assert [fault.pointer for fault in refused.value.fields] == ["/details/units"]
    assert Document.objects.get().number == "1"


def test_units_without_anybody_to_sign_are_named(branches, actors):
    lonely = kit.make_unit("空支部")
    given = details([*branches[:1], (lonely, None)])
    article = kit.write(column="documents", actor=actors.editor, details=given)
    assert reads.units_without_holders(article, at=MONDAY) == ["空支部"]
