"""What 学习教育 adds to the platform. Each part is declared in a file of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, joined, setting

from . import assignments, courses, exams, hours

__all__ = ["MANIFEST", "StudySettings"]


@dataclass(frozen=True)
class StudySettings:
    minutes_per_class_hour: int = setting(
        60, label=_("每学时分钟数"), help=_("线上学习按有效时长折算学时。"), minimum=30, maximum=120
    )
    daily_effective_hours: int = setting(
        8, label=_("每天最多计入的有效学习小时"), help=_("超出部分不再累计，不影响继续学习。"), minimum=1, maximum=16
    )
    reminders_per_assignment: int = setting(3, label=_("每项任务最多提醒次数"), minimum=1, maximum=10)
    member_target_hours: int = setting(32, label=_("党员每年应修学时"), minimum=0, maximum=200)
    officer_target_hours: int = setting(56, label=_("书记和委员每年应修学时"), minimum=0, maximum=200)
    officer_centralised_count: int = setting(1, label=_("书记和委员每年集中培训次数"), minimum=0, maximum=12)


BASE = Manifest(
    code="study",
    name=_("学习教育"),
    category="core",
    summary=_("课程、考试、学习任务、学时和心得：布置一次，人人清楚学什么、学到哪、还差多少。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("education",),
    icon="graduation-cap",
    settings=StudySettings,
)

MANIFEST = joined(BASE, courses.PART, assignments.PART, hours.PART, exams.PART)
