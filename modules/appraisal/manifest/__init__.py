"""What 党员评分 and 群众满意度考察 add to the platform. Each is declared in a file of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, joined, setting

from . import scoring, survey
from .words import ANSWERS, FOLLOW, MANAGE, MODERATE, POINTS, SCORE, SURVEY

__all__ = ["ANSWERS", "FOLLOW", "MANAGE", "MANIFEST", "MODERATE", "POINTS", "SCORE", "SURVEY", "AppraisalSettings"]


@dataclass(frozen=True)
class AppraisalSettings:
    days_between_reminders: int = setting(3, label=_("评分提醒至少间隔几天"), minimum=1, maximum=30)
    group_minimum: int = setting(
        3,
        label=_("单独显示一组评分至少要几人"),
        help=_("人数不够的组与其他组合并显示。启动评分后不再变。"),
        minimum=3,
        maximum=10,
    )
    appeal_days: int = setting(7, label=_("评分结果申诉期（天）"), minimum=1, maximum=60)
    repeat_hours: int = setting(24, label=_("同一手机对同一考察点几小时内只能评一次"), minimum=1, maximum=168)
    answers_per_point: int = setting(60, label=_("每个考察点每小时最多收几份评价"), minimum=5, maximum=1000)
    answers_per_network: int = setting(30, label=_("同一网络每小时最多收几份评价"), minimum=3, maximum=1000)
    form_seconds: int = setting(2, label=_("打开评价页后至少几秒才能提交"), minimum=0, maximum=30)
    follow_up_grade: int = setting(
        2, label=_("几分及以下要跟进办理"), help=_("1 很不满意，2 不满意，3 基本满意。"), minimum=1, maximum=3
    )
    follow_up_days: int = setting(5, label=_("跟进办理期限（工作日）"), minimum=1, maximum=60)
    holidays: tuple[str, ...] = setting(
        (), label=_("放假日期"), help=_("每行一个，如 2026-10-01。这些日子和周末不算工作日。"), max_length=10
    )
    phone_keep_days: int = setting(90, label=_("办结后多少天删除群众电话"), minimum=1, maximum=365)


BASE = Manifest(
    code="appraisal",
    name=_("考评"),
    category="special",
    summary=_("党员评分公平、匿名、可解释；群众扫码评价窗口和服务，差评有人办、有答复。"),
    audiences=("party", "masses"),
    service_types=("management", "interaction"),
    icon="clipboard-check",
    settings=AppraisalSettings,
)

MANIFEST = joined(BASE, scoring.PART, survey.PART)
