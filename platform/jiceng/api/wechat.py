"""/api/v1/wechat-…: the accounts, who has bound, and what was pushed. Nobody's id at WeChat is ever told."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.kernel.clock import now
from jiceng.wechat import selectors
from jiceng.wechat.models import (
    Account,
    AccountKind,
    AccountState,
    Campaign,
    CampaignKind,
    Channel,
    Identity,
    PushState,
)
from jiceng.wechat.services import campaigns, checking, unbinding

from . import serializers
from .viewsets import Filters, WriteViewSet, command

_ID = "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f"
_STEP = {"code": "token", "label": "接口凭证", "state": "ok", "words": "正常"}
_PAUSE = {"channel": "template", "until": "2026-11-20T16:00:00Z", "reason": "今天的发送次数已用完"}
_ACCOUNT = {
    "id": _ID, "kind": "oa", "name": "红旗先锋", "appid": "wx0123456789abcdef", "agent_id": "", "state": "active",
    "is_for_login": True, "called_back_at": "2026-11-20T01:05:00Z", "checked_at": "2026-11-20T01:00:00Z",
    "check_result": [_STEP], "paused": [_PAUSE], "created_at": "2026-11-01T01:05:00Z",
}  # fmt: skip
_BINDING = {
    "id": _ID, "account": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e30", "person": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e31",
    "person_name": "王芳", "is_following": True, "bound_at": "2026-11-20T01:05:00Z", "created_at": "2026-11-20T01:00:00Z",
}  # fmt: skip
_CAMPAIGN = {
    "id": _ID, "kind": "notice", "category": "notices.todo", "title": "快到期了：审批请假申请", "url": "/todos/",
    "created_at": "2026-11-20T01:05:00Z", "cancelled_at": None,
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("step", value=_STEP)])
class CheckStep(serializers.Serializer):
    code = fields.CharField(help_text=_("检查项，如 token、menu、callback"))
    label = fields.CharField(help_text=_("名称"))  # type: ignore[assignment]
    state = fields.CharField(help_text=_("ok 正常，missing 要处理，skipped 没有检查"))
    words = fields.CharField(help_text=_("说明和处理办法"))


@extend_schema_serializer(examples=[OpenApiExample("pause", value=_PAUSE)])
class Pause(serializers.Serializer):
    channel = fields.ChoiceField(choices=Channel.choices, help_text=_("暂停的推送方式"))
    until = fields.DateTimeField(help_text=_("到什么时候再发"))
    reason = fields.CharField(help_text=_("暂停的原因"))


@extend_schema_serializer(examples=[OpenApiExample("account", value=_ACCOUNT)])
class AccountRow(serializers.ModelSerializer):
    """A connected account. Its secrets cannot be read."""

    check_result = fields.SerializerMethodField(help_text=_("最近一次接入检查的结果"))
    paused = fields.SerializerMethodField(help_text=_("现在暂停发送的推送方式"))

    class Meta:
        model = Account
        fields: tuple[str, ...] = (
            "id", "kind", "name", "appid", "agent_id", "state", "is_for_login", "called_back_at", "checked_at",
            "check_result", "paused", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(CheckStep(many=True))
    def get_check_result(self, account: Account) -> Any:
        return account.check_result

    @extend_schema_field(Pause(many=True))
    def get_paused(self, account: Account) -> Any:
        at = now()
        paused = [lane for lane in account.lanes.all() if lane.paused_until and lane.paused_until > at]
        rows = [
            {"channel": lane.channel, "until": lane.paused_until, "reason": lane.pause_reason}
            for lane in sorted(paused, key=attrgetter("channel"))
        ]
        return Pause(rows, many=True).data


class AccountFilters(Filters):
    kind = fields.ChoiceField(choices=AccountKind.choices, help_text=_("接入方式"))
    state = fields.ChoiceField(choices=AccountState.choices, help_text=_("状态"))


class AccountViewSet(WriteViewSet[Account]):
    noun = _("微信账号")
    about = _("本单位接入的公众号和企业微信应用。密钥只能在后台填写，不能读取。")
    serializer_class = AccountRow
    filters = AccountFilters
    orderings = ("created_at", "-created_at")

    def rows(self) -> QuerySet[Account]:
        return Account.objects.prefetch_related("lanes")

    @command(
        _("检查接入"), about=_("逐项调用微信接口，返回每项是否可用和处理办法。会占用微信的调用次数，不要频繁调用。")
    )
    def check(self, item: Account) -> Account:
        checking.check(account_id=item.pk, actor=self.actor, at=now())
        return selectors.get_account(item.pk)


@extend_schema_serializer(examples=[OpenApiExample("binding", value=_BINDING)])
class BindingRow(serializers.ModelSerializer):
    """That a person on the roster has bound an account. ``is_following``: false means that nothing can be pushed there."""

    person_name = fields.CharField(source="person.name", read_only=True, help_text=_("姓名"))

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ("id", "account", "person", "person_name", "is_following", "bound_at", "created_at")
        read_only_fields: tuple[str, ...] = fields


class BindingFilters(Filters):
    account = fields.UUIDField(help_text=_("微信账号"))
    person = fields.UUIDField(help_text=_("人员"))


class BindingViewSet(WriteViewSet[Identity]):
    noun = _("微信绑定")
    about = _("名册人员与微信的绑定关系。不提供 openid、userid 等微信编号。删除即解除绑定，并退出该人员的所有登录。")
    serializer_class = BindingRow
    filters = BindingFilters
    orderings = ("-created_at", "created_at")
    updated_field = "updated_at"

    def rows(self) -> QuerySet[Identity]:
        return selectors.identities_in_reach(self.actor).order_by()

    def delete_item(self, item: Identity) -> None:
        unbinding.unbind(identity_id=item.pk, actor=self.actor, at=now())


@extend_schema_serializer(examples=[OpenApiExample("campaign", value=_CAMPAIGN)])
class CampaignRow(serializers.ModelSerializer):
    """A push. ``url``: a path on the tenant's host."""

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = ("id", "kind", "category", "title", "url", "created_at", "cancelled_at")
        read_only_fields: tuple[str, ...] = fields


