"""What 文件传真 adds to the module."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, Page, Part

from .words import API, CIRCULATE, CONSOLE, PAGES, POST, PUBLISH, READ, WRITE

PHONE, DESK = f"{PAGES}.documents", f"{CONSOLE}.documents"
ONE = "documents/<uuid:article_id>/"

PART = Part(
    pages=(
        Page("h5", "documents/", f"{PHONE}.document_list", "documents", CIRCULATE),
        Page("h5", f"{ONE}sign/<uuid:unit_id>/", f"{PHONE}.document_sign", "document-sign", CIRCULATE, methods=POST),
        Page("h5", f"{ONE}opinions/", f"{PHONE}.document_comment", "document-comment", READ, methods=POST),
        Page("h5", f"{ONE}watermark.svg", f"{PHONE}.watermark", "document-watermark", READ),
        Page("console", "documents/", f"{DESK}.register", "documents", WRITE),
        Page("console", "documents/export/", f"{DESK}.register_export", "documents-export", PUBLISH),
        Page("console", f"{ONE}remind/", f"{DESK}.remind", "document-remind", PUBLISH, methods=POST),
        Page("console", f"{ONE}units/", f"{DESK}.add_units", "document-units", PUBLISH, methods=POST),
        Page("console", f"{ONE}archive/", f"{DESK}.archive", "document-archive", PUBLISH, methods=POST),
        Page("console", f"{ONE}trace/", f"{DESK}.trace", "document-trace", WRITE),
        Page("console", f"{ONE}trace/export/", f"{DESK}.trace_export", "document-trace-export", WRITE),
    ),
    api=(ApiRoute("documents", f"{API}.documents.DocumentViewSet", read=PUBLISH, write=PUBLISH),),
    menu=(
        MenuEntry("h5", _("文件签收"), "documents", CIRCULATE, icon="file-text", order=12),
        MenuEntry("console", _("文件台账"), "documents", WRITE, icon="file-text", order=12, group=_("新闻聚焦")),
    ),
    actions={
        "news.document.signed": _("签收文件"), "news.document.commented": _("批注文件"),
        "news.document.reminded": _("提醒签收文件"), "news.document.units_added": _("补充传阅组织"),
        "news.document.archived": _("归档文件"), "news.document.exported": _("导出文件台账或轨迹"),
    },
    emits=(
        Event(
            "news.document.signed", {"article_id": "uuid", "unit_id": "uuid", "unit_name": "str"}, _("文件签收"), True
        ),
        Event("news.document.archived", {"article_id": "uuid", "archive_number": "str"}, _("文件归档"), True),
    ),
)  # fmt: skip
