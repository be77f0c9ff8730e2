"""Tags, and looking at whom an audience reaches."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import MenuEntry, Page, Part

from .roster import MANAGE

# Whoever may open the console; the signed permission in the form says how far it reaches.
CONSOLE = "console.view"
AUDIENCES, TAGS = "jiceng.console.audiences", "jiceng.console.tags"
BOTH, POST = ("GET", "POST"), ("POST",)

PART = Part(
    pages=(
        Page("console", "people/audience/", f"{AUDIENCES}.preview", "audience_preview", CONSOLE, methods=POST),
        Page("console", "people/tags/", f"{TAGS}.tag_list", "tags", MANAGE, methods=BOTH),
        Page("console", "people/tags/<uuid:tag_id>/", f"{TAGS}.tag_detail", "tag", MANAGE, methods=BOTH),
        Page("console", "people/tags/<uuid:tag_id>/people/", f"{TAGS}.tag_people", "tag_people", MANAGE, methods=POST),
        Page("console", "people/tags/<uuid:tag_id>/remove/", f"{TAGS}.tag_remove", "tag_remove", MANAGE, methods=BOTH),
    ),
    menu=(MenuEntry("console", _("标签"), "tags", MANAGE, icon="tags", order=24, group=_("组织")),),
    actions={
        "members.tag.created": _("新建标签"), "members.tag.changed": _("修改标签"), "members.tag.removed": _("删除标签"),
        "members.tag.given": _("给人员加标签"), "members.tag.taken": _("去掉人员的标签"),
    },
)  # fmt: skip
