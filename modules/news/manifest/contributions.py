"""What 新成果 and 好案例 add to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Event, MenuEntry, Page, Part

from .words import BOTH, CONSOLE, CONTRIBUTE, PAGES, POST, READ, WRITE

PHONE, DESK = f"{PAGES}.contributions", f"{CONSOLE}.contributions"
ONE = "contribute/<uuid:article_id>/"

PART = Part(
    pages=(
        Page("h5", "contribute/", f"{PHONE}.contribution_list", "contributions", CONTRIBUTE),
        Page("h5", "contribute/new/<uuid:column_id>/", f"{PHONE}.contribution_new", "contribute", CONTRIBUTE, methods=BOTH),
        Page("h5", ONE, f"{PHONE}.contribution", "contribution", CONTRIBUTE, methods=BOTH),
        Page("h5", f"{ONE}reclaim/", f"{PHONE}.contribution_reclaim", "contribution-reclaim", CONTRIBUTE, methods=POST),
        Page("h5", f"{ONE}delete/", f"{PHONE}.contribution_delete", "contribution-delete", CONTRIBUTE, methods=POST),
        Page("h5", "cases/", f"{PHONE}.case_library", "cases", READ),
        Page("h5", "cases/<uuid:article_id>/copy/", f"{PHONE}.case_copy", "case-copy", CONTRIBUTE, methods=POST),
        Page("console", "contributions/", f"{DESK}.credit_table", "contributions", WRITE),
        Page("console", "contributions/export/", f"{DESK}.credit_export", "contributions-export", WRITE),
    ),
    menu=(
        MenuEntry("h5", _("我要投稿"), "contributions", CONTRIBUTE, icon="pen-line", order=13),
        MenuEntry("h5", _("好案例库"), "cases", READ, icon="lightbulb", order=14),
        MenuEntry("console", _("投稿采用"), "contributions", WRITE, icon="award", order=16, group=_("新闻聚焦")),
    ),
    actions={"news.contribution.exported": _("导出投稿采用情况")},
    emits=(Event("news.contribution.submitted", {"article_id": "uuid"}, _("成员投稿"), True),),
    listens={"workflow.case.ended": ("modules.news.handlers.contributions.tell_contributor",)},
)  # fmt: skip
