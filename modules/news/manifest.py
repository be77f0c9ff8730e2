"""What 新闻聚焦 adds to the platform."""

from dataclasses import dataclass

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
    SetupStep,
    Tile,
    setting,
)


@dataclass(frozen=True)
class NewsSettings:
    show_read_count: bool = setting(True, label=_("显示阅读人数"), help=_("在手机文章页显示已读人数。"))
    articles_per_page: int = setting(10, label=_("每页文章数"), minimum=5, maximum=50)


READ, PUBLISH = "news.read", "news.publish"
VIEWS, CONSOLE = "modules.news.pages", "modules.news.console"

MANIFEST = Manifest(
    code="news",
    name=_("新闻聚焦"),
    category="core",
    summary=_("发布要闻、文件和通知，成员在手机上阅读，谁读过一目了然。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("information",),
    icon="newspaper",
    permissions=(
        Permission(code=READ, label=_("阅读新闻"), default_roles=("member", "editor", "auditor")),
        Permission(code=PUBLISH, label=_("撰写、发布和撤回新闻"), default_roles=("editor",)),
        Permission(code="news.columns", label=_("管理新闻栏目"), default_roles=("editor",)),
    ),
    pages=(
        Page("h5", "", f"{VIEWS}.article_list", "list", READ),
        Page("h5", "<uuid:article_id>/", f"{VIEWS}.article_detail", "detail", READ),
        Page("console", "", f"{CONSOLE}.article_list", "list", PUBLISH),
        Page("console", "new/", f"{CONSOLE}.article_new", "new", PUBLISH, methods=("GET", "POST")),
        Page("console", "images/", f"{CONSOLE}.image_upload", "image-upload", PUBLISH, methods=("POST",)),
        Page("console", "columns/", f"{CONSOLE}.column_list", "columns", "news.columns", methods=("GET", "POST")),
        Page("console", "columns/<uuid:column_id>/", f"{CONSOLE}.column_edit", "column", "news.columns",
             methods=("GET", "POST")),
        Page("console", "columns/<uuid:column_id>/delete/", f"{CONSOLE}.column_delete", "column-delete",
             "news.columns", methods=("POST",)),
        Page("console", "<uuid:article_id>/", f"{CONSOLE}.article_edit", "edit", PUBLISH, methods=("GET", "POST")),
        Page("console", "<uuid:article_id>/preview/", f"{CONSOLE}.article_preview", "preview", PUBLISH),
        Page("console", "<uuid:article_id>/publish/", f"{CONSOLE}.article_publish", "publish", PUBLISH,
             methods=("GET", "POST")),
        Page("console", "<uuid:article_id>/withdraw/", f"{CONSOLE}.article_withdraw", "withdraw", PUBLISH,
             methods=("GET", "POST")),
        Page("console", "<uuid:article_id>/delete/", f"{CONSOLE}.article_delete", "delete", PUBLISH,
             methods=("GET", "POST")),
        Page("console", "<uuid:article_id>/history/", f"{CONSOLE}.article_history", "history", PUBLISH),
        Page("console", "<uuid:article_id>/readers/", f"{CONSOLE}.article_readers", "readers", PUBLISH),
    ),
    api=(
        ApiRoute("articles", "modules.news.api.ArticleViewSet", read=READ, write=PUBLISH),
        ApiRoute("columns", "modules.news.api.ColumnViewSet", read=READ, write="news.columns"),
    ),
    menu=(
        MenuEntry("h5", _("新闻聚焦"), "list", READ, icon="newspaper", order=10),
        MenuEntry("console", _("文章"), "list", PUBLISH, icon="newspaper", order=10, group=_("新闻聚焦")),
        MenuEntry("console", _("栏目"), "columns", "news.columns", icon="folder-tree", order=11, group=_("新闻聚焦")),
    ),
    home_cards=(HomeCard("modules.news.selectors.home_card", "news/h5/home_card.html", READ, order=10),),
    tiles=(
        Tile(_("已发布文章"), "modules.news.selectors.count_published", "list", PUBLISH, icon="newspaper", order=40),
    ),
    setup_steps=(SetupStep(_("发布第一篇文章"), "modules.news.selectors.has_articles", "list", PUBLISH, order=40),),
    actions={
        "news.article.created": _("新建文章"), "news.article.updated": _("修改文章"),
        "news.article.published": _("发布文章"), "news.article.withdrawn": _("撤回文章"),
        "news.article.deleted": _("删除文章"), "news.column.created": _("新增栏目"),
        "news.column.updated": _("修改栏目"), "news.column.deleted": _("删除栏目"),
    },
    emits=(
        Event("news.article.published", {"article_id": "uuid", "title": "str", "column": "str"}, _("文章发布"), True),
        Event("news.article.withdrawn", {"article_id": "uuid", "title": "str"}, _("文章撤回"), True),
        Event("news.article.read", {"article_id": "uuid", "user_id": "uuid"}, _("文章被阅读")),
    ),
    points=(PointsRule(code="news.read", event="news.article.read", points=1, daily_cap=6),),
    settings=NewsSettings,
    prepare="modules.news.services.prepare_columns",
    file_owners={"news.article": "modules.news.selectors.may_read_files_of"},
)  # fmt: skip
