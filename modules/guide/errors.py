"""Refusals of this module. Codes are stable; sentences are for people."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class TopicMissing(NotFound):
    code = "guide.topic_not_found"
    message = _("没有找到这篇指南。")


class TopicInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "guide.topic_invalid"
    message = _("内容有误，请按提示修改。")


class TopicStale(Conflict):
    code = "guide.topic_stale"
    message = _("指南已被他人修改，请刷新后再编辑。")


class TopicBuiltIn(Conflict):
    code = "guide.topic_built_in"
    message = _("内置的指南不能删除，可以改写或隐藏。")


class StepMissing(NotFound):
    code = "guide.step_not_found"
    message = _("没有这一步。")


class HandoutMissing(NotFound):
    code = "guide.handout_not_found"
    message = _("没有这种张贴页。")
