"""What comments, likes, favourites and links for outsiders add to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, MenuEntry, Page, Part

from .words import API, BOTH, CONSOLE, MODERATE, PAGES, POST, READ, SHARE, SHARED

PHONE, DESK = f"{PAGES}.voices", f"{CONSOLE}.voices"
OUTSIDE, LINKS = f"{PAGES}.sharing", f"{CONSOLE}.sharing"
ONE = "comments/<uuid:comment_id>/"

PART = Part(
    pages=(
        Page("h5", "comments/of/<uuid:article_id>/", f"{PHONE}.comment_list", "comments", READ, methods=BOTH),
        Page("h5", f"{ONE}delete/", f"{PHONE}.comment_delete", "comment-delete", READ, methods=POST),
        Page("h5", f"{ONE}approve/", f"{PHONE}.comment_approve", "comment-approve", MODERATE, methods=POST),
        Page("h5", f"{ONE}hide/", f"{PHONE}.comment_hide", "comment-hide", MODERATE, methods=POST),
        Page("h5", "reactions/<uuid:article_id>/", f"{PHONE}.react", "react", READ, methods=POST),
        Page("h5", "favourites/", f"{PHONE}.favourite_list", "favourites", READ),
        Page("h5", "favourites/<uuid:article_id>/remove/", f"{PHONE}.favourite_remove", "favourite-remove", READ,
             methods=POST),
        Page("h5", "s/<str:token>/", f"{OUTSIDE}.shared_article", "shared", SHARED),
        Page("h5", "s/<str:token>/files/<uuid:file_id>/<str:variant>", f"{OUTSIDE}.shared_file", "shared-file", SHARED),
        Page("console", "comments/", f"{DESK}.comment_queue", "comments", MODERATE),
        Page("console", "comments/approve/", f"{DESK}.comments_approve", "comments-approve", MODERATE, methods=POST),
        Page("console", f"{ONE}hide/", f"{DESK}.comment_hide", "comment-hide", MODERATE, methods=BOTH),
        Page("console", "shares/", f"{LINKS}.share_overview", "shared-articles", SHARE),
        Page("console", "<uuid:article_id>/shares/", f"{LINKS}.share_list", "shares", SHARE, methods=BOTH),
        Page("console", "<uuid:article_id>/shares/<uuid:link_id>/revoke/", f"{LINKS}.share_revoke", "share-revoke", SHARE,
             methods=POST),
    ),
    api=(ApiRoute("comments", f"{API}.voices.CommentViewSet", read=MODERATE, write=MODERATE),),
    menu=(
        MenuEntry("h5", _("我的收藏"), "favourites", READ, icon="bookmark", order=19),
        MenuEntry("console", _("评论"), "comments", MODERATE, icon="messages-square", order=17, group=_("新闻聚焦")),
        MenuEntry("console", _("对外分享"), "shared-articles", SHARE, icon="share-2", order=18, group=_("新闻聚焦")),
    ),
    actions={
        "news.comment.written": _("发表评论"), "news.comment.deleted": _("删除自己的评论"),
        "news.comment.approved": _("通过评论"), "news.comment.hidden": _("隐藏评论"),
        "news.share.created": _("创建对外分享链接"), "news.share.revoked": _("作废对外分享链接"),
    },
)  # fmt: skip
