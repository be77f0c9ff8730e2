"""What materials, courses and learning add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Part, Permission

from .words import ASSIGN, EXAMINE, HOURS, LEARN, MARK, REVIEW, TEACH, VERIFY

PART = Part(
    permissions=(
        Permission(LEARN, _("学习课程、参加考试、写心得"), default_roles=("member", "editor", "secretary")),
        Permission(TEACH, _("管理学习资料和课程"), default_roles=("editor",)),
        Permission(ASSIGN, _("布置学习任务、查看完成情况"), default_roles=("editor", "secretary")),
        Permission(EXAMINE, _("管理题库和考试"), default_roles=("editor",)),
        Permission(MARK, _("阅卷、查看考试分析"), default_roles=("editor", "secretary")),
        Permission(HOURS, _("管理学时、线下培训和证书"), default_roles=("secretary",)),
        Permission(REVIEW, _("点评学习心得"), default_roles=("editor", "secretary")),
        Permission(VERIFY, _("扫码核验证书"), public=True),
    ),
)  # fmt: skip
