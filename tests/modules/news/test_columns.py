"""Columns: those to begin with, and a tenant's own."""

from __future__ import annotations

import uuid

import pytest

from modules.news import errors, services
from modules.news.models import Column
from tests.factories.news import ArticleFactory

pytestmark = pytest.mark.usefixtures("in_hongqi")


def names():
    return list(Column.objects.order_by("order").values_list("code", "name"))


DEFAULTS = [
    ("releases", "中心发布"), ("bulletins", "通知公告"), ("assessments", "专题考核"), ("documents", "文件传真"),
    ("notices", "活动通知"), ("lessons", "微党课"), ("achievements", "新成果"), ("cases", "好案例"),
]  # fmt: skip


def test_a_tenant_begins_with_its_columns_and_keeps_its_own_choice(actors):
    assert names() == DEFAULTS
    services.delete_column(column_id=Column.objects.get(code="documents").pk, actor=actors.editor)
    services.prepare_columns()
    assert names() == [pair for pair in DEFAULTS if pair[0] != "documents"]


def test_a_new_column_gets_a_code_and_the_last_place(actors):
    column = services.create_column(name="工会之家", actor=actors.editor)
    assert (column.code, column.order, column.is_active) == ("gong-hui-zhi-jia", 90, True)


@pytest.mark.parametrize(("name", "code", "refusal"), [
    ("", "", errors.ColumnInvalid), ("\u200b", "", errors.ColumnInvalid), ("长" * 21, "", errors.ColumnInvalid),
    ("a\x00", "", errors.ColumnInvalid), ("新", "Big", errors.ColumnInvalid), ("新", "a b", errors.ColumnInvalid),
    ("新", "代码", errors.ColumnInvalid), ("新", "a" * 41, errors.ColumnInvalid), ("新", "../x", errors.ColumnInvalid),
    ("新", "-", errors.ColumnInvalid), ("中心发布", "other", errors.ColumnTaken), ("新", "notices", errors.ColumnTaken),
])  # fmt: skip
def test_bad_columns_are_refused(name, code, refusal, actors):
    with pytest.raises(refusal):
        services.create_column(name=name, code=code, actor=actors.editor)
    assert names() == DEFAULTS


def test_a_column_with_articles_stays(actors):
    ArticleFactory(column="bulletins")
    with pytest.raises(errors.ColumnInUse):
        services.delete_column(column_id=Column.objects.get(code="bulletins").pk, actor=actors.editor)
    assert names() == DEFAULTS


def test_a_column_can_be_renamed_and_put_to_rest(actors):
    column = Column.objects.get(code="bulletins")
    services.update_column(column_id=column.pk, name="公示公告", is_active=False, actor=actors.editor)
    column.refresh_from_db()
    assert (column.code, column.name, column.is_active) == ("bulletins", "公示公告", False)
    with pytest.raises(errors.ArticleInvalid):
        ArticleFactory(column="bulletins")


def test_another_columns_name_is_taken(actors):
    with pytest.raises(errors.ColumnTaken):
        services.update_column(column_id=Column.objects.get(code="bulletins").pk, name="中心发布", actor=actors.editor)


def test_unknown_columns_are_missing(actors):
    with pytest.raises(errors.ColumnMissing):
        services.update_column(column_id=uuid.uuid4(), name="新", actor=actors.editor)


def test_the_kind_is_fixed_once_there_are_articles(actors):
    column = Column.objects.get(code="bulletins")
    services.update_column(column_id=column.pk, kind="activity", actor=actors.editor)
    services.update_column(column_id=column.pk, kind="article", needs_review=True, section="features", actor=actors.editor)
    ArticleFactory(column="bulletins")
    with pytest.raises(errors.ColumnKindFixed):
        services.update_column(column_id=column.pk, kind="activity", actor=actors.editor)
    column.refresh_from_db()
    assert (column.kind, column.needs_review, column.section) == ("article", True, "features")


@pytest.mark.parametrize("given", [{"kind": "film"}, {"section": "elsewhere"}], ids=["kind", "section"])
def test_unknown_kinds_and_sections_are_refused(given, actors):
    with pytest.raises(errors.ColumnInvalid):
        services.create_column(name="新", actor=actors.editor, **given)
    assert names() == DEFAULTS