@extend_schema_serializer(
    examples=[OpenApiExample("figure", value={"state": "sent", "channel": "template", "count": 120})]
)
class PushFigure(serializers.Serializer):
    state = fields.ChoiceField(choices=PushState.choices, help_text=_("结果"))
    channel = fields.CharField(help_text=_("方式：wecom、template、subscription、custom；没有可用的方式时为空"))
    count = fields.IntegerField(min_value=0, help_text=_("人数"))


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "campaign", value={**_CAMPAIGN, "figures": [{"state": "sent", "channel": "template", "count": 120}]}
        )
    ]
)
class CampaignDetail(CampaignRow):
    """A push with how many it reached by which way."""

    figures = fields.SerializerMethodField(help_text=_("各结果、各方式的人数"))

    class Meta(CampaignRow.Meta):
        fields: tuple[str, ...] = (*CampaignRow.Meta.fields, "figures")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(PushFigure(many=True))
    def get_figures(self, campaign: Campaign) -> Any:
        counted = selectors.campaign_figures(campaign)
        return [
            {"state": state, "channel": channel, "count": count} for (state, channel), count in sorted(counted.items())
        ]


class CampaignFilters(Filters):
    kind = fields.ChoiceField(choices=CampaignKind.choices, help_text=_("类型"))
    category = fields.CharField(max_length=60, help_text=_("消息类别代码，如 notices.todo"))


class CampaignViewSet(WriteViewSet[Campaign]):
    noun = _("微信推送")
    about = _("推送到微信的消息和送达统计。不含收件人名单。")
    serializer_class = CampaignRow
    detail_serializer_class = CampaignDetail
    filters = CampaignFilters
    orderings = ("-created_at", "created_at")

    def rows(self) -> QuerySet[Campaign]:
        return selectors.list_campaigns().order_by()

    @command(_("取消未发出的"), about=_("已经发出的不能收回；没有等待发送的答 409。"))
    def cancel(self, item: Campaign) -> Campaign:
        campaigns.cancel(campaign_id=item.pk, actor=self.actor, at=now())
        return selectors.get_campaign(item.pk)
