"""The columns."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from ..forms.articles import ColumnForm, NewColumnForm
from ..services.columns import SETTINGS
from .addresses import url


def column_list(request: TenantRequest) -> HttpResponse:
    form = NewColumnForm(*posted(request))
    column = submitted(form, lambda data: services.create_column(**form.to_settings(), actor=request.actor))
    if column is not None:
        messages.success(request, _("栏目“%(name)s”已添加。") % {"name": column.name})
        return redirect(url("columns"))
    return form_page(request, form, template="news/console/columns.html", columns=selectors.columns_with_counts())


def column_edit(request: TenantRequest, column_id: uuid.UUID) -> HttpResponse:
    column = selectors.get_column(column_id=column_id)
    initial = {name: getattr(column, name) for name in ("name", "kind", "order", *SETTINGS)}
    form = ColumnForm(*posted(request), initial=initial)
    saved = submitted(
        form, lambda data: services.update_column(column_id=column_id, **form.to_settings(), actor=request.actor)
    )
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("columns"))
    return form_page(request, form, title=_("编辑栏目"), cancel_url=url("columns"))


def column_delete(request: TenantRequest, column_id: uuid.UUID) -> HttpResponse:
    services.delete_column(column_id=column_id, actor=request.actor)
    messages.success(request, _("栏目已删除。"))
    return redirect(url("columns"))
