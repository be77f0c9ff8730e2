"""Refusals around certificates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound, TooMany


class CertificateMissing(NotFound):
    code = "study.certificate_not_found"
    message = _("没有找到这张证书。")


class CertificateInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.certificate_invalid"
    message = _("填写有误，请按提示修改。")


class CertificateRevoked(Conflict):
    code = "study.certificate_revoked"
    message = _("这张证书已经撤销。")


class CertificateStillValid(Conflict):
    code = "study.certificate_still_valid"
    message = _("这张证书没有过期，不需要重新颁发。")


class NoCertificate(Conflict):
    code = "study.course_without_certificate"
    message = _("这门课程不发证书。")


class CourseNotDone(Conflict):
    code = "study.course_not_done"
    message = _("学完这门课程后才能颁发证书。")


class VerifiedTooOften(TooMany):
    code = "study.verified_too_often"
    message = _("查询太频繁，请稍后再试。")
