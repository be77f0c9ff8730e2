"""Refusals about comments, likes, favourites and links for outsiders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound, TooMany


class CommentMissing(NotFound):
    code = "news.comment_not_found"
    message = _("没有找到这条评论。")


class CommentInvalid(Invalid):
    code = "news.comment_invalid"
    message = _("评论有误，请按提示修改。")


class CommentsClosed(Conflict):
    code = "news.comments_closed"
    message = _("这篇文章不接受评论。")


class CommentTooOften(TooMany):
    code = "news.comment_too_often"
    message = _("评论太频繁，请稍后再发。")


class ReactionInvalid(Invalid):
    code = "news.reaction_invalid"
    message = _("只能点赞或收藏。")


class ReactionsClosed(Conflict):
    code = "news.reactions_closed"
    message = _("这篇文章已下架，不能再点赞或收藏。")


class ShareInvalid(Invalid):
    code = "news.share_invalid"
    message = _("分享设置有误，请按提示修改。")


class NotShareable(Conflict):
    code = "news.not_shareable"
    message = _("只有密级为“公开”、正在展示的文章可以分享到单位以外。")


class ShareMissing(NotFound):
    code = "news.share_not_found"
    message = _("没有找到这个分享链接。")


class ShareGone(Gone):
    code = "news.share_gone"
    message = _("分享链接已失效。")
