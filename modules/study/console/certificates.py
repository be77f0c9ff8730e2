"""Certificates in the console: who holds one, the PDF, revoking and renewing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.downloads import PDF, download_answer
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest, organisation_of

from ..forms.certificates import RevokeForm
from ..selectors import certificates as reads
from ..services import certificates as services
from ..services.printing import certificate_pdf as printed
from .addresses import url


def certificate_list(request: TenantRequest) -> HttpResponse:
    """Of people within reach. ``?q=``: name, number or title; ``?show=``: valid, expired, revoked."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    labels = {"": _("全部"), "valid": _("有效"), "expired": _("已过期"), "revoked": _("已撤销")}
    show = request.GET.get("show", "")
    show, today = show if show in labels else "", clock.today()
    found = reads.search(request.actor, words=words, show=show, on=today)
    page = numbered_page(found, request.GET.get("cursor"), size=30)
    return render(request, "study/console/certificates.html", {
        "page": page, "words": words, "show": show, "rows": [(row, row.standing(today)) for row in page.rows],
        "tabs": [
            {"label": label, "url": f"?show={code}" if code else "?", "active": code == show}
            for code, label in labels.items()
        ],
    })  # fmt: skip


def certificate_pdf(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    certificate = reads.get_certificate(certificate_id=certificate_id, actor=request.actor)
    address = request.build_absolute_uri(reverse("h5-study-verify", kwargs={"code": certificate.code}))
    content = printed(certificate=certificate, organisation=organisation_of(request), verify_url=address)
    return download_answer(content, name=f"{certificate.title}-{certificate.number}.pdf", content_type=PDF)


def certificate_revoke(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    certificate = reads.get_certificate(certificate_id=certificate_id, actor=request.actor)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.revoke(
        certificate_id=certificate_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("证书已撤销，扫码核验时会显示“已撤销”。"))
        return redirect(url("certificates"))
    title = _("撤销证书 %(number)s（%(name)s）") % {"number": certificate.number, "name": certificate.person_name}
    crumbs = [(_("证书"), url("certificates")), (certificate.number, "")]
    return form_page(request, form, title=title, crumbs=crumbs, cancel_url=url("certificates"))


def certificate_renew(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    made = services.renew(certificate_id=certificate_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已颁发新证书 %(number)s。") % {"number": made.number})
    return redirect(url("certificates"))
