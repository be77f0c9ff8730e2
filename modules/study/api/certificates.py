"""/api/v1/study/certificates."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields

from jiceng.api.viewsets import Filters, WriteViewSet, command
from jiceng.kernel.clock import now

from ..models import Certificate, CertificateState
from ..selectors import certificates as reads
from ..serializers.certificates import CertificateRow, RevokeInput
from ..services import certificates as services


class CertificateFilters(Filters):
    person_id = fields.UUIDField(source="person", help_text=_("人员"))
    course_id = fields.UUIDField(source="course", help_text=_("课程"))
    number = fields.CharField(max_length=20, help_text=_("证书编号"))
    state = fields.ChoiceField(choices=CertificateState.choices, help_text=_("状态"))


class CertificateViewSet(WriteViewSet[Certificate]):
    noun = _("证书")
    about = _("学完课程自动颁发；编号按年连续。是否过期看 expires_date。")
    serializer_class = CertificateRow
    filters = CertificateFilters
    orderings = ("-issued_at",)

    def rows(self) -> QuerySet[Certificate]:
        return reads.in_reach(self.actor)

    @command(_("撤销证书"), input_class=RevokeInput)
    def revoke(self, item: Certificate, data: dict[str, Any]) -> Certificate:
        services.revoke(certificate_id=item.pk, reason=data["reason"], actor=self.actor, at=now())
        return reads.get_certificate(certificate_id=item.pk, actor=self.actor)
