"""Refusals around reflections."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class ReflectionMissing(NotFound):
    code = "study.reflection_not_found"
    message = _("没有找到这篇心得，或作者已取消分享。")


class ReflectionInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.reflection_invalid"
    message = _("填写有误，请按提示修改。")


class ReflectionStale(Conflict):
    code = "study.reflection_stale"
    message = _("这篇心得在别处改过，请刷新后重试。")


class ReflectionLocked(Conflict):
    code = "study.reflection_locked"
    message = _("已经提交的心得不能再改，退回后可以修改。")


class ReflectionNotSubmitted(Conflict):
    code = "study.reflection_not_submitted"
    message = _("这篇心得不在待点评状态。")


class ReflectionNotAccepted(Conflict):
    code = "study.reflection_not_accepted"
    message = _("点评通过的心得才能分享。")


class OwnReflection(Forbidden):
    code = "study.own_reflection"
    message = _("不能点评自己的心得，请其他点评人处理。")


class TalkClosed(Conflict):
    code = "study.reflection_talk_closed"
    message = _("心得的评论已关闭。")


class TalkTooOften(TooMany):
    code = "study.reflection_talk_too_often"
    message = _("评论太频繁，请稍后再试。")


class CommentMissing(NotFound):
    code = "study.comment_not_found"
    message = _("没有找到这条评论，或它已经隐藏。")
