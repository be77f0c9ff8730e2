"""The page that problem documents point to (``type``): every refusal there is, collected from the code itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiceng.kernel.errors import DomainError

from . import problems


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    status: int
    title: str
    message: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "jiceng/status/reference.html", {"refusals": refusals()})


def refusals() -> list[Refusal]:
    """One row a code, ordered by status and code."""
    found = {code: _row(code, status, detail) for status, (code, detail) in problems.GENERIC.items()}
    for error in _subclasses(DomainError):
        found.setdefault(error.code, _row(error.code, error.status, error.message))
    return sorted(found.values(), key=lambda refusal: (refusal.status, refusal.code))


def _row(code: str, status: int, message: object) -> Refusal:
    return Refusal(code, status, str(problems.TITLES.get(status, "")), str(message))


def _subclasses(parent: type[DomainError]) -> list[type[DomainError]]:
    return [found for child in parent.__subclasses__() for found in (child, *_subclasses(child))]
