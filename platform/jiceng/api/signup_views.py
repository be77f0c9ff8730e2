"""The public API: an organisation signs up and watches its progress. No credentials, counted by address."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields
from rest_framework.response import Response

from tenants import signup
from tenants.models import Kind, SignupRequest, SignupState

from . import serializers
from .operations import Operation
from .permissions import ANYONE
from .plans import utc_text
from .views import SingleView


class SignupInput(serializers.Serializer):
    """A sign-up. The service checks every field; this declares what they are."""

    organisation = fields.CharField(max_length=100, help_text=_("单位全称"))
    kind = fields.ChoiceField(choices=Kind.choices, help_text=_("单位类型"))
    credit_code = fields.CharField(min_length=18, max_length=18, help_text=_("统一社会信用代码，18 位"))
    slug = fields.CharField(max_length=32, help_text=_("网址名：小写字母、数字和连字符"))
    contact_name = fields.CharField(max_length=50, help_text=_("联系人"))
    contact_phone = fields.CharField(max_length=30, help_text=_("联系电话"))
    contact_email = fields.EmailField(max_length=120, help_text=_("电子邮箱"))
    administrator_name = fields.CharField(max_length=50, help_text=_("首位管理员姓名"))


class SignupSerializer(serializers.Serializer):
    """The progress of a sign-up."""

    organisation = fields.CharField(help_text=_("单位全称"))
    slug = fields.CharField(help_text=_("网址名"))
    state = fields.ChoiceField(choices=SignupState.choices, help_text=_("进度"))
    reason = fields.CharField(help_text=_("未通过时的原因，否则为空"))
    created_at = fields.DateTimeField(help_text=_("申请时间"))
    ready_at = fields.DateTimeField(allow_null=True, help_text=_("开通时间"))


class SignupCreatedSerializer(SignupSerializer):
    """A new sign-up with the token that shows its progress: keep it, it is not shown again."""

    token = fields.CharField(help_text=_("查询进度的凭证，只显示这一次"))
    status_url = fields.CharField(help_text=_("查询进度的地址"))


class SignupList(SingleView):
    """``POST /signups``."""

    authentication_classes = ()
    is_idempotent = False
    permissions = {"POST": ANYONE}
    operations = {
        "POST": Operation(
            "signups_create", _("申请开通"), _("单位申请开通。每个网络地址每小时的申请次数有限。"),
            tag="signups", input=SignupInput, output=SignupCreatedSerializer, status=201,
        )
    }  # fmt: skip

    def post(self, request: Any) -> Response:
        data = request.data if isinstance(request.data, dict) else {}
        made, token = signup.submit(data=dict(data), address=request.address)
        status_url = reverse("public_signups_detail", kwargs={"token": token})
        body = {**describe(made), "token": token, "status_url": status_url}
        return Response(body, status=201, headers={"Location": status_url})


class SignupDetail(SingleView):
    """``GET /signups/{token}``."""

    authentication_classes = ()
    permissions = {"GET": ANYONE}
    operations = {
        "GET": Operation(
            "signups_retrieve",
            _("查询开通进度"),
            _("凭申请时得到的凭证查询进度。"),
            tag="signups",
            output=SignupSerializer,
        )
    }

    def get(self, request: Any, token: str) -> Response:
        return Response(describe(signup.find(token)))


def describe(made: SignupRequest) -> dict[str, Any]:
    """One sign-up as JSON: nothing of the contact, which the token's holder need not be."""
    return {
        "organisation": made.organisation, "slug": made.slug, "state": made.state, "reason": made.reason,
        "created_at": utc_text(made.created_at), "ready_at": utc_text(made.ready_at) if made.ready_at else None,
    }  # fmt: skip
