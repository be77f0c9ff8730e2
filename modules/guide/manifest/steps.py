"""The steps that members take first. Each ticks itself when one of its events tells of the member."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Text


@dataclass(frozen=True, slots=True)
class Step:
    """``events``: what ticks it. ``pages``: (permission, route name) where it is done; the first that somebody may open is
    theirs, and without any the step is not shown to them. ``only_own``: the event counts if the member caused it.
    """

    code: str
    label: Text
    why: Text
    icon: str
    events: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    only_own: bool = False


STEPS = (
    Step(
        "bind", _("绑定微信"), _("绑定后在微信里直接打开，通知也会送到微信。"), "link", ("wechat.identity.bound",),
        (("wechat.use", "h5-wechat-mine"),),
    ),
    Step(
        "profile", _("核对个人资料"), _("姓名、手机号对了，报名和通知才不会找错人。"), "id-card", ("members.person.updated",),
        (("members.profile", "h5-members-profile"),), only_own=True,
    ),
    Step(
        "lesson", _("学完第一课"), _("随时可以停下，下次接着学。"), "book-open",
        ("study.lesson.completed", "news.lesson.completed"),
        (("study.learn", "h5-study-courses"), ("news.read", "h5-news-list")),
    ),
    Step(
        "sign_up", _("第一次报名"), _("活动和志愿服务都可以报名，有事也能退。"), "calendar-check",
        ("volunteering.signup.created", "news.activity.signed_up"),
        (("volunteering.join", "h5-volunteering-list"), ("news.read", "h5-news-activities")),
    ),
    Step(
        "write", _("写好第一篇文章"), _("写完送审，审核通过就会发布。"), "pencil",
        ("news.article.submitted", "news.article.published"), (("news.write", "console-news-list"),), only_own=True,
    ),
)  # fmt: skip

BY_CODE = {step.code: step for step in STEPS}
BY_EVENT = {event: step for step in STEPS for event in step.events}
