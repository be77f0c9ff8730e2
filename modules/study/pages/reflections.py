"""Writing reflections on the phone, and reading what others share."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.reflections import ReflectionForm, TalkForm
from ..models import Reflection
from ..selectors import reflections as reads
from ..selectors.learners import learner
from ..services import reflections as services
from ..services import talking
from ..services.reflections import CHANGEABLE, ReflectionFields


def my_reflections(request: TenantRequest) -> HttpResponse:
    """One's own, the latest first; nothing for those not on the roster."""
    if learner(request.actor) is None:
        return render(request, "study/h5/reflections.html", {})
    page = numbered_page(reads.own(request.actor), request.GET.get("cursor"), size=20)
    return render(request, "study/h5/reflections.html", {"page": page, "person": True})


def reflection_new(request: TenantRequest) -> HttpResponse:
    return _written(request, None)


def reflection_detail(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    """One's own: what the reviewer said, and which passages stand elsewhere."""
    found = reads.get_own(reflection_id=reflection_id, actor=request.actor)
    return render(request, "study/h5/reflection.html", {
        "one": found, "may_change": found.state in CHANGEABLE,
        "passages": reads.passages_of(found) if found.is_flagged else [],
    })  # fmt: skip


def reflection_edit(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    return _written(request, reads.get_own(reflection_id=reflection_id, actor=request.actor))


def reflection_delete(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    services.delete_draft(reflection_id=reflection_id, actor=request.actor)
    messages.success(request, _("草稿已删除。"))
    return redirect("h5-study-reflections")


def reflection_share(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    is_shared = request.POST.get("on") == "1"
    services.share_reflection(reflection_id=reflection_id, is_shared=is_shared, actor=request.actor, at=clock.now())
    messages.success(request, _("已分享，大家都能看到。") if is_shared else _("已取消分享。"))
    return redirect("h5-study-reflection", reflection_id=reflection_id)


def shared_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.shared(), request.GET.get("cursor"), size=20)
    return render(request, "study/h5/reflections_shared.html", {"page": page})


def shared_detail(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    """GET shows it with its comments, POST adds one."""
    found = reads.get_shared(reflection_id=reflection_id, actor=request.actor)
    form = TalkForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: talking.comment_reflection(
        reflection_id=reflection_id, text=data["text"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("评论已发表。"))
        return redirect("h5-study-reflection-shared", reflection_id=reflection_id)
    return render(request, "study/h5/reflection_shared.html", {
        "one": found, "form": form, "is_open": reads.has_comments_open(), "person": learner(request.actor),
        "page": numbered_page(reads.comments_of(found), request.GET.get("cursor"), size=30),
    }, status=status_of(form))  # fmt: skip


def shared_like(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    talking.like_reflection(
        reflection_id=reflection_id, is_on=request.POST.get("on") == "1", actor=request.actor, at=clock.now()
    )
    return redirect("h5-study-reflection-shared", reflection_id=reflection_id)


def _written(request: TenantRequest, found: Reflection | None) -> HttpResponse:
    """GET shows the form, POST keeps the draft or hands it in (``then=submit``)."""
    form = ReflectionForm(
        request.POST if request.method == "POST" else None, person=learner(request.actor), reflection=found
    )
    is_final = request.POST.get("then") == "submit"
    saved = submitted(form, lambda data: services.write_reflection(
        reflection_id=found.pk if found else None, version=data.pop("version") or 0, fields=ReflectionFields(**data),  # type: ignore[typeddict-item]
        is_final=is_final, actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if saved is None:
        return render(request, "study/h5/reflection_write.html", {"form": form, "one": found}, status=status_of(form))
    if is_final and saved.is_flagged:
        messages.warning(request, _("已提交。有些段落和以前的心得相同，请看下面的提示。"))
    else:
        messages.success(request, _("已提交，等待点评。") if is_final else _("草稿已保存，只有您自己能看到。"))
    return redirect("h5-study-reflection", reflection_id=saved.pk)
