"""The module catalogue of a tenant: what there is, what is on, why, and the switch."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as fields
from rest_framework.response import Response

from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry
from tenants import modules
from tenants.models import ActivationState
from tenants.modules import ModuleState

from . import serializers
from .operations import Operation
from .permissions import AUTHENTICATED
from .views import SingleView

SWITCH = "console.manage_modules"


class ModuleSerializer(serializers.Serializer):
    """A module and its state in this tenant."""

    code = fields.CharField(help_text=_("模块代码"))
    name = fields.CharField(help_text=_("名称"))
    category = fields.CharField(help_text=_("类别"))
    summary = fields.CharField(help_text=_("说明"))
    audiences = fields.ListField(child=fields.CharField(), help_text=_("面向人群"))
    service_types = fields.ListField(child=fields.CharField(), help_text=_("服务类型"))
    needs = fields.ListField(child=fields.CharField(), help_text=_("依赖的模块代码"))
    state = fields.ChoiceField(choices=ActivationState.choices, help_text=_("状态"))
    enabled = fields.BooleanField(help_text=_("现在能否使用"))


class ModuleListSerializer(serializers.Serializer):
    """All modules of the catalogue."""

    results = ModuleSerializer(many=True, help_text=_("模块"))


class ModuleWhySerializer(serializers.Serializer):
    """Why a module is or is not enabled."""

    code = fields.CharField(help_text=_("模块代码"))
    state = fields.ChoiceField(choices=ActivationState.choices, help_text=_("状态"))
    enabled = fields.BooleanField(help_text=_("现在能否使用"))
    reasons = fields.ListField(child=fields.CharField(), help_text=_("原因，逐条说明"))


class ModuleInput(serializers.Serializer):
    """The wished state."""

    enabled = fields.BooleanField(help_text=_("true 开启，false 关闭；关闭后数据保留"))


class ModuleList(SingleView):
    """``GET /modules``."""

    permissions = {"GET": AUTHENTICATED}
    operations = {
        "GET": Operation(
            "modules_list",
            _("模块列表"),
            _("全部功能模块及其在本单位的状态。"),
            tag="modules",
            output=ModuleListSerializer,
        )
    }

    def get(self, request: Any) -> Response:
        states = modules.states(request.tenant.id)
        return Response({"results": [describe(manifest, states[manifest.code]) for manifest in registry.modules]})


class ModuleDetail(SingleView):
    """``GET`` and ``PATCH /modules/{code}``."""

    permissions = {"GET": AUTHENTICATED, "PATCH": SWITCH}
    operations = {
        "GET": Operation(
            "modules_retrieve", _("读取模块"), _("一个功能模块及其在本单位的状态。"), tag="modules", output=ModuleSerializer
        ),
        "PATCH": Operation(
            "modules_partial_update", _("开关模块"), _("开启或关闭一个功能模块，下一次请求起生效；关闭后数据保留。"),
            tag="modules", input=ModuleInput, output=ModuleSerializer,
        ),
    }  # fmt: skip

    def get(self, request: Any, code: str) -> Response:
        return self._answer(modules.why(request.tenant.id, code))

    def patch(self, request: Any, code: str) -> Response:
        serializer = ModuleInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._answer(
            modules.set_module(
                tenant_id=request.tenant.id, code=code, is_on=serializer.validated_data["enabled"], actor=self.actor
            )
        )

    @staticmethod
    def _answer(state: ModuleState) -> Response:
        return Response(describe(registry.by_code[state.code], state))


class ModuleWhy(SingleView):
    """``GET /modules/{code}/why``."""

    permissions = {"GET": AUTHENTICATED}
    operations = {
        "GET": Operation(
            "modules_why", _("解释模块状态"), _("说明一个功能模块在本单位为什么能用或不能用。"),
            tag="modules", output=ModuleWhySerializer,
        )
    }  # fmt: skip

    def get(self, request: Any, code: str) -> Response:
        state = modules.why(request.tenant.id, code)
        return Response(
            {
                "code": state.code,
                "state": state.state,
                "enabled": state.enabled,
                "reasons": [str(r) for r in state.reasons],
            }
        )


def describe(manifest: Manifest, state: ModuleState) -> dict[str, Any]:
    """One module as JSON."""
    return {
        "code": manifest.code, "name": str(manifest.name), "category": manifest.category,
        "summary": str(manifest.summary), "audiences": list(manifest.audiences),
        "service_types": list(manifest.service_types), "needs": list(manifest.needs), "state": state.state,
        "enabled": state.enabled,
    }  # fmt: skip
