"""What 活动通知 adds to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, Page, Part, PointsRule

from .words import API, BOTH, CONSOLE, PAGES, POST, PUBLISH, READ, WRITE

PHONE, DESK = f"{PAGES}.activities", f"{CONSOLE}.activities"
ONE = "activities/<uuid:article_id>/"

PART = Part(
    pages=(
        Page("h5", "activities/", f"{PHONE}.activity_list", "activities", READ),
        Page("h5", f"{ONE}sign-up/", f"{PHONE}.activity_sign_up", "activity-sign-up", READ, methods=POST),
        Page("h5", f"{ONE}cancel/", f"{PHONE}.activity_cancel", "activity-cancel", READ, methods=POST),
        Page("h5", f"{ONE}calendar.ics", f"{PHONE}.activity_calendar", "activity-calendar", READ),
        Page("console", "activities/", f"{DESK}.activity_list", "activities", WRITE),
        Page("console", f"{ONE}sign-ups/", f"{DESK}.sign_ups", "activity-sign-ups", WRITE),
        Page("console", f"{ONE}sign-ups/export/", f"{DESK}.sign_ups_export", "activity-sign-ups-export", PUBLISH),
        Page("console", f"{ONE}attendance/", f"{DESK}.attendance", "activity-attendance", PUBLISH, methods=POST),
        Page("console", f"{ONE}result/", f"{DESK}.result", "activity-result", PUBLISH, methods=BOTH),
    ),
    api=(
        ApiRoute("activities", f"{API}.activities.ActivityViewSet", read=READ, write=PUBLISH),
        ApiRoute("activities/sign-ups", f"{API}.activities.SignUpViewSet", read=PUBLISH, write=PUBLISH),
    ),
    menu=(
        MenuEntry("h5", _("活动"), "activities", READ, icon="calendar-days", order=13),
        MenuEntry("console", _("活动报名"), "activities", WRITE, icon="calendar-days", order=13, group=_("新闻聚焦")),
    ),
    actions={
        "news.activity.signed_up": _("报名活动"), "news.activity.cancelled": _("取消报名"),
        "news.activity.attended": _("登记活动签到"), "news.activity.result_published": _("发布活动成果"),
        "news.activity.exported": _("导出报名名单"),
    },
    emits=(
        Event("news.activity.signed_up", {"article_id": "uuid", "title": "str", "user_id": "uuid"}, _("活动报名")),
        Event("news.activity.cancelled", {"article_id": "uuid", "title": "str", "user_id": "uuid"}, _("取消活动报名")),
    ),
    points=(
        PointsRule("news.activity", "news.activity.signed_up", 2, 6, _("报名参加活动"), yearly_cap=200, maximum=10,
                   person="user_id", subject="article_id", title="title", undone_by="news.activity.cancelled", metric="contribution",
                   link="/news/{article_id}/"),
    ),
    tasks={"news.remind_activity": "modules.news.handlers.activities.remind_activity"},
)  # fmt: skip
