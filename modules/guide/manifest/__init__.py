"""What 新手指南 adds to the platform."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import (
    ApiRoute,
    Event,
    HomeCard,
    Manifest,
    MenuEntry,
    Page,
    Permission,
    PointsRule,
)

from .steps import BY_EVENT

READ, LOOK, MANAGE = "guide.read", "guide.look", "guide.manage"
PAGES, CONSOLE, API = "modules.guide.pages", "modules.guide.console", "modules.guide.api"
BOTH, POST = ("GET", "POST"), ("POST",)
TOPIC = "topics/<uuid:topic_id>/"

MANIFEST = Manifest(
    code="guide",
    name=_("新手指南"),
    category="core",
    summary=_("成员跟着清单一步步上手，管理员跟着向导把单位开通，张贴页一键打印。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("information",),
    icon="compass",
    default_on=True,
    permissions=(
        Permission(READ, _("查看新手指南和自己的进度"), default_roles=("member", "editor", "auditor", "reviewer", "secretary")),
        Permission(MANAGE, _("编辑新手指南、使用上线向导")),
        Permission(LOOK, _("查看对外公开的指南"), public=True),
    ),
    pages=(
        Page("h5", "", f"{PAGES}.home", "home", LOOK),
        Page("h5", "about/<slug:module>/", f"{PAGES}.about_module", "about", LOOK),
        Page("h5", TOPIC, f"{PAGES}.topic_detail", "topic", LOOK),
        Page("h5", f"{TOPIC}picture/", f"{PAGES}.picture", "picture", LOOK),
        Page("h5", "steps/<slug:code>/done/", f"{PAGES}.step_done", "step-done", READ, methods=POST),
        Page("console", "", f"{CONSOLE}.golive", "golive", MANAGE),
        Page("console", "put-off/", f"{CONSOLE}.put_off", "put-off", MANAGE, methods=POST),
        Page("console", "topics/", f"{CONSOLE}.topic_list", "topics", MANAGE),
        Page("console", "topics/new/", f"{CONSOLE}.topic_new", "topic-new", MANAGE, methods=BOTH),
        Page("console", TOPIC, f"{CONSOLE}.topic_edit", "topic", MANAGE, methods=BOTH),
        Page("console", f"{TOPIC}delete/", f"{CONSOLE}.topic_delete", "topic-delete", MANAGE, methods=POST),
        Page("console", "handouts/", f"{CONSOLE}.handout_list", "handouts", MANAGE),
        Page("console", "handouts/<slug:kind>.pdf", f"{CONSOLE}.handout", "handout", MANAGE),
        Page("console", "first-call/", f"{CONSOLE}.first_call", "first-call", MANAGE),
    ),
    api=(ApiRoute("topics", f"{API}.TopicViewSet", read=READ, write=MANAGE),),
    home_cards=(HomeCard("modules.guide.selectors.progress.home_card", "guide/h5/home_card.html", READ, order=5),),
    menu=(
        MenuEntry("h5", _("新手指南"), "home", READ, icon="compass", order=90),
        MenuEntry("console", _("上线向导"), "golive", MANAGE, icon="rocket", order=12, group=_("新手指南")),
        MenuEntry("console", _("指南内容"), "topics", MANAGE, icon="compass", order=90, group=_("新手指南")),
        MenuEntry("console", _("张贴页"), "handouts", MANAGE, icon="printer", order=91, group=_("新手指南")),
        MenuEntry("console", _("第一次调用接口"), "first-call", MANAGE, icon="terminal", order=92, group=_("新手指南")),
    ),
    actions={
        "guide.topic.created": _("新增指南"), "guide.topic.updated": _("修改指南"), "guide.topic.deleted": _("删除指南"),
        "guide.step.ticked": _("自己勾选新手步骤"), "guide.golive.put_off": _("上线步骤以后再做"),
        "guide.golive.taken_up": _("恢复上线步骤"),
    },
    emits=(
        Event(
            "guide.step.completed", {"step": "str", "title": "str", "user_id": "uuid", "person_id": "str"},
            _("完成新手步骤"), True,
        ),
    ),
    listens=dict.fromkeys(BY_EVENT, ("modules.guide.handlers.tick",)),
    points=(
        PointsRule(
            "guide.step", "guide.step.completed", 1, 5, _("完成新手步骤"), yearly_cap=5, maximum=5, subject="step",
            title="title", link="/guide/",
        ),
    ),
    file_owners={"guide.topic": "modules.guide.selectors.topics.may_open_picture"},
    help_page="about",
    prepare="modules.guide.services.prepare",
)  # fmt: skip
