"""From a refusal to the form it is about."""

from __future__ import annotations

from typing import TypeVar

from django.forms import BaseForm

from jiceng.kernel.errors import DomainError

UNPROCESSABLE = 422
AnyForm = TypeVar("AnyForm", bound=BaseForm)


def refuse(form: AnyForm, error: DomainError) -> AnyForm:
    """Put the faults of ``error`` on their fields, what belongs to none on the form; returns the form."""
    for fault in error.fields:
        name = fault.pointer.strip("/").partition("/")[0]
        form.add_error(name if name in form.fields else None, fault.message)
    if not error.fields:
        form.add_error(None, error.detail)
    return form


def refused_status(form: BaseForm) -> int:
    """200 for a fresh form, 422 for one that comes back with faults."""
    return UNPROCESSABLE if form.is_bound and form.errors else 200
