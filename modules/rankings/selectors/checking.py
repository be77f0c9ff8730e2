"""减负自查: what of the tenant's set-up touches the rules against formalism on phones, to be looked at and printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.module_settings import read as read_settings
from jiceng.kernel.registry import registry
from jiceng.notices.models import Notice
from jiceng.points.models import Appeal, AppealState
from jiceng.points.selectors import rules

from . import relief

UNUSED_FOR = timedelta(days=90)
LONGEST_APPEAL = timedelta(days=7)
MANY_NOTICES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """``state``: ``ok``, ``look`` (somebody should decide) or ``mend``. ``advice``: what to do, ``""`` for nothing."""

    ban: str
    state: str
    words: str
    advice: str = ""


def findings(*, actor: Actor, at: datetime) -> list[Finding]:
    """By ban, in the order of the rules. ``actor``: knows which modules are on."""
    return [
        _ranks(), _points(at), _presence(), _hours(), _notices(at), _unused(actor.modules or frozenset(), at), _appeals(at),
    ]  # fmt: skip


def _ranks() -> Finding:
    ban = _("不设积分排名")
    if relief.is_on():
        return Finding(ban, "ok", _("减负模式已开启：不公开个人和部门排名，只看自己的进度。"))
    change = relief.newest()
    reason = change.reason if change else ""
    return Finding(
        ban,
        "look",
        _("减负模式已关闭，排行榜公开。关闭原因：%(reason)s") % {"reason": reason},
        _("如无必要，请开启减负模式。"),
    )


def _points(at: datetime) -> Finding:
    ban = _("积分不作考核依据")
    if not read_settings("points").is_on:
        return Finding(ban, "ok", _("没有启用积分。"))
    count = sum(rule.is_on for rule in rules.rules_at(at))
    words = _("启用了积分，有 %(count)d 条规则，都只鼓励完成、贡献和服务，每天有上限。") % {"count": count}
    return Finding(ban, "look", words, _("请确认没有文件把积分作为考核、评比的依据。"))


def _presence() -> Finding:
    words = _("系统不统计在线时长和登录次数，不提供每日打卡，点赞、转发不计分；任何功能模块都不能声明这类规则。")
    return Finding(_("不要求打卡、不看在线时长"), "ok", words)


def _hours() -> Finding:
    words = _("学时只作为法定培训记录，不参加排行；党员评分只由人打分，不取学时、点赞和登录数据。")
    return Finding(_("学时、点赞不作考核依据"), "ok", words)


def _notices(at: datetime) -> Finding:
    ban = _("不频繁下发任务")
    since = at - timedelta(days=30)
    count = (
        Notice.objects.filter(is_mandatory=True, created_at__gte=since).exclude(source__startswith="workflow.").count()
    )
    words = _("近 30 天发出必读通知 %(count)d 次。") % {"count": count}
    if count <= MANY_NOTICES:
        return Finding(ban, "ok", words)
    return Finding(ban, "look", words, _("请合并通知，能不设必读的不设必读。"))


def _unused(modules: frozenset[str], at: datetime) -> Finding:
    ban = _("清理长期不用的功能")
    features = [manifest for manifest in registry if manifest.code in modules and not manifest.always_on]
    idle = [str(manifest.name) for manifest in features if not _was_used(manifest, at)]
    if not idle:
        return Finding(ban, "ok", _("启用的功能近 90 天都有人使用。"))
    words = _("近 90 天没有管理操作的功能：%(names)s。") % {"names": "、".join(idle)}
    return Finding(ban, "look", words, _("不用的功能请在“功能模块”里停用，数据会保留。"))


def _was_used(manifest: Manifest, at: datetime) -> bool:
    prefix = Q(action__startswith=f"{manifest.code}.")
    return AuditEntry.objects.filter(prefix, happened_at__gte=at - UNUSED_FOR).exists()


def _appeals(at: datetime) -> Finding:
    ban = _("有投诉和申诉的渠道")
    late = Appeal.objects.filter(state=AppealState.OPEN, created_at__lt=at - LONGEST_APPEAL).count()
    if late:
        words = _("有 %(count)d 条积分申诉超过 7 天没有答复。") % {"count": late}
        return Finding(ban, "mend", words, _("请尽快答复。"))
    return Finding(ban, "ok", _("每条积分都可以申诉，没有超过 7 天未答复的申诉。"))
