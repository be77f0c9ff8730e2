"""What reflections add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part, PointsRule

from .words import API, BOTH, CONSOLE, LEARN, PAGES, POST, REVIEW

DESK, PHONE = f"{CONSOLE}.reflections", f"{PAGES}.reflections"
ONE, SHARED = "reflections/<uuid:reflection_id>/", "reflections/shared/<uuid:reflection_id>/"

PART = Part(
    pages=(
        Page("h5", "reflections/", f"{PHONE}.my_reflections", "reflections", LEARN),
        Page("h5", "reflections/new/", f"{PHONE}.reflection_new", "reflection-new", LEARN, methods=BOTH),
        Page("h5", "reflections/shared/", f"{PHONE}.shared_list", "reflections-shared", LEARN),
        Page("h5", SHARED, f"{PHONE}.shared_detail", "reflection-shared", LEARN, methods=BOTH),
        Page("h5", f"{SHARED}like/", f"{PHONE}.shared_like", "reflection-like", LEARN, methods=POST),
        Page("h5", ONE, f"{PHONE}.reflection_detail", "reflection", LEARN),
        Page("h5", f"{ONE}edit/", f"{PHONE}.reflection_edit", "reflection-edit", LEARN, methods=BOTH),
        Page("h5", f"{ONE}delete/", f"{PHONE}.reflection_delete", "reflection-delete", LEARN, methods=POST),
        Page("h5", f"{ONE}share/", f"{PHONE}.reflection_share", "reflection-share", LEARN, methods=POST),
        Page("console", "reflections/", f"{DESK}.reflection_list", "reflections", REVIEW),
        Page("console", ONE, f"{DESK}.reflection_detail", "reflection", REVIEW),
        Page("console", f"{ONE}accept/", f"{DESK}.reflection_accept", "reflection-accept", REVIEW, methods=BOTH),
        Page("console", f"{ONE}return/", f"{DESK}.reflection_return", "reflection-return", REVIEW, methods=BOTH),
        Page("console", f"{ONE}comments/<uuid:comment_id>/hide/", f"{DESK}.comment_hide", "reflection-comment-hide", REVIEW,
             methods=BOTH),
    ),
    api=(ApiRoute("reflections", f"{API}.reflections.ReflectionViewSet", read=REVIEW, write=REVIEW),),
    menu=(
        MenuEntry("console", _("学习心得"), "reflections", REVIEW, icon="book-open-text", order=37, group=_("学习教育")),
    ),
    actions={
        "study.reflection.accepted": _("通过学习心得"), "study.reflection.returned": _("退回学习心得"),
        "study.comment.hidden": _("隐藏心得评论"),
    },
    emits=(
        Event("study.reflection.accepted", {"reflection_id": "uuid", "person_id": "uuid", "user_id": "str"},
              _("学习心得通过"), True),
    ),
    points=(
        PointsRule("study.reflection", "study.reflection.accepted", 3, 6, _("学习心得通过点评"), yearly_cap=60, maximum=10,
                   subject="reflection_id", metric="contribution", link="/study/reflections/{reflection_id}/"),
    ),
    notices=(NoticeCategory("study.reflection", _("学习心得")),),
)  # fmt: skip
