"""事件推送: which systems are told of what, how it goes, and doing it again."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.stepup import require_recent_login
from jiceng.kernel import clock
from jiceng.kernel.manifest import Event, Manifest
from jiceng.kernel.outbound.errors import KINDS
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest
from jiceng.webhooks import selectors, services
from jiceng.webhooks.models import Delivery, DeliveryState, Endpoint
from jiceng.webhooks.services.endpoints import MAX_ENDPOINTS

from .submission import form_page, page_url, submitted

PER_PAGE = 30
TONES = {
    DeliveryState.DELIVERED: "ok", DeliveryState.FAILED: "bad", DeliveryState.WAITING: "gold", DeliveryState.SENDING: "gold",
}  # fmt: skip


class EndpointForm(forms.Form):
    """``everything`` stands for an empty list of events: all, later ones included."""

    url = forms.CharField(
        label=gettext_lazy("接收地址"), max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://oa.example.gov.cn/jiceng", "autocomplete": "off"}),
        help_text=gettext_lazy("对方系统提供的 https 地址，须在公网可以访问。"),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("说明"), max_length=100, required=False, help_text=gettext_lazy("哪个系统，谁负责。")
    )
    everything = forms.BooleanField(label=gettext_lazy("全部事件，包括以后新增的"), required=False)
    events = forms.MultipleChoiceField(label=gettext_lazy("事件"), required=False)

    def __init__(self, *args: Any, modules: frozenset[str], chosen: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = event_groups(modules, frozenset(chosen or ()))
        self.fields["events"].choices = [  # type: ignore[attr-defined]
            (event.name, event.label) for _manifest, events in self.groups for event in events
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.pop("everything", False):
            data["events"] = []
        elif not data.get("events") and "events" not in self.errors:
            self.add_error("events", _("请至少选择一种事件，或者选择全部。"))
        return data


class SinceForm(forms.Form):
    since = forms.DateTimeField(
        label=gettext_lazy("从什么时候开始"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help_text=gettext_lazy("最多 30 天前。已送达的不会重发。"),
    )  # fmt: skip


def event_groups(modules: frozenset[str], chosen: frozenset[str]) -> list[tuple[Manifest, list[Event]]]:
    """Events by module: of the modules that are on, and those already chosen."""
    groups = []
    for manifest in registry:
        events = [
            event for event in manifest.emits if event.webhook and (manifest.code in modules or event.name in chosen)
        ]
        if events:
            groups.append((manifest, events))
    return groups


def endpoint_list(request: TenantRequest) -> HttpResponse:
    rows = list(selectors.list_endpoints_with_figures(at=clock.now()))
    return render(request, "console/webhooks/list.html", {"rows": rows, "is_full": len(rows) >= MAX_ENDPOINTS})


@require_recent_login
def endpoint_create(request: TenantRequest) -> HttpResponse:
    form = EndpointForm(request.POST if request.method == "POST" else None, modules=request.tenant.modules)
    made = submitted(form, lambda clean: services.create_endpoint(**clean, actor=request.actor))
    if made is None:
        return _endpoint_page(request, form, set(request.POST.getlist("events")), _("新建推送地址"))
    return _secret_page(request, *made, is_new=True)


def endpoint_edit(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    endpoint = selectors.get_endpoint(endpoint_id)
    initial = {"url": endpoint.url, "description": endpoint.description, "everything": not endpoint.events}
    data = request.POST if request.method == "POST" else None
    form = EndpointForm(data, initial=initial, modules=request.tenant.modules, chosen=endpoint.events)
    changed = submitted(
        form, lambda clean: services.change_endpoint(endpoint_id=endpoint_id, **clean, actor=request.actor)
    )
    if changed is None:
        ticked = set(request.POST.getlist("events")) if data else set(endpoint.events)
        return _endpoint_page(request, form, ticked, _("修改推送地址"), endpoint)
    messages.success(request, _("已保存。"))
    return redirect(_url(endpoint_id))


def endpoint_detail(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """``?state=``: only deliveries in that state."""
    endpoint = selectors.get_endpoint(endpoint_id)
    state = request.GET.get("state", "")
    deliveries = selectors.list_deliveries(endpoint)
    if state in DeliveryState.values:
        deliveries = deliveries.filter(state=state)
    page = Paginator(deliveries, PER_PAGE).get_page(request.GET.get("cursor"))
    tabs = [("", _("全部")), *DeliveryState.choices]
    return render(request, "console/webhooks/detail.html", {
        "endpoint": endpoint, "page": page, "rows": [_row(delivery) for delivery in page.object_list],
        "events": [_event_label(name) for name in endpoint.events],
        "tabs": [{"label": label, "url": f"?state={code}" if code else "?", "active": code == state} for code, label in tabs],
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
        "crumbs": [_crumb(), (endpoint.description or endpoint.url, "")],
    })  # fmt: skip


def endpoint_test(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    delivery = services.send_test(endpoint_id=endpoint_id, actor=request.actor, at=clock.now())
    messages.success(request, _("测试事件已发出，刷新本页看结果。"))
    return redirect(page_url("delivery", "webhooks", delivery_id=delivery.pk))


def endpoint_switch(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """On with ``on=1``, off otherwise."""
    if request.POST.get("on") == "1":
        services.enable_endpoint(endpoint_id=endpoint_id, actor=request.actor)
        messages.success(request, _("已启用。停用期间的事件可以用“补发”送达。"))
    else:
        services.disable_endpoint(endpoint_id=endpoint_id, actor=request.actor, at=clock.now())
        messages.success(request, _("已停用，等待推送的事件已取消。"))
    return redirect(_url(endpoint_id))


@require_recent_login
def endpoint_rotate(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    endpoint = selectors.get_endpoint(endpoint_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    made = submitted(
        form, lambda _clean: services.rotate_secret(endpoint_id=endpoint_id, actor=request.actor, at=clock.now())
    )
    if made is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("更换签名密钥"), action=_("更换"),
            question=_("会生成新的密钥，只显示一次。"), cancel_url=_url(endpoint_id), crumbs=[_crumb(), (endpoint.url, _url(endpoint_id))],
            consequences=[_("24 小时内每次推送同时带新旧两个签名，对方在此期间换好就不会中断。")],
        )  # fmt: skip
    return _secret_page(request, *made, is_new=False)


def endpoint_replay(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    endpoint = selectors.get_endpoint(endpoint_id)
    form = SinceForm(request.POST if request.method == "POST" else None)
    done = submitted(
        form, lambda clean: services.replay_since(endpoint_id=endpoint_id, **clean, actor=request.actor, at=clock.now())
    )
    if done is None:
        return form_page(
            request, form, title=_("补发事件"), action=_("开始补发"), cancel_url=_url(endpoint_id),
            note=_("把这段时间里没有送达的事件重新推送，包括停用期间发生的。"),
            crumbs=[_crumb(), (endpoint.description or endpoint.url, _url(endpoint_id)), (_("补发"), "")],
        )  # fmt: skip
    messages.success(request, _("正在补发。"))
    return redirect(_url(endpoint_id))


def endpoint_remove(request: TenantRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    endpoint = selectors.get_endpoint(endpoint_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    gone = submitted(
        form, lambda _clean: services.remove_endpoint(endpoint_id=endpoint_id, actor=request.actor) or True
    )
    if gone is None:
        return form_page(
            request, form, template="jiceng/console/confirm.html", title=_("删除推送地址"), action=_("删除"), danger=True,
            question=endpoint.url, cancel_url=_url(endpoint_id), crumbs=[_crumb(), (endpoint.url, _url(endpoint_id))],
            consequences=[_("推送记录一并删除，等待推送的事件不再发出。只是暂时不用时请改为停用。")],
        )  # fmt: skip
    messages.success(request, _("已删除。"))
    return redirect(page_url("endpoints", "webhooks"))


def delivery_detail(request: TenantRequest, delivery_id: uuid.UUID) -> HttpResponse:
    delivery = selectors.get_delivery(delivery_id)
    endpoint = delivery.endpoint
    return render(request, "console/webhooks/delivery.html", {
        "delivery": delivery, "row": _row(delivery), "may_replay": endpoint.is_active and delivery.state != DeliveryState.SENDING,
        "tries": [(one, _result(one.status, one.error)) for one in delivery.tries.all()],
        "crumbs": [_crumb(), (endpoint.description or endpoint.url, _url(endpoint.pk)), (_("推送记录"), "")],
    })  # fmt: skip


def delivery_replay(request: TenantRequest, delivery_id: uuid.UUID) -> HttpResponse:
    services.replay_delivery(delivery_id=delivery_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已排队重发，刷新本页看结果。"))
    return redirect(page_url("delivery", "webhooks", delivery_id=delivery_id))


def _endpoint_page(
    request: TenantRequest, form: EndpointForm, ticked: set[str], title: str, endpoint: Endpoint | None = None
) -> HttpResponse:
    cancel_url = _url(endpoint.pk) if endpoint else page_url("endpoints", "webhooks")
    return form_page(
        request, form, template="console/webhooks/form.html", title=title, ticked=ticked, cancel_url=cancel_url,
        crumbs=[_crumb(), (title, "")], is_new=endpoint is None,
    )  # fmt: skip


def _secret_page(request: TenantRequest, endpoint: Endpoint, secret: str, *, is_new: bool) -> HttpResponse:
    return render(request, "console/webhooks/issued.html", {
        "endpoint": endpoint, "secret": secret, "is_new": is_new, "crumbs": [_crumb(), (endpoint.url, _url(endpoint.pk))],
    })  # fmt: skip


def _row(delivery: Delivery) -> dict[str, Any]:
    state = DeliveryState(delivery.state)
    return {
        "delivery": delivery, "event": _event_label(delivery.event), "tone": TONES.get(state, ""),
        "result": _result(delivery.status, delivery.error),
    }  # fmt: skip


def _result(status: int | None, error: str) -> str:
    if status is not None:
        return f"HTTP {status}"
    return str(KINDS.get(error, error))


def _event_label(name: str) -> str:
    declared = registry.events.get(name)
    return str(declared.label) if declared else (_("测试推送") if name == services.TESTED else name)


def _crumb() -> tuple[str, str]:
    return _("事件推送"), page_url("endpoints", "webhooks")


def _url(endpoint_id: uuid.UUID) -> str:
    return page_url("endpoint", "webhooks", endpoint_id=endpoint_id)
