"""What drf-spectacular cannot guess about the kit's views: names, sentences, parameters, scopes, answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.drainage import get_override
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from jiceng.kernel.registry import registry

from .. import viewsets
from ..mounting import route_name
from ..operations import Operation
from ..permissions import ANYONE, AUTHENTICATED, permission_for
from . import parts

SAFE = frozenset({"GET", "HEAD"})


class KitSchema(AutoSchema):
    """DRF's DEFAULT_SCHEMA_CLASS. Views without an ``Operation`` or a manifest route are left out."""

    view: Any

    def is_excluded(self) -> bool:
        return self._operation is None and not self._is_collection

    # --- Names and sentences ---------------------------------------------------------------------------------------
    def get_operation_id(self) -> str:
        if self._operation:
            return self._operation.id
        return route_name(self.view.module, self.view.route.prefix, self.view.action)

    def get_tags(self) -> list[str]:
        return [self._operation.tag if self._operation else self.view.module]

    def get_summary(self) -> str:
        if self._operation:
            return str(self._operation.label)
        if command := self._command:
            return str(command.label)
        pattern = {
            "list": _("%(noun)s列表"), "retrieve": _("读取%(noun)s"), "create": _("新建%(noun)s"),
            "partial_update": _("修改%(noun)s"), "destroy": _("删除%(noun)s"), "update": _("替换%(noun)s"),
        }[self.view.action]  # fmt: skip
        return str(pattern) % {"noun": self.view.noun}

    def get_description(self) -> str:  # type: ignore[override]
        sentences = [str(self._operation.about)] if self._operation else [str(self.view.about)]
        if command := self._command:
            sentences = [str(command.about)]
        if not self._operation and self.view.action == "list":
            sentences.append(_("按游标翻页：沿 next 与 previous 前后翻，直到为 null。"))
        permission = self._permission
        if permission not in (ANYONE, AUTHENTICATED):
            label = registry.permissions[permission].label
            sentences.append(_("需要权限 `%(code)s`（%(label)s）。") % {"code": permission, "label": label})
        elif permission == AUTHENTICATED:
            sentences.append(_("需要有效的密钥或登录会话，不需要特定权限。"))
        return "\n\n".join(sentence for sentence in sentences if sentence)

    # --- Who may ---------------------------------------------------------------------------------------------------
    def get_auth(self) -> list[dict[str, list[str]]]:
        if self._permission == ANYONE:
            return [{}]
        return [{"apiKey": []}, {"session": []}]  # which scope is said by x-required-scopes: these schemes define none

    def get_extensions(self) -> dict[str, Any]:
        permission = self._permission
        found: dict[str, Any] = {"x-required-scopes": [] if permission in (ANYONE, AUTHENTICATED) else [permission]}
        if self._is_collection:
            found["x-module"] = self.view.module
        return found

    # --- What goes in ----------------------------------------------------------------------------------------------
    def get_request_serializer(self) -> Any:
        if self._operation:
            return self._operation.input
        if command := self._command:
            return command.input_class
        if self.view.action == "partial_update":
            return self.view.update_input_class or self.view.input_class
        return self.view.input_class if self.view.action == "create" else None

    def _get_request_body(self, direction: str = "request") -> Any:
        return super()._get_request_body(direction) if self.get_request_serializer() is not None else None

    def _get_examples(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {}  # every body gets its example at the end, from its schema

    def get_override_parameters(self) -> list[Any]:
        if not self._is_collection:
            return []
        if self.view.action == "retrieve":
            return [self._fields_parameter(self.view.item_serializer())]
        if self.view.action != "list":
            return []
        found: list[Any] = [*parts.list_parameters(self.view), self._fields_parameter(self.view.serializer_class)]
        return [*found, self.view.filters] if self.view.filters else found

    def _get_parameters(self) -> list[dict[str, Any]]:
        return [*super()._get_parameters(), *self._header_parameters()]

    def _resolve_path_parameters(self, variables: Any) -> Any:
        found = super()._resolve_path_parameters(variables)
        for parameter in found:
            parameter.setdefault("description", parts.path_description(parameter["name"]))
        return found

    @staticmethod
    def _fields_parameter(serializer: viewsets.Serializer) -> OpenApiParameter:
        names = viewsets.field_names(serializer)
        return OpenApiParameter(
            "fields", str, description=_("只返回这些字段，用逗号分隔：%(names)s。") % {"names": ", ".join(names)}
        )

    def _header_parameters(self) -> list[dict[str, str]]:
        names = []
        if self.method in ("POST", "PATCH") and self.view.is_idempotent:
            names.append("IdempotencyKey")
        if self._is_collection and self.method == "GET" and self.view.action == "retrieve":
            names.append("IfNoneMatch")
        if self._is_item and self.method not in SAFE:
            names.append("IfMatch")
        return [{"$ref": f"#/components/parameters/{name}"} for name in names]

    # --- What comes out --------------------------------------------------------------------------------------------
    def get_response_serializers(self) -> Any:
        if self._operation:
            return self._operation.output
        if (command := self._command) and command.output_class:
            return command.output_class
        if self._issues:
            return self.view.created_serializer_class
        return self.view.serializer_class if self.view.action == "list" else self.view.item_serializer()

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # lists are wrapped below

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        status = self._success_status()
        answer: dict[str, Any] = {"description": parts.success_description(status), "headers": self._headers(status)}
        if status != "204":
            answer["content"] = {"application/json": {"schema": self._answer_schema()}}
        found = {status: answer}
        if self._is_collection and self.method == "GET" and self.view.action == "retrieve":
            found["304"] = {"$ref": "#/components/responses/NotModified"}
        return {**found, **{code: {"$ref": f"#/components/responses/{name}"} for code, name in self._refusals()}}

    def _success_status(self) -> str:
        if self._operation:
            return str(self._operation.status)
        if self.view.action == "create":
            return str(self.view.created_status)
        return "204" if self.view.action == "destroy" else "200"

    def _answer_schema(self) -> dict[str, Any]:
        component = self.resolve_serializer(self.get_response_serializers(), "response")
        if not self._is_collection or self.view.action != "list":
            return dict(component.ref)
        page = ResolvedComponent(
            name=f"{component.name}Page", type=ResolvedComponent.SCHEMA, object=component.name,
            schema=parts.page_schema(component.ref),
        )  # fmt: skip
        self.registry.register_on_missing(page)
        return dict(page.ref)

    def _headers(self, status: str) -> dict[str, dict[str, str]]:
        names = ["RateLimitPolicy", "RateLimit", "XRequestId"]
        is_item = self._is_collection and self.view.action not in ("list", "destroy")
        if is_item and not self._issues and not (self._command and self._command.output_class):
            names.append("ETag")
        if status in ("201", "202"):
            names.append("Location")
        return {parts.HEADERS[name]["name"]: {"$ref": f"#/components/headers/{name}"} for name in names}

    def _refusals(self) -> list[tuple[str, str]]:
        codes = {"400", "406", "429", "503", "default"}
        if self._permission != ANYONE:
            codes |= {"401", "403"}
        if "{" in self.path:
            codes.add("404")
        if self.method not in SAFE:
            codes |= {"409"}
            if self.method != "DELETE":
                codes |= {"413", "415"}
            if self.method in ("POST", "PATCH") and self.view.is_idempotent:
                codes.add("422")
            if self._is_item:
                codes |= {"412", "428"} if self.view.requires_if_match else {"412"}
        return [(code, parts.REFUSALS[code][0]) for code in sorted(codes)]

    # --- Components ------------------------------------------------------------------------------------------------
    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        """Module first, so that two modules may both have an ``Article``; ``Input`` is said by the suffix Request."""
        name = serializer.__class__.__name__.removesuffix("Serializer").removesuffix("Input")
        package = serializer.__class__.__module__.split(".")
        prefix = package[1].title().replace("_", "") if package[0] == "modules" else ""
        return name if name.startswith(prefix) else f"{prefix}{name}"

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        schema.pop("description", None)  # docstrings speak to developers of this project
        if about := getattr(serializer, "about", None):
            schema["description"] = str(about)
        if examples := get_override(serializer, "examples", []):
            schema["examples"] = [example.value for example in examples]
        if direction == "response":
            # Answers always carry all their fields.
            for value in schema.get("properties", {}).values():
                value.pop("readOnly", None)
                value.pop("minLength", None)
            schema["required"] = sorted(schema.get("properties", {}))
        elif isinstance(serializer, serializers.Serializer):
            schema["additionalProperties"] = False
        return schema

    # --- The view at hand ------------------------------------------------------------------------------------------
    @property
    def _operation(self) -> Operation | None:
        operations: Mapping[str, Operation] = getattr(self.view, "operations", {})
        return operations.get(self.method)

    @property
    def _is_collection(self) -> bool:
        return getattr(self.view, "route", None) is not None

    @property
    def _is_item(self) -> bool:
        return self._is_collection and f"{{{self.view.lookup_url_kwarg}}}" in self.path

    @property
    def _command(self) -> Any:
        method = getattr(self.view, getattr(self.view, "action", "") or "", None)
        return method if hasattr(method, "label") else None

    @property
    def _issues(self) -> bool:
        """Whether this creates something that is shown whole only now."""
        return self._is_collection and self.view.action == "create" and self.view.created_serializer_class is not None

    @property
    def _permission(self) -> str:
        if self._is_collection:
            return permission_for(self.view.route, self.view.action, self.method)
        return str(self.view.permissions[self.method])
