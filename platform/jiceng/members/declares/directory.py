"""通讯录: its pages on the phone, and the console's page that says who sees what."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import MenuEntry, Page, Part, Permission

from .roster import MANAGE

DIRECTORY = "members.directory"
H5, CONSOLE = "jiceng.h5.directory", "jiceng.console.visibility"

PART = Part(
    permissions=(
        Permission(code=DIRECTORY, label=_("查看通讯录"), default_roles=("member", "editor", "auditor")),
    ),
    actions={
        "members.directory.rules_changed": _("修改通讯录可见范围"),
        "members.directory.bulk_viewed": _("大量查看通讯录"),
    },
    pages=(
        Page("h5", "directory/", f"{H5}.directory", "directory", DIRECTORY, methods=("GET", "POST")),
        Page("h5", "directory/units/", f"{H5}.top_units", "directory_units", DIRECTORY),
        Page("h5", "directory/units/<uuid:unit_id>/", f"{H5}.unit", "directory_unit", DIRECTORY),
        Page("h5", "directory/<uuid:person_id>/", f"{H5}.card", "directory_card", DIRECTORY),
        Page("console", "people/visibility/", f"{CONSOLE}.rules_edit", "visibility", MANAGE, methods=("GET", "POST")),
        Page("console", "people/visibility/reset/", f"{CONSOLE}.reset", "visibility_reset", MANAGE,
             methods=("GET", "POST")),
        Page("console", "people/visibility/preview/", f"{CONSOLE}.preview", "visibility_preview", MANAGE,
             methods=("GET", "POST")),
    ),
    menu=(
        MenuEntry("h5", _("通讯录"), "directory", DIRECTORY, icon="contact", order=20, place="tab"),
        MenuEntry("console", _("通讯录可见范围"), "visibility", MANAGE, icon="eye", order=26, group=_("组织")),
    ),
)  # fmt: skip
