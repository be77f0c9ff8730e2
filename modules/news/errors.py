"""Refusals of this module. Codes are stable; sentences are for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound


class ArticleMissing(NotFound):
    code = "news.article_not_found"
    message = _("没有找到这篇文章。")


class ArticleWithdrawn(Gone):
    code = "news.article_withdrawn"
    message = _("这篇文章已撤回。")


class ArticleInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "news.article_invalid"
    message = _("文章内容有误，请按提示修改。")


class EmptyBody(Invalid):
    code = "news.empty_body"
    message = _("正文是空的，不能发布。")


class StaleArticle(Conflict):
    code = "news.stale_article"
    message = _("文章已被他人修改，请刷新后再编辑。")


class AlreadyPublished(Conflict):
    code = "news.already_published"
    message = _("这篇文章已经发布过了。")


class NotPublished(Conflict):
    code = "news.not_published"
    message = _("这篇文章还没有发布。")


class NotDraft(Conflict):
    code = "news.not_draft"
    message = _("只能删除草稿，已发布的文章请撤回。")


class AlreadyWithdrawn(Conflict):
    code = "news.already_withdrawn"
    message = _("这篇文章已撤回，不能再修改或发布。")


class ColumnMissing(NotFound):
    code = "news.column_not_found"
    message = _("没有找到这个栏目。")


class ColumnUnknown(Invalid):
    code = "news.column_unknown"
    message = _("所选栏目不存在或已停用。")


class ColumnInvalid(Invalid):
    code = "news.column_invalid"
    message = _("栏目内容有误，请按提示修改。")


class ColumnTaken(Conflict):
    code = "news.column_taken"
    message = _("已有同名或同代码的栏目。")


class ColumnInUse(Conflict):
    code = "news.column_in_use"
    message = _("栏目下还有文章，不能删除；可以停用它。")
