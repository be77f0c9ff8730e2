"""Showing somebody's full numbers: for a reason, after a recent login, on record."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.access.stepup import require_recent_login
from jiceng.members import selectors, services
from jiceng.members.fields import FIELDS
from jiceng.shell.requests import TenantRequest

from .people_forms import RevealForm
from .person import READ_SENSITIVE, crumbs, person_url
from .submission import form_page, submitted


@never_cache
@require_recent_login
def person_reveal(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    """The values stand in the answer to the form only; loading the page again asks again."""
    person = selectors.get_person(person_id, actor=request.actor, permission=READ_SENSITIVE)
    if person.pk != person_id:
        return redirect(person_url(person.pk))
    form = RevealForm(request.POST if request.method == "POST" else None)
    values = submitted(
        form,
        lambda clean: services.reveal(
            person_id=person.pk, fields=clean["fields_wanted"], reason=clean["reason"], actor=request.actor
        ),
    )
    way = [*crumbs(person), (_("查看完整号码"), "")]
    if values is None:
        return form_page(
            request, form, title=_("查看“%(name)s”的完整号码") % {"name": person.name}, action=_("查看"),
            note=_("每次查看都会记入审计日志，本人可以在个人中心看到。"), cancel_url=person_url(person.pk), crumbs=way,
        )  # fmt: skip
    rows = [(FIELDS[code].label, value or "—") for code, value in values.items()]
    return render(request, "console/people/revealed.html", {"person": person, "rows": rows, "crumbs": way})
