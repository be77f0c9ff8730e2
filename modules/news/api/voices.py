"""/api/v1/news/comments: moderation by other systems. Comments are written by people."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Comment, CommentState
from ..selectors import voices as reads
from ..serializers.voices import CommentRow, HideInput
from ..services import voices as services


class CommentFilters(Filters):
    state = fields.ChoiceField(choices=CommentState.choices, help_text=_("状态"))
    article = fields.UUIDField(source="article_id", help_text=_("文章"))
    created_from = fields.DateTimeField(source="created_at__gte", help_text=_("发表不早于"))


class CommentViewSet(WriteViewSet[Comment]):
    noun = _("评论")
    about = _("管理范围内文章的评论；作者自己删除的不在其中。")
    serializer_class = CommentRow
    filters = CommentFilters
    orderings = ("-created_at",)
    http_method_names = ("get", "head", "options", "post")

    def rows(self) -> QuerySet[Comment]:
        return reads.moderated(actor=self.actor)

    @command(_("通过评论"), about=_("待审核或已隐藏的评论从此大家可见。"))
    def approve(self, item: Comment) -> Comment:
        services.approve_comments(comment_ids=[item.pk], actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)

    @command(_("隐藏评论"), about=_("除作者外谁也不再看到它；作者会收到通知。"), input_class=HideInput)
    def hide(self, item: Comment, data: dict[str, Any]) -> Comment:
        services.hide_comment(comment_id=item.pk, reason=data["reason"], actor=self.actor, at=now())
        return self.rows().get(pk=item.pk)
