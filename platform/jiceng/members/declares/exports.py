"""导出名册: asking, fetching, cancelling, and the tasks behind it."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import MenuEntry, Page, Part, Permission

EXPORT = "members.export"
VIEWS = "jiceng.console.exports"

PART = Part(
    permissions=(Permission(code=EXPORT, label=_("导出名册")),),
    actions={
        "members.export.requested": _("申请导出名册"), "members.export.built": _("生成名册"),
        "members.export.failed": _("导出名册未能完成"), "members.export.downloaded": _("下载名册"),
        "members.export.cancelled": _("取消导出名册"),
    },
    pages=(
        Page("console", "people/exports/", f"{VIEWS}.export_list", "exports", EXPORT),
        Page("console", "people/exports/new/", f"{VIEWS}.export_create", "export_create", EXPORT,
             methods=("GET", "POST")),
        Page("console", "people/exports/<uuid:export_id>/download/", f"{VIEWS}.export_download", "export_download",
             EXPORT),
        Page("console", "people/exports/<uuid:export_id>/cancel/", f"{VIEWS}.export_cancel", "export_cancel", EXPORT,
             methods=("POST",)),
    ),
    tasks={
        "members.build_export": "jiceng.members.exporting.tasks.build_export",
        "members.expire_export": "jiceng.members.exporting.tasks.expire_export",
    },
    menu=(
        MenuEntry("console", _("导出名册"), "exports", EXPORT, icon="file-down", order=24, group=_("组织")),
    ),
)  # fmt: skip
