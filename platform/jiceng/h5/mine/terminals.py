"""登录终端: where one is signed in, in words that people know, and signing out there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jiceng.access.selectors import list_sessions
from jiceng.access.services import end_other_sessions, revoke_session
from jiceng.shell.requests import TenantRequest

from .entry import page_url

# The first that occurs in the user agent counts.
APPS = (
    ("wxwork", gettext_lazy("企业微信")), ("MicroMessenger", gettext_lazy("微信")), ("DingTalk", gettext_lazy("钉钉")),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("OpenHarmony", gettext_lazy("鸿蒙手机")), ("HarmonyOS", gettext_lazy("鸿蒙手机")),
    ("Android", gettext_lazy("安卓手机")), ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
PHONES = ("Mobile", "Android", "iPhone", "iPad", "OpenHarmony")


@never_cache
def terminals(request: TenantRequest) -> HttpResponse:
    """POST: ``end`` with one session's key hash, or ``others``."""
    user = request.actor.user
    if user is None:
        return redirect("login")
    current = request.session.session_key
    if request.method == "POST":
        if "others" in request.POST:
            count = end_other_sessions(user=user, keep=current, actor=request.actor)
            messages.success(request, _("已退出其他 %(count)d 个终端。") % {"count": count})
        else:
            revoke_session(user=user, key_hash=request.POST.get("end", "")[:64], actor=request.actor)
            messages.success(request, _("已退出该终端。"))
        return redirect(page_url("profile_terminals"))
    sessions = [(row, device_name(row.agent), is_phone(row.agent)) for row in list_sessions(user, current=current)]
    context = {"sessions": sessions, "has_others": len(sessions) > 1, "back_url": reverse("h5-mine")}
    return render(request, "h5/mine/terminals.html", context)


def is_phone(agent: str) -> bool:
    return any(mark in agent for mark in PHONES)


def device_name(agent: str) -> str:
    """ "微信（iPhone）", "电脑浏览器（Windows）"."""
    browser = _("手机浏览器") if is_phone(agent) else _("电脑浏览器")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    app = next((name for mark, name in APPS if mark in agent), browser if system else _("其他程序"))
    return f"{app}（{system}）" if system else str(app)
