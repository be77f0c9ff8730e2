"""What the registry of organisations and people adds to the platform."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, joined

from .declares import api, audiences, directory, exports, imports, organisation, profile, roster

MANIFEST = joined(
    Manifest(
        code="members",
        name=_("组织与人员"),
        category="platform",
        summary=_("全单位共用的组织架构和人员名册，各功能模块都从这里读取。"),
        audiences=("party", "union", "league", "women", "masses"),
        service_types=("management",),
        icon="users",
        always_on=True,
    ),
    roster.PART,
    audiences.PART,
    organisation.PART,
    imports.PART,
    directory.PART,
    exports.PART,
    profile.PART,
    api.PART,
)
