"""Refusals of the webhooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, NotFound


class EndpointUnknown(NotFound):
    code = "webhook_endpoint_not_found"
    message = _("没有找到这个推送地址。")


class DeliveryUnknown(NotFound):
    code = "webhook_delivery_not_found"
    message = _("没有找到这条推送记录。")


class EndpointExists(Conflict):
    code = "webhook_endpoint_exists"
    message = _("这个地址已经登记过了。")


class TooManyEndpoints(Conflict):
    code = "webhook_endpoints_too_many"
    message = _("推送地址的数量已到上限，请先删除不用的。")


class EndpointDisabled(Conflict):
    code = "webhook_endpoint_disabled"
    message = _("这个推送地址已停用，请先启用。")


class DeliveryUnderWay(Conflict):
    code = "webhook_delivery_under_way"
    message = _("这条事件正在推送，不需要重发。")
