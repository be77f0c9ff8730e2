"""/api/v1/webhook-…: who is told of what; /api/v1/events: the same to be fetched in order."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.events import selectors as events
from jiceng.events.models import OutboxMessage
from jiceng.events.services import number_events
from jiceng.kernel.clock import now
from jiceng.webhooks import selectors, services
from jiceng.webhooks.models import Attempt, Delivery, DeliveryState, Endpoint, EndpointState

from . import serializers
from .viewsets import Filters, ReadViewSet, WriteViewSet, command

_ID = "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f"
_OTHER_ID = "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e30"
_EVENT = "members.person.created"
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105  an example
_BODY = (
    '{"type":"members.person.created","timestamp":"2026-11-20T01:05:00.000Z","position":48213,'
    '"data":{"person_id":"0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e31"}}'
)
_ENDPOINT = {
    "id": _ID, "url": "https://oa.example.gov.cn/jiceng", "description": "办公系统", "events": [_EVENT], "state": "active",
    "disabled_reason": "", "failing_since": None, "former_until": None, "waiting_count": 0,
    "created_at": "2026-11-01T01:05:00Z", "updated_at": "2026-11-01T01:05:00Z",
}  # fmt: skip
_ATTEMPT = {
    "number": 1, "began_at": "2026-11-20T01:05:01Z", "milliseconds": 84, "status": 204, "error": "", "answer": "",
}  # fmt: skip
_DELIVERY = {
    "id": _ID, "endpoint": _OTHER_ID, "event_id": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e32", "event": _EVENT,
    "state": "delivered", "attempts": 1, "status": 204, "error": "", "due_at": "2026-11-20T01:05:00Z",
    "created_at": "2026-11-20T01:05:00Z", "finished_at": "2026-11-20T01:05:01Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("endpoint", value=_ENDPOINT)])
class EndpointRow(serializers.ModelSerializer):
    """An address that is told of events. Its secret is shown only when it is made or replaced."""

    events = fields.ListField(
        child=fields.CharField(), read_only=True, help_text=_("事件名称；空表示全部，包括以后新增的")
    )
    disabled_reason = fields.CharField(
        read_only=True, help_text=_("停用的原因：manual 人工，gone 对方答复 410，failing 连续 5 天失败；启用时为空")
    )
    waiting_count = fields.IntegerField(read_only=True, help_text=_("等待推送的事件数"))

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = (
            "id", "url", "description", "events", "state", "disabled_reason", "failing_since", "former_until",
            "waiting_count", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {
            "failing_since": {"help_text": _("从什么时候起没有成功过；正常时为空")},
            "former_until": {"help_text": _("更换密钥前的旧密钥签名到什么时候")},
        }


@extend_schema_serializer(examples=[OpenApiExample("issued", value={**_ENDPOINT, "secret": _SECRET})])
class IssuedEndpoint(EndpointRow):
    """An endpoint with its secret, shown this once."""

    secret = fields.CharField(read_only=True, help_text=_("签名密钥，只在这一次答复里出现"))

    class Meta(EndpointRow.Meta):
        fields = (*EndpointRow.Meta.fields, "secret")
        read_only_fields = fields


class EndpointInput(serializers.Serializer):
    url = fields.CharField(max_length=500, help_text=_("公网 https 地址，端口 443 或 8443"))
    description = fields.CharField(max_length=100, required=False, allow_blank=True, help_text=_("说明"))
    events = fields.ListField(
        child=fields.CharField(max_length=100), required=False, max_length=500,
        help_text=_("事件名称，见文档的 webhooks 一节；不填或空表示全部"),
    )  # fmt: skip


class SinceInput(serializers.Serializer):
    since = fields.DateTimeField(help_text=_("从什么时候开始，最多 30 天前"))


class EndpointFilters(Filters):
    state = fields.ChoiceField(choices=EndpointState.choices, help_text=_("状态"))


@extend_schema_serializer(examples=[OpenApiExample("attempt", value=_ATTEMPT)])
class AttemptRow(serializers.ModelSerializer):
    """One try. ``status``: of the answer; ``error``: why there was none."""

    class Meta:
        model = Attempt
        fields = ("number", "began_at", "milliseconds", "status", "error", "answer")
        read_only_fields = fields
        extra_kwargs = {
            "error": {"help_text": _("没有应答的原因：dns、address、connect、tls、timeout、protocol；有应答时为空")},
            "answer": {"help_text": _("应答正文的开头，最多 2048 个字符")},
        }


@extend_schema_serializer(examples=[OpenApiExample("delivery", value=_DELIVERY)])
class DeliveryRow(serializers.ModelSerializer):
    """One event for one endpoint."""

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "id", "endpoint", "event_id", "event", "state", "attempts", "status", "error", "due_at", "created_at",
            "finished_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {
            "event_id": {"help_text": _("事件编号，即请求头 webhook-id；重试和重发不变")},
            "status": {"help_text": _("最近一次应答的状态码")},
            "error": {"help_text": _("最近一次没有应答的原因")},
            "due_at": {"help_text": _("等待推送时，下一次的时间")},
        }


@extend_schema_serializer(
    examples=[OpenApiExample("delivery", value={**_DELIVERY, "body": _BODY, "tries": [_ATTEMPT]})]
)
class DeliveryDetail(DeliveryRow):
    """A delivery with what was sent and every attempt."""

    tries = AttemptRow(many=True, read_only=True, help_text=_("每次尝试，按时间先后"))

    class Meta(DeliveryRow.Meta):
        fields = (*DeliveryRow.Meta.fields, "body", "tries")
        read_only_fields = fields
        extra_kwargs = {**DeliveryRow.Meta.extra_kwargs, "body": {"help_text": _("推送的正文，逐字节不变")}}


class DeliveryFilters(Filters):
    endpoint = fields.UUIDField(help_text=_("推送地址编号"))
    state = fields.ChoiceField(choices=DeliveryState.choices, help_text=_("状态"))
    event = fields.CharField(max_length=100, help_text=_("事件名称"))
    event_id = fields.UUIDField(help_text=_("事件编号"))


class EndpointViewSet(WriteViewSet[Endpoint]):
    noun = _("推送地址")
    about = _("接收事件推送的地址，每个单位最多 20 个。密钥只在新建和更换时出现一次。")
    serializer_class = EndpointRow
    input_class = EndpointInput
    created_serializer_class = IssuedEndpoint
    filters = EndpointFilters
    orderings = ("created_at", "-created_at")

    def rows(self) -> QuerySet[Endpoint]:
        return selectors.list_endpoints()

    def create_item(self, data: dict[str, Any]) -> Endpoint:
        endpoint, secret = services.create_endpoint(**data, actor=self.actor)
        return _issued(selectors.get_endpoint(endpoint.pk), secret)

    def update_item(self, item: Endpoint, data: dict[str, Any]) -> Endpoint:
        services.change_endpoint(endpoint_id=item.pk, **data, actor=self.actor)
        return selectors.get_endpoint(item.pk)

    def delete_item(self, item: Endpoint) -> None:
        services.remove_endpoint(endpoint_id=item.pk, actor=self.actor)

    @command(_("启用"), about=_("从现在起推送；停用期间的事件用补发送达。"))
    def enable(self, item: Endpoint) -> Endpoint:
        services.enable_endpoint(endpoint_id=item.pk, actor=self.actor)
        return selectors.get_endpoint(item.pk)

    @command(_("停用"), about=_("不再推送，等待推送的事件取消。"))
    def disable(self, item: Endpoint) -> Endpoint:
        services.disable_endpoint(endpoint_id=item.pk, actor=self.actor, at=now())
        return selectors.get_endpoint(item.pk)

    @command(
        _("更换签名密钥"),
        about=_("24 小时内每次推送带新旧两个签名。新密钥只在这次答复里出现。"),
        output_class=IssuedEndpoint,
    )
    def rotate_secret(self, item: Endpoint) -> Endpoint:
        _endpoint, secret = services.rotate_secret(endpoint_id=item.pk, actor=self.actor, at=now())
        return _issued(selectors.get_endpoint(item.pk), secret)

    @command(_("发送测试事件"), about=_("只发给这个地址，只试一次；结果见答复里的推送记录。"), output_class=DeliveryRow)
    def test(self, item: Endpoint) -> Delivery:
        return services.send_test(endpoint_id=item.pk, actor=self.actor, at=now())

    @command(
        _("补发一段时间的事件"),
        about=_("在后台重新推送这段时间里没有送达的事件，包括停用期间发生的。"),
        input_class=SinceInput,
    )
    def replay(self, item: Endpoint, data: dict[str, Any]) -> Endpoint:
        services.replay_since(endpoint_id=item.pk, since=data["since"], actor=self.actor, at=now())
        return selectors.get_endpoint(item.pk)


class DeliveryViewSet(WriteViewSet[Delivery]):
    noun = _("推送记录")
    about = _("每条事件对每个地址的推送，保留 30 天。")
    serializer_class = DeliveryRow
    detail_serializer_class = DeliveryDetail
    filters = DeliveryFilters
    orderings = ("-created_at", "created_at")

    def rows(self) -> QuerySet[Delivery]:
        rows = Delivery.objects.all()
        return rows if self.action == "list" else rows.prefetch_related("tries")

    @command(_("重新推送"), about=_("同一个 webhook-id 再推送一次，重试次数重新计算。"))
    def replay(self, item: Delivery) -> Delivery:
        services.replay_delivery(delivery_id=item.pk, actor=self.actor, at=now())
        return selectors.get_delivery(item.pk)


def _issued(endpoint: Endpoint, secret: str) -> Endpoint:
    endpoint.secret = secret  # type: ignore[attr-defined]
    return endpoint


_FEED = {
    "id": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e32", "type": _EVENT, "timestamp": "2026-11-20T01:05:00Z", "position": 48213,
    "data": {"person_id": "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e31"},
}  # fmt: skip


@extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean"]}})
class EventData(fields.DictField):
    """Whatever the event's manifest declares."""


