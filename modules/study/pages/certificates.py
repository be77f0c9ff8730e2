"""My certificates, and the page that anybody reaches with the code on one."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiceng.kernel import clock
from jiceng.shell.downloads import PDF, download_answer
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest, organisation_of

from ..selectors import certificates as reads
from ..selectors.learners import learner
from ..services import certificates as services
from ..services.printing import certificate_pdf


def my_certificates(request: TenantRequest) -> HttpResponse:
    """One's own, the latest first; nothing for those not on the roster."""
    if learner(request.actor) is None:
        return render(request, "study/h5/certificates.html", {})
    page = numbered_page(reads.certificates_of(request.actor), request.GET.get("cursor"), size=20)
    rows = [(row, row.standing(clock.today())) for row in page.rows]
    return render(request, "study/h5/certificates.html", {"page": page, "rows": rows})


def my_certificate_pdf(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    certificate = reads.get_own(certificate_id=certificate_id, actor=request.actor)
    address = request.build_absolute_uri(reverse("h5-study-verify", kwargs={"code": certificate.code}))
    content = certificate_pdf(certificate=certificate, organisation=organisation_of(request), verify_url=address)
    return download_answer(content, name=f"{certificate.title}-{certificate.number}.pdf", content_type=PDF)


def verify(request: TenantRequest, code: str) -> HttpResponse:
    """For anybody: what the certificate says, with the name masked. Search engines stay away."""
    found = services.verify(code=code, address=request.address, at=clock.now())  # type: ignore[attr-defined]
    answer = render(request, "study/h5/verify.html", {"found": found})
    answer["X-Robots-Tag"], answer["Referrer-Policy"] = "noindex, nofollow", "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer
