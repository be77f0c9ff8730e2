"""What certificates add."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import ApiRoute, Event, MenuEntry, NoticeCategory, Page, Part

from .words import API, BOTH, CONSOLE, HOURS, LEARN, PAGES, POST, VERIFY

DESK, PHONE = f"{CONSOLE}.certificates", f"{PAGES}.certificates"
ONE = "certificates/<uuid:certificate_id>/"
TOLD = {"certificate_id": "uuid", "number": "str", "title": "str", "person_id": "uuid", "user_id": "str"}

PART = Part(
    pages=(
        Page("h5", "certificates/", f"{PHONE}.my_certificates", "certificates", LEARN),
        Page("h5", f"{ONE}pdf/", f"{PHONE}.my_certificate_pdf", "certificate-pdf", LEARN),
        Page("h5", "verify/<str:code>/", f"{PHONE}.verify", "verify", VERIFY),
        Page("console", "certificates/", f"{DESK}.certificate_list", "certificates", HOURS),
        Page("console", f"{ONE}pdf/", f"{DESK}.certificate_pdf", "certificate-pdf", HOURS),
        Page("console", f"{ONE}revoke/", f"{DESK}.certificate_revoke", "certificate-revoke", HOURS, methods=BOTH),
        Page("console", f"{ONE}renew/", f"{DESK}.certificate_renew", "certificate-renew", HOURS, methods=POST),
    ),
    api=(ApiRoute("certificates", f"{API}.certificates.CertificateViewSet", read=HOURS, write=HOURS),),
    menu=(
        MenuEntry("console", _("证书"), "certificates", HOURS, icon="award", order=36, group=_("学习教育")),
    ),
    actions={"study.certificate.issued": _("颁发证书"), "study.certificate.revoked": _("撤销证书")},
    emits=(
        Event("study.certificate.issued", TOLD, _("颁发证书"), True),
        Event("study.certificate.revoked", TOLD, _("撤销证书"), True),
    ),
    notices=(NoticeCategory("study.certificate", _("证书")),),
)  # fmt: skip
