"""我的: who one is here, what waits, and the way to everything of one's own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiceng.access import policy
from jiceng.kernel import clock
from jiceng.members.bodies import state_label
from jiceng.members.declares.profile import PROFILE
from jiceng.members.models import Person
from jiceng.members.profile import selectors
from jiceng.members.selectors import memberships_of
from jiceng.members.selectors.posts import posts_of
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors as wechat
from jiceng.wechat.manifest import USE
from jiceng.workflow import selectors as workflow

CONSOLE_PERMISSION, INBOX_PERMISSION = "console.view", "workflow.view"


@require_safe
def mine(request: TenantRequest) -> HttpResponse:
    """The person's own page; strangers log in first."""
    actor = request.actor
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path(), reverse("login"))
    person = selectors.own_entry(actor)
    context: dict[str, Any] = {
        "person": person, "may_manage": policy.may(actor, CONSOLE_PERMISSION),
        "has_wechat": policy.may(actor, USE) and wechat.has_account(),
        "has_profile": policy.may(actor, PROFILE), "has_inbox": policy.may(actor, INBOX_PERMISSION),
    }  # fmt: skip
    if context["has_inbox"]:
        context["waiting"] = workflow.inbox_count(actor=actor, at=clock.now())
    if person is not None:
        context |= _facts(person)
    return render(request, "h5/mine.html", context)


def _facts(person: Person) -> dict[str, Any]:
    held = memberships_of(person, only_open=True)
    return {
        "badges": [state_label(row.body, row.state) for row in held],
        "posts": [f"{post.unit.name} {post.name}" for post in posts_of(person).filter(ended_on=None)],
        "pending": selectors.pending_request(person),
    }
