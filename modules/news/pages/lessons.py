"""What the player of a lesson reports."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.progress import ProgressForm
from ..services import lessons as services


@never_cache
def lesson_progress(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """204; 422 for what is no number of seconds. The answer says nothing: players do not read it."""
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    services.record_progress(article_id=article_id, **form.cleaned_data, actor=request.actor, at=clock.now())
    return HttpResponse(status=204)
