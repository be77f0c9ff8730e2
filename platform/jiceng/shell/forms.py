"""From a submitted form to one service call and back: refusals land on the fields they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm

from jiceng.kernel.errors import Conflict, DomainError, Forbidden, Invalid

Result = TypeVar("Result")
UNPROCESSABLE = 422


def submitted(form: BaseForm, call: Callable[[dict[str, Any]], Result]) -> Result | None:
    """Hand the clean data of a bound, valid form to ``call`` and return its result; ``None`` when the form needs work.

    ``Invalid``, ``Conflict`` and ``Forbidden`` are shown on the form. Other refusals are the shell's to map.
    """
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return call(form.cleaned_data)
    except (Invalid, Conflict, Forbidden) as error:
        show_refusal(form, error)
        return None


def show_refusal(form: BaseForm, error: DomainError) -> None:
    """Put each fault on its field, and what belongs to none on the form as a whole."""
    for fault in error.fields:
        name = fault.pointer.strip("/").partition("/")[0]
        form.add_error(name if name in form.fields else None, fault.message)
    if not error.fields:
        form.add_error(None, error.detail)
    form.refused_with = UNPROCESSABLE if isinstance(error, Invalid) else error.status  # type: ignore[attr-defined]


def status_of(form: BaseForm) -> int:
    """The status of the answer: 200, or 422 when the form has faults (409, 403 for refusals)."""
    return getattr(form, "refused_with", UNPROCESSABLE) if form.is_bound and form.errors else 200
