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
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import FieldError

from .. import errors
from ..models import Article, Column, ColumnKind, Section

# Code, name, kind, section, whether members hand in articles (which are then reviewed).
DEFAULT_COLUMNS = (
    ("releases", "中心发布", ColumnKind.ARTICLE, Section.NEWS, False),
    ("bulletins", "通知公告", ColumnKind.ARTICLE, Section.NEWS, False),
    ("assessments", "专题考核", ColumnKind.ASSESSMENT, Section.NEWS, False),
    ("documents", "文件传真", ColumnKind.DOCUMENT, Section.NEWS, False),
    ("notices", "活动通知", ColumnKind.ACTIVITY, Section.NEWS, False),
    ("lessons", "微党课", ColumnKind.LESSON, Section.FEATURES, False),
    ("achievements", "新成果", ColumnKind.ACHIEVEMENT, Section.FEATURES, True),
    ("cases", "好案例", ColumnKind.CASE, Section.FEATURES, True),
)
SETTINGS = ("section", "needs_review", "allows_comments", "takes_contributions", "is_active")


@transaction.atomic
def create_column(
    *,
    name: str,
    actor: Actor,
    code: str = "",
    order: int | None = None,
    kind: str = ColumnKind.ARTICLE,
    **settings: Any,
) -> Column:
    """Add a column. Without ``code`` one is made from the name's pinyin; without ``order`` it stands last.

    ``settings``: any of ``SETTINGS``. Raises ``ColumnInvalid``, ``ColumnTaken``.
    """
    _check_choices(kind, settings)
    cleaned = Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)
    code = code or "-".join(lazy_pinyin(cleaned["name"], errors="ignore"))[:40].strip("-") or f"c{uuid.uuid4().hex[:8]}"
    if not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 40 or code != code.lower():
        message = _("代码只能用小写字母、数字和短横线，不超过 40 个字符。")
        raise errors.ColumnInvalid(fields=(FieldError("/code", "invalid_code", message),))
    if Column.objects.filter(code=code).exists() or Column.objects.filter(name=cleaned["name"]).exists():
        raise errors.ColumnTaken
    if order is None:
        order = (Column.objects.aggregate(last=Max("order"))["last"] or 0) + 10
    column = Column.objects.create(code=code, name=cleaned["name"], order=order, kind=kind, **_given(settings))
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
    kind: str | None = None,
    **settings: Any,
) -> Column:
    """Change what is given. Its code never changes: links hold it. ``settings``: any of ``SETTINGS``.

    Raises ``ColumnMissing``, ``ColumnInvalid``, ``ColumnTaken``, ``ColumnKindFixed``.
    """
    _check_choices(kind, settings)
    column = _locked_column(column_id)
    before = _column_snapshot(column)
    if name is not None:
        column.name = Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)["name"]
        if Column.objects.filter(name=column.name).exclude(pk=column.pk).exists():
            raise errors.ColumnTaken
    column.order = column.order if order is None else order
    if kind is not None and kind != column.kind:
        if Article.objects.filter(column=column).exists():
            raise errors.ColumnKindFixed
        column.kind = kind
    for setting, value in _given(settings).items():
        setattr(column, setting, value)
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
        Column(
            code=code,
            name=name,
            kind=kind,
            section=section,
            order=number * 10,
            needs_review=is_open,
            takes_contributions=is_open,
            allows_comments=section == Section.FEATURES,
        )
        for number, (code, name, kind, section, is_open) in enumerate(DEFAULT_COLUMNS, 1)
    )


def _locked_column(column_id: uuid.UUID) -> Column:
    column = Column.objects.select_for_update().filter(pk=column_id).first()
    if column is None:
        raise errors.ColumnMissing
    return column


def _column_snapshot(column: Column) -> dict[str, Any]:
    return {
        "code": column.code, "name": column.name, "kind": column.kind, "order": column.order,
        **{name: getattr(column, name) for name in SETTINGS},
    }  # fmt: skip


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in SETTINGS if settings.get(name) is not None}


def _check_choices(kind: str | None, settings: dict[str, Any]) -> None:
    if unknown := settings.keys() - set(SETTINGS):
        raise TypeError(f"columns have no setting {sorted(unknown)}")
    cleaner = Cleaner()
    if kind is not None and kind not in ColumnKind.values:
        cleaner.refuse("kind", "unknown_kind", _("没有这种栏目类型。"))
    if settings.get("section") is not None and settings["section"] not in Section.values:
        cleaner.refuse("section", "unknown_section", _("没有这个版块。"))
    cleaner.done(errors.ColumnInvalid)
