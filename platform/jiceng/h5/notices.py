"""消息: the inbox on the phone, and what one wants of it."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.models import User
from jiceng.kernel import clock
from jiceng.notices import channels, selectors, services
from jiceng.notices.models import Pace
from jiceng.notices.services.wanting import Wishes
from jiceng.notices.times import Shift
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest

PER_PAGE = 20
SHOWS = (("", gettext_lazy("全部")), ("unread", gettext_lazy("未读")), ("duty", gettext_lazy("必办")))
WEEKDAYS = tuple(enumerate(map(gettext_lazy, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"))))
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class HabitsForm(forms.Form):
    """Quiet hours, pace, e-mail, shifts at the window, and one switch for each category that may be muted."""

    quiet_from = forms.TimeField(label=gettext_lazy("免打扰从"), widget=_CLOCK)
    quiet_to = forms.TimeField(label=gettext_lazy("到"), widget=_CLOCK)
    pace = forms.ChoiceField(
        label=gettext_lazy("推送方式"), choices=Pace.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("必办事项和紧急消息不等摘要。"),
    )  # fmt: skip
    uses_wechat = forms.BooleanField(label=gettext_lazy("同时推送到微信"), required=False)
    uses_email = forms.BooleanField(label=gettext_lazy("同时发到我的邮箱"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("窗口在岗日"), choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("在岗时段内不推送消息，下岗后再发。不在窗口工作的不用填。"),
    )  # fmt: skip
    morning_from = forms.TimeField(label=gettext_lazy("上午从"), widget=_CLOCK, required=False)
    morning_to = forms.TimeField(label=gettext_lazy("到"), widget=_CLOCK, required=False)
    afternoon_from = forms.TimeField(label=gettext_lazy("下午从"), widget=_CLOCK, required=False)
    afternoon_to = forms.TimeField(label=gettext_lazy("到"), widget=_CLOCK, required=False)
    muted = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, categories: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["muted"].choices = [(code, code) for code in categories]  # type: ignore[attr-defined]
        used = {channel.code for channel in channels.switched_on()}
        for code in ("email", "wechat"):
            if code not in used:
                del self.fields[f"uses_{code}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for half in ("morning", "afternoon"):
            if bool(data.get(f"{half}_from")) != bool(data.get(f"{half}_to")):
                self.add_error(f"{half}_to", _("请把开始和结束时间都填上。"))
        if data.get("weekdays") and not (data.get("morning_from") or data.get("afternoon_from")):
            self.add_error("weekdays", _("请填写在岗时段。"))
        return data

    def wishes(self) -> Wishes:
        data = self.cleaned_data
        halves = [
            (data[f"{half}_from"], data[f"{half}_to"]) for half in ("morning", "afternoon") if data[f"{half}_from"]
        ]
        return Wishes(
            muted=data["muted"], quiet_from=data["quiet_from"], quiet_to=data["quiet_to"], pace=data["pace"],
            uses_email=data.get("uses_email", True), uses_wechat=data.get("uses_wechat", True),
            shifts=[Shift(day, start, end) for day in data["weekdays"] for start, end in halves],
        )  # fmt: skip


def inbox(request: TenantRequest) -> HttpResponse:
    """``?show=``: all, ``unread``, ``duty``. ``?cursor=``: the id of the last entry seen."""
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    found = selectors.inbox(_user(request), show=show)
    cursor = request.GET.get("cursor", "")
    if cursor.isascii() and cursor.isdecimal() and len(cursor) < 19:
        found = found.filter(pk__lt=int(cursor))
    rows = list(found[: PER_PAGE + 1])
    return render(request, "h5/notices/inbox.html", {
        "rows": rows[:PER_PAGE], "show": show, "back_url": reverse("h5-home"),
        "next": str(rows[PER_PAGE - 1].pk) if len(rows) > PER_PAGE else None,
        "tabs": [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS],
    })  # fmt: skip


def open_entry(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Mark the entry read and go where it leads."""
    entry = services.mark_read(user=_user(request), entry_id=min(entry_id, 2**63 - 1), at=clock.now())
    return redirect(entry.notice.url)


def read_all(request: TenantRequest) -> HttpResponse:
    count = services.mark_all_read(user=_user(request), at=clock.now())
    messages.success(request, _("已全部标为已读。") if count else _("没有未读消息。"))
    return redirect(reverse(page_name("h5", "notices", "inbox")))


def habits(request: TenantRequest) -> HttpResponse:
    user = _user(request)
    groups = selectors.categories_for(request.actor)
    codes = [category.code for _name, categories in groups for category in categories if not category.is_mandatory]
    current = selectors.wishes_of(user)
    form = HabitsForm(
        request.POST if request.method == "POST" else None, categories=codes, initial=_initial(current)
    )  # fmt: skip
    saved = submitted(
        form, lambda _clean: services.save_wishes(user=user, wishes=form.wishes(), at=clock.now()) or True
    )
    if saved:
        messages.success(request, _("消息设置已保存。"))
        return redirect(reverse(page_name("h5", "notices", "habits")))
    muted = set(request.POST.getlist("muted")) if form.is_bound else current["muted"]
    return render(request, "h5/notices/habits.html", {
        "form": form, "muted": muted, "back_url": reverse(page_name("h5", "notices", "inbox")),
        "groups": [{"name": name, "categories": categories} for name, categories in groups],
    }, status=status_of(form))  # fmt: skip


def _user(request: TenantRequest) -> User:
    assert request.actor.user is not None  # noqa: S101 -- the gate lets only people with a login through
    return request.actor.user


def _initial(wishes: dict[str, Any]) -> dict[str, Any]:
    shifts: list[Shift] = wishes["shifts"]
    halves: list[tuple[time, time]] = sorted({(shift.starts_at, shift.ends_at) for shift in shifts})[:2]
    initial = {**wishes, "weekdays": sorted({shift.weekday for shift in shifts})}
    if len(halves) == 1 and halves[0][0] >= time(12):
        halves.insert(0, (None, None))  # type: ignore[arg-type]
    for half, (start, end) in zip(("morning", "afternoon"), halves, strict=False):
        initial |= {f"{half}_from": start, f"{half}_to": end}
    return initial
