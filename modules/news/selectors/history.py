"""The trace of an article: who wrote, changed, reviewed, published and withdrew it, and what each change was."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.audit.selectors import list_entries
from jiceng.files import richtext

from ..errors import VersionMissing
from ..models import Article, ArticleVersion, Level, State

DEEDS = {
    "news.article.created": gettext_lazy("写成草稿"), "news.article.updated": gettext_lazy("修改"),
    "news.article.submitted": gettext_lazy("送审"), "news.article.returned": gettext_lazy("退回修改"),
    "news.article.scheduled": gettext_lazy("定时发布"), "news.article.unscheduled": gettext_lazy("取消定时"),
    "news.article.published": gettext_lazy("发布"), "news.article.corrected": gettext_lazy("更正"),
    "news.article.withdrawn": gettext_lazy("撤回"), "news.article.restored": gettext_lazy("恢复旧版"),
    "news.document.signed": gettext_lazy("签收"), "news.document.commented": gettext_lazy("批注"),
    "news.document.reminded": gettext_lazy("提醒签收"), "news.document.units_added": gettext_lazy("补充传阅"),
    "news.document.archived": gettext_lazy("归档"), "news.document.exported": gettext_lazy("导出"),
    "news.article.reminded": gettext_lazy("提醒未读人员"), "news.article.deleted": gettext_lazy("删除"),
}  # fmt: skip
FIELD_LABELS = {
    "column": gettext_lazy("栏目"), "title": gettext_lazy("标题"), "summary": gettext_lazy("摘要"),
    "body": gettext_lazy("正文"), "is_pinned": gettext_lazy("置顶"), "state": gettext_lazy("状态"),
    "cover": gettext_lazy("封面"), "attachments": gettext_lazy("附件"), "level": gettext_lazy("密级"),
    "unit": gettext_lazy("发布组织"), "audience": gettext_lazy("发布范围"), "is_open": gettext_lazy("后来加入的人可见"),
    "needs_confirmation": gettext_lazy("要求确认"), "publish_at": gettext_lazy("定时发布"), "expires_at": gettext_lazy("下架时间"),
    "confirm_by": gettext_lazy("确认期限"), "allows_comments": gettext_lazy("允许评论"), "details": gettext_lazy("栏目内容"),
    "units": gettext_lazy("组织"), "unsigned": gettext_lazy("未签收"), "archive_number": gettext_lazy("归档号"),
    "version": gettext_lazy("版本"), "recipient_count": gettext_lazy("人数"),
}  # fmt: skip
_PIECE = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True, slots=True)
class Change:
    """One deed done to an article. ``before``/``after``: what changed, under names for people."""

    at: datetime
    who: str
    action: str
    deed: Any
    before: dict[str, str]
    after: dict[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a comparison. ``kind``: ``"same"``, ``"added"`` or ``"removed"``."""

    kind: str
    text: str


def history(*, article: Article, cursor: str = "", prefix: str = "news.article.") -> tuple[list[Change], str | None]:
    """What was done to the article, latest first, and the cursor of older changes."""
    page = list_entries(action=prefix, target=str(article.pk), cursor=cursor)
    changes = [
        Change(entry.happened_at, entry.actor_name, entry.action, DEEDS.get(entry.action, entry.action), _labelled(entry.before),
               _labelled(entry.after), entry.note)
        for entry in page.entries
    ]  # fmt: skip
    return changes, page.next_cursor


def versions(*, article: Article) -> list[ArticleVersion]:
    """All versions without their texts, latest first."""
    return list(ArticleVersion.objects.filter(article=article).defer("body", "details"))


def get_version(*, article: Article, number: int) -> ArticleVersion:
    """Raises ``VersionMissing``."""
    version = ArticleVersion.objects.filter(article=article, number=number).first()
    if version is None:
        raise VersionMissing
    return version


def previous_of(version: ArticleVersion) -> ArticleVersion | None:
    """The version before, to compare with."""
    return ArticleVersion.objects.filter(article=version.article_id, number__lt=version.number).first()


def compared(old: ArticleVersion | None, new: ArticleVersion) -> dict[str, list[Piece]]:
    """What changed in title, summary and text between two versions, sentence by sentence."""
    return {
        name: list(_pieces(_words(old, name), _words(new, name))) for name in ("title", "summary", "body")
    }  # fmt: skip


def _words(version: ArticleVersion | None, name: str) -> str:
    if version is None:
        return ""
    return richtext.plain_text(version.body) if name == "body" else str(getattr(version, name))


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = [[piece for piece in _PIECE.findall(text) if piece] for text in (old, new)]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece("removed", "".join(before[i1:i2]))
        if j2 > j1:
            yield Piece("added", "".join(after[j1:j2]))


def _labelled(values: dict[str, Any] | None) -> dict[str, str]:
    """Audited values as people read them."""
    shown = {}
    for name, value in (values or {}).items():
        text = richtext.plain_text(value) if name == "body" else value
        text = _("是") if text is True else _("否") if text is False else text
        text = State(text).label if name == "state" else Level(text).label if name == "level" else text
        shown[str(FIELD_LABELS.get(name, name))] = "、".join(map(str, text)) if isinstance(text, list) else str(text)
    return shown