@extend_schema_serializer(examples=[OpenApiExample("event", value=_FEED)])
class EventRow(serializers.ModelSerializer):
    """Something that has happened, as webhooks tell it."""

    type = fields.CharField(source="name", read_only=True, help_text=_("事件名称"))
    timestamp = fields.DateTimeField(source="created_at", read_only=True, help_text=_("发生时间"))
    position = fields.IntegerField(read_only=True, help_text=_("先后顺序，只增不减"))
    data: Any = EventData(source="payload", read_only=True, help_text=_("编号等，见文档的 webhooks 一节"))

    class Meta:
        model = OutboxMessage
        fields: tuple[str, ...] = ("id", "type", "timestamp", "position", "data")
        read_only_fields: tuple[str, ...] = fields


class EventFilters(Filters):
    since = fields.DateTimeField(source="created_at__gte", help_text=_("发生不早于"))
    after = fields.IntegerField(
        source="position__gt",
        min_value=0,
        max_value=2**63 - 1,
        help_text=_("只要这个 position 之后的，即上次读到的最后一条的 position"),
    )
    type = fields.CharField(source="name", max_length=100, help_text=_("事件名称"))


class EventViewSet(ReadViewSet[OutboxMessage]):
    noun = _("事件")
    about = _(
        "与推送内容相同的事件流，保留 30 天，自己按顺序来取：记下最后一条的 position，下次用 after 接着读，不重不漏。"
    )
    serializer_class = EventRow
    filters = EventFilters
    orderings = ("position",)

    def rows(self) -> QuerySet[OutboxMessage]:
        number_events()
        return events.feed()
