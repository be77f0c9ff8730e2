"""My hours and stars, my certificate, and the page that says whether a certificate holds."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..selectors import hours as reads
from ..selectors.people import masked_name, volunteer
from ..services import certificates


def my_hours(request: TenantRequest) -> HttpResponse:
    """One's own hours; nobody else's appear, and nothing for those not on the roster."""
    person, today = volunteer(request.actor), clock.today()
    if person is None:
        return render(request, "volunteering/h5/hours.html", {})
    return render(request, "volunteering/h5/hours.html", {
        "standing": reads.standing_of(person, year=today.year), "year": today.year, "person": person, "stars": reads.STARS,
        "page": numbered_page(reads.entries_of(person), request.GET.get("cursor"), size=20),
        "certificates": reads.certificates_of(person)[:10],
    })  # fmt: skip


def certificate_new(request: TenantRequest) -> HttpResponse:
    made = certificates.issue_certificate(actor=request.actor, at=clock.now())
    messages.success(request, _("证明已开具，可以打印或保存。"))
    return redirect("h5-volunteering-certificate", certificate_id=made.pk)


def certificate(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """A sheet of A4 with a code that leads to ``verify``."""
    found = reads.own_certificate(certificate_id=certificate_id, actor=request.actor)
    address = request.build_absolute_uri(reverse("h5-volunteering-verify", args=[found.code]))
    return render(request, "volunteering/h5/certificate.html", {"certificate": found, "address": address})


def verify(request: TenantRequest, code: str) -> HttpResponse:
    """For anybody: the name masked, the hours, and whether it holds."""
    address = str(getattr(request, "address", ""))
    found = certificates.look_up(code=code, address=address, at=clock.now())
    answer = render(request, "volunteering/h5/verify.html", {"certificate": found, "name": masked_name(found.name)})
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
