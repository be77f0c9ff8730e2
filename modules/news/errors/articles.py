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


class ClassifiedRefused(Invalid):
    code = "news.classified_refused"
    message = _("涉密内容不得进入本系统。请通过保密渠道办理。")


class SensitiveWords(Invalid):
    code = "news.sensitive_words"
    message = _("内容含有本单位设置的敏感词，请修改。")


class NeedsReview(Conflict):
    code = "news.needs_review"
    message = _("这个栏目的文章须先送审，审核通过后发布。")


class InReview(Conflict):
    code = "news.in_review"
    message = _("文章正在审核中，请先撤回送审再修改。")


class AlreadyScheduled(Conflict):
    code = "news.already_scheduled"
    message = _("文章已定时发布，请先取消定时。")


class NotScheduled(Conflict):
    code = "news.not_scheduled"
    message = _("这篇文章没有定时发布。")


class VersionMissing(NotFound):
    code = "news.version_not_found"
    message = _("没有找到这个版本。")


class NothingToConfirm(Conflict):
    code = "news.nothing_to_confirm"
    message = _("这篇文章不需要确认。")


class RemindedLately(Conflict):
    code = "news.reminded_lately"
    message = _("24 小时内已经提醒过，请稍后再提醒。")


class RemindedEnough(Conflict):
    code = "news.reminded_enough"
    message = _("提醒次数已达上限，请改用电话或当面联系。")


class NobodyToRemind(Conflict):
    code = "news.nobody_to_remind"
    message = _("没有需要提醒的人。")


class ColumnKindFixed(Conflict):
    code = "news.column_kind_fixed"
    message = _("栏目下已有文章，不能再改类型。")


class AudienceFixed(Conflict):
    code = "news.audience_fixed"
    message = _("文章已发布，不能再改发布范围；请撤回后另发。")
