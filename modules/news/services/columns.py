"""The headings that articles stand under."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError

from .. import errors
from ..models import Article, Column
from .cleaning import Cleaner

DEFAULT_COLUMNS = (
    ("releases", "中心发布"), ("assessments", "专题考核"), ("documents", "文件传真"), ("notices", "活动通知"),
)  # fmt: skip


@transaction.atomic
def create_column(*, name: str, actor: Actor, code: str = "", order: int | None = None) -> Column:
    """Add a column. Without ``code`` one is made from the name's pinyin; without ``order`` it stands last.

    Raises ``ColumnInvalid``, ``ColumnTaken``.
    """
    cleaned = Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)
    code = code or "-".join(lazy_pinyin(cleaned["name"], errors="ignore"))[:40].strip("-") or f"c{uuid.uuid4().hex[:8]}"
    if not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 40 or code != code.lower():
        message = _("代码只能用小写字母、数字和短横线，不超过 40 个字符。")
        raise errors.ColumnInvalid(fields=(FieldError("/code", "invalid_code", message),))
    if Column.objects.filter(code=code).exists() or Column.objects.filter(name=cleaned["name"]).exists():
        raise errors.ColumnTaken
    if order is None:
        order = (Column.objects.aggregate(last=Max("order"))["last"] or 0) + 10
    column = Column.objects.create(code=code, name=cleaned["name"], order=order)
    record(action="news.column.created", actor=actor, target=str(column.pk), target_label=column.name,
           after=_column_snapshot(column))  # fmt: skip
    return column


@transaction.atomic
def update_column(
    *,
    column_id: uuid.UUID,
    actor: Actor,
    name: str | None = None,
    order: int | None = None,
    is_active: bool | None = None,
) -> Column:
    """Change what is given. Its code never changes: links hold it. Raises ``ColumnMissing``, ``ColumnInvalid``, ``ColumnTaken``."""
    column = _locked_column(column_id)
    before = _column_snapshot(column)
    if name is not None:
        column.name = Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)["name"]
        if Column.objects.filter(name=column.name).exclude(pk=column.pk).exists():
            raise errors.ColumnTaken
    column.order = column.order if order is None else order
    column.is_active = column.is_active if is_active is None else is_active
    column.save()
    record(action="news.column.updated", actor=actor, target=str(column.pk), target_label=column.name,
           before=before, after=_column_snapshot(column))  # fmt: skip
    return column


@transaction.atomic
def delete_column(*, column_id: uuid.UUID, actor: Actor) -> None:
    """Delete a column without articles. Raises ``ColumnMissing``, ``ColumnInUse``."""
    column = _locked_column(column_id)
    if Article.objects.filter(column=column).exists():
        raise errors.ColumnInUse
    record(action="news.column.deleted", actor=actor, target=str(column.pk), target_label=column.name,
           before=_column_snapshot(column))  # fmt: skip
    column.delete()


@transaction.atomic
def prepare_columns() -> None:
    """Give a new tenant its first columns; does nothing where there are any."""
    if Column.objects.exists():
        return
    Column.objects.bulk_create(
        Column(code=code, name=name, order=number * 10) for number, (code, name) in enumerate(DEFAULT_COLUMNS, 1)
    )


def _locked_column(column_id: uuid.UUID) -> Column:
    column = Column.objects.select_for_update().filter(pk=column_id).first()
    if column is None:
        raise errors.ColumnMissing
    return column


def _column_snapshot(column: Column) -> dict[str, Any]:
    return {"code": column.code, "name": column.name, "order": column.order, "is_active": column.is_active}
