"""What the audit trail adds to the platform. Its pages are the console's."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, Permission

READ = "audit.read"

MANIFEST = Manifest(
    code="audit",
    name=_("审计日志"),
    category="platform",
    summary=_("谁在什么时候、从哪里做了什么，只增不改。"),
    service_types=("management",),
    icon="scroll-text",
    always_on=True,
    actions={"audit.trail.exported": _("导出审计日志")},
    permissions=(Permission(code=READ, label=_("查看审计日志"), default_roles=("auditor",)),),
)
