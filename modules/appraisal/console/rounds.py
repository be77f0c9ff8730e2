"""Rounds in the console: preparing, the list beforehand, progress, closing, publishing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.shell.requests import TenantRequest

from ..errors.scoring import RoundFrozen
from ..forms.rounds import RoundForm
from ..forms.turning import turned
from ..models import Group
from ..selectors import drawing
from ..selectors import rounds as reads
from ..services import rounds as services
from ..services import running
from .addresses import posted, url

PER_PAGE = 30


def round_list(request: TenantRequest) -> HttpResponse:
    rows = reads.with_counts(reads.managed(actor=request.actor))
    return render(request, "appraisal/console/rounds.html", turned(request, rows, PER_PAGE))


def round_new(request: TenantRequest) -> HttpResponse:
    form = RoundForm(posted(request), actor=request.actor)
    made = submitted(
        form, lambda _data: services.create_round(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("草稿已保存，核对名单后再启动。"))
        return redirect(url("round", round_id=made.pk))
    crumbs = [(_("党员评分"), url("rounds")), (_("新建评分"), "")]
    return form_page(request, form, template="appraisal/console/round_edit.html", title=_("新建评分"), crumbs=crumbs)


def round_edit(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    round = reads.get_round(round_id=round_id, actor=request.actor)
    if not round.is_draft:
        raise RoundFrozen
    form = RoundForm(posted(request), actor=request.actor, round=round)
    saved = submitted(form, lambda data: services.update_round(
        round_id=round_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("round", round_id=round_id))
    crumbs = [(_("党员评分"), url("rounds")), (round.title, url("round", round_id=round_id)), (_("修改"), "")]
    return form_page(request, form, template="appraisal/console/round_edit.html", title=_("修改评分"), crumbs=crumbs)


def round_delete(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    reads.get_round(round_id=round_id, actor=request.actor)
    services.delete_round(round_id=round_id, actor=request.actor, at=clock.now())
    messages.success(request, _("草稿已删除。"))
    return redirect(url("rounds"))


def round_detail(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    """What it is about, and how far it has got; as counts."""
    round = reads.get_round(round_id=round_id, actor=request.actor)
    return render(request, "appraisal/console/round.html", {
        "round": round, "criteria": reads.criteria_of(round), "progress": reads.progress_of(round),
        "weights": [(Group(group).label, weight) for group, weight in round.weights.items()],
        "days": read_settings("appraisal").days_between_reminders,
        "crumbs": [(_("党员评分"), url("rounds")), (round.title, "")],
    })  # fmt: skip


def round_open(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    """The list as it will be, with counts; POST opens."""
    round, at = reads.get_round(round_id=round_id, actor=request.actor), clock.now()
    if request.method == "POST":
        running.open_round(round_id=round_id, actor=request.actor, at=at)
        messages.success(request, _("评分已启动，到开始时间会通知评分人。"))
        return redirect(url("round", round_id=round_id))
    drawn = drawing.draw(round, at=at)
    minimum = read_settings("appraisal").group_minimum
    return render(request, "appraisal/console/round_open.html", {
        "round": round, "drawn": drawn, "minimum": minimum, "too_few": drawn.with_too_few(minimum),
        "groups": [(Group(group).label, count) for group, count in drawn.by_group().items() if count],
        "reviewer_count": len(drawn.reviewers), **turned(request, list(drawn.judged), PER_PAGE),
        "crumbs": [(_("党员评分"), url("rounds")), (round.title, url("round", round_id=round_id)), (_("核对名单"), "")],
    })  # fmt: skip


def round_close(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    round = reads.get_round(round_id=round_id, actor=request.actor)
    if request.method == "POST":
        running.close_round(round_id=round_id, actor=request.actor, at=clock.now())
        messages.success(request, _("评分已结束，结果已算好。"))
        return redirect(url("results", round_id=round_id))
    progress = reads.progress_of(round)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("结束评分"), "question": _("确定提前结束“%(title)s”吗？") % {"title": round.title}, "danger": True,
        "consequences": [
            _("还有 %(count)d 人没有评完，结束后不能再评。") % {"count": progress.waiting_people}, _("结束后不能重新启动。"),
        ],
        "action": _("结束评分"), "cancel_url": url("round", round_id=round_id),
    })  # fmt: skip


def round_publish(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    round = reads.get_round(round_id=round_id, actor=request.actor)
    if request.method == "POST":
        running.publish_round(round_id=round_id, actor=request.actor, at=clock.now())
        messages.success(request, _("结果已公布，每个人只看到自己的。"))
        return redirect(url("results", round_id=round_id))
    return render(request, "jiceng/console/confirm.html", {
        "title": _("公布结果"), "question": _("确定公布“%(title)s”的结果吗？") % {"title": round.title},
        "consequences": [
            _("每个人在手机上看到自己的结果和依据，看不到别人的。"),
            _("公布后 %(days)d 天内可以申诉。") % {"days": read_settings("appraisal").appeal_days},
        ],
        "action": _("公布结果"), "cancel_url": url("results", round_id=round_id),
    })  # fmt: skip


def round_remind(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    reads.get_round(round_id=round_id, actor=request.actor)
    count = running.remind(round_id=round_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已提醒 %(count)d 人。") % {"count": count})
    return redirect(url("round", round_id=round_id))
