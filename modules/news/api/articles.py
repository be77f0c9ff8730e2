"""/api/v1/news/: articles and columns for other systems."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from .. import selectors, services
from ..models import Article, Column, Reminder, State
from ..selectors import voices
from ..serializers.articles import (
    ArticleDetail,
    ArticleInput,
    ArticleRow,
    ColumnInput,
    ColumnRow,
    ColumnUpdate,
    PublishInput,
    ReminderRow,
    WithdrawInput,
)


class ArticleFilters(Filters):
    column = fields.CharField(source="column__code", help_text=_("栏目代码"))
    state = fields.ChoiceField(choices=State.choices, help_text=_("状态；只有阅读权限时只见已发布的"))
    q = fields.CharField(source="title__icontains", max_length=50, help_text=_("标题中的文字"))
    kind = fields.CharField(source="column__kind", max_length=12, help_text=_("栏目类型"))
    published_from = fields.DateTimeField(source="published_at__gte", help_text=_("发布不早于"))
    published_before = fields.DateTimeField(source="published_at__lt", help_text=_("发布早于"))


class ArticleViewSet(WriteViewSet[Article]):
    noun = _("文章")
    about = _("有阅读权限的只见已发布的文章，有发布权限的也见草稿和已撤回的。")
    serializer_class = ArticleRow
    detail_serializer_class = ArticleDetail
    input_class = ArticleInput
    filters = ArticleFilters
    orderings = ("-published_at", "updated_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Article]:
        return selectors.visible_articles(actor=self.actor)

    def find_item(self, *, for_update: bool = False) -> Article:
        """Withdrawn articles answer 410 to readers. The services lock what they change and compare versions."""
        return selectors.get_article(article_id=self.kwargs[self.lookup_url_kwarg], actor=self.actor)

    def represent(self, item: Article) -> dict[str, Any]:
        vars(item).update(voices.counts_of(item))
        return super().represent(item)

    def create_item(self, data: dict[str, Any]) -> Article:
        return self._fresh(services.create_article(fields=data, actor=self.actor, at=now()))  # type: ignore[arg-type]

    def update_item(self, item: Article, data: dict[str, Any]) -> Article:
        return self._fresh(services.update_article(
            article_id=item.pk, fields=data, version=item.version, actor=self.actor, at=now()  # type: ignore[arg-type]
        ))  # fmt: skip

    def delete_item(self, item: Article) -> None:
        services.delete_draft(article_id=item.pk, version=item.version, actor=self.actor, at=now())

    @command(_("发布文章"), about=_("立即或定时发布；正文为空、栏目须审核的不能发布。"), input_class=PublishInput)
    def publish(self, item: Article, data: dict[str, Any]) -> Article:
        return self._fresh(services.publish_article(
            article_id=item.pk, version=item.version, actor=self.actor, at=now(), publish_at=data.get("publish_at")
        ))  # fmt: skip

    @command(_("取消定时发布"), about=_("改回草稿。"))
    def unschedule(self, item: Article) -> Article:
        return self._fresh(
            services.unschedule_article(article_id=item.pk, version=item.version, actor=self.actor, at=now())
        )

    @command(_("送审"), about=_("按“文章审核”流程审核，通过后自动发布。"))
    def submit(self, item: Article) -> Article:
        return self._fresh(
            services.submit_for_review(article_id=item.pk, version=item.version, actor=self.actor, at=now())
        )

    @command(_("提醒未读人员"), about=_("24 小时内至多一次，总次数由模块设置限定。"), output_class=ReminderRow)
    def remind(self, item: Article) -> Reminder:
        return services.remind_unread(article_id=item.pk, actor=self.actor, at=now())

    @command(_("撤回文章"), about=_("旧链接从此不显示任何内容，撤回后不能再发布。"), input_class=WithdrawInput)
    def withdraw(self, item: Article, data: dict[str, Any]) -> Article:
        return self._fresh(services.withdraw_article(
            article_id=item.pk, reason=data.get("reason", ""), version=item.version, actor=self.actor, at=now()
        ))  # fmt: skip

    def _fresh(self, article: Article) -> Article:
        """As the selector shows it, with attachments and counts."""
        return selectors.get_article(article_id=article.pk, actor=self.actor)


class ColumnViewSet(WriteViewSet[Column]):
    noun = _("栏目")
    about = _("文章所属的栏目；代码不变，名称和顺序可改。")
    serializer_class = ColumnRow
    input_class = ColumnInput
    update_input_class = ColumnUpdate
    orderings = ("order", "name")

    def rows(self) -> QuerySet[Column]:
        return selectors.columns(only_active=False)

    def create_item(self, data: dict[str, Any]) -> Column:
        return services.create_column(**data, actor=self.actor)

    def update_item(self, item: Column, data: dict[str, Any]) -> Column:
        return services.update_column(column_id=item.pk, **data, actor=self.actor)

    def delete_item(self, item: Column) -> None:
        services.delete_column(column_id=item.pk, actor=self.actor)
