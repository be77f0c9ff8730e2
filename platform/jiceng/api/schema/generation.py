"""Generate the two documents, and cut the tenant's to the modules that are on."""

from __future__ import annotations

import copy
import inspect
import sys
import threading
from functools import lru_cache
from typing import Any

from django.apps import AppConfig, apps
from django.db.models import Choices
from django.urls import URLResolver, include, path
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from jiceng.kernel.registry import registry

from . import examples, parts, webhooks

TENANT_PREFIX = "/api/v1"
PUBLIC_PREFIX = "/api/public/v1"
# Whatever the reader's: the document served is the document committed.
LANGUAGE = "zh-hans"
# With one of these a program hears of events.
HEARING = frozenset({"webhooks.manage", "webhooks.follow"})
_lock = threading.Lock()


@lru_cache(maxsize=1)
@translation.override(LANGUAGE)
def tenant_document() -> dict[str, Any]:
    """The document of everything that is installed. Do not change it."""
    tags = [
        {"name": "modules", "x-displayName": _("模块"), "description": _("单位的功能模块：有哪些、开了哪些、为什么。")}
    ]
    tags += [
        {"name": manifest.code, "x-displayName": str(manifest.name), "description": str(manifest.summary)}
        for manifest in registry
        if manifest.api
    ]
    about = _(
        "供第三方系统读写单位数据。地址在单位自己的域名下；密钥在管理控制台“API 密钥”页签发。"
        "列表按游标翻页；错误一律为 application/problem+json；字段只增不减，不兼容的改动换用新的版本号。"
    )
    return _generate(path("api/", include("jiceng.api.urls")), TENANT_PREFIX, _("基层云 API"), about, tags)


@lru_cache(maxsize=1)
@translation.override(LANGUAGE)
def public_document() -> dict[str, Any]:
    """The document of the public host. Do not change it."""
    tags = [
        {"name": "signups", "x-displayName": _("申请开通"), "description": _("单位申请开通与进度查询，不需要凭证。")}
    ]
    about = _("单位在平台公共域名上申请开通。")
    return _generate(
        path("api/public/", include("jiceng.api.urls_public")), PUBLIC_PREFIX, _("基层云公共 API"), about, tags
    )


def document_for(modules: frozenset[str], scopes: frozenset[str] | None = None) -> dict[str, Any]:
    """The tenant's own document: operations of the modules that are on, and what they refer to.

    ``scopes``: of a key; then only what it may call, and the events only if it may hear of any.
    """
    document = copy.deepcopy(tenant_document())
    for address, operations in list(document["paths"].items()):
        for method, operation in list(operations.items()):
            if not _is_for(operation, modules, scopes):
                del operations[method]
        if not operations:
            del document["paths"][address]
    may_hear = scopes is None or bool(scopes & HEARING)
    document["webhooks"] = {
        name: item for name, item in document["webhooks"].items() if may_hear and item["post"]["x-module"] in modules
    }
    tagged = (*document["paths"].values(), *document["webhooks"].values())
    used = {tag for operations in tagged for one in operations.values() for tag in one["tags"]}
    document["tags"] = [tag for tag in document["tags"] if tag["name"] in used]
    _prune(document)
    return document


def _is_for(operation: dict[str, Any], modules: frozenset[str], scopes: frozenset[str] | None) -> bool:
    is_on = operation.get("x-module") is None or operation["x-module"] in modules
    return is_on and (scopes is None or scopes.issuperset(operation["x-required-scopes"]))


def _generate(mounted: URLResolver, prefix: str, title: str, about: str, tags: list[dict[str, Any]]) -> dict[str, Any]:
    patches = {
        "TITLE": title, "DESCRIPTION": about, "TAGS": tags, "SCHEMA_PATH_PREFIX": prefix,
        "SERVERS": [{"url": prefix, "description": _("本站")}], "ENUM_NAME_OVERRIDES": enum_names(),
        "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
    }  # fmt: skip
    with _lock, patched_settings(patches):
        document: dict[str, Any] = SchemaGenerator(patterns=[mounted]).get_schema(request=None, public=True)
    is_public = prefix == PUBLIC_PREFIX
    if not is_public:
        document["webhooks"] = webhooks.section()
    _complete(document, is_public=is_public)
    return document


def enum_names() -> dict[str, type[Choices]]:
    """Names of enums: every Choices class that models use, with its part's name before it: ``NewsState``, ``MembersBody``.

    One that stands inside a model has the model's name too: ``MembersImportBatchKind``.
    """
    found: dict[str, type[Choices]] = {}
    for config in apps.get_app_configs():
        parts_of_name = config.name.split(".")
        if parts_of_name[0] not in ("modules", "jiceng", "tenants") or config.models_module is None:
            continue
        prefix = parts_of_name[-1].title().replace("_", "")
        for name, choices in _choices(config):
            found[name if name.startswith(prefix) else f"{prefix}{name}"] = choices
    return found


def _choices(config: AppConfig) -> list[tuple[str, type[Choices]]]:
    models = list(config.get_models())
    modules = [config.models_module, *(sys.modules[model.__module__] for model in models)]
    found = [one for module in modules for one in inspect.getmembers(module, _is_choices)]
    found += [
        (f"{model.__name__}{name}", item) for model in models for name, item in vars(model).items() if _is_choices(item)
    ]
    return [(name, item) for name, item in found if item.__module__.startswith(f"{config.name}.")]


def _is_choices(item: Any) -> bool:
    return inspect.isclass(item) and issubclass(item, Choices)


def _complete(document: dict[str, Any], *, is_public: bool) -> None:
    """Add the shared parts and the examples, drop what nothing refers to."""
    for section, items in parts.components(is_public=is_public).items():
        document["components"].setdefault(section, {}).update(items)
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            _add_examples(operation, schemas)
    _prune(document)
    _unwrap(document)
    for section in document["components"]:
        document["components"][section] = dict(sorted(document["components"][section].items()))


def _unwrap(node: Any) -> None:
    """``allOf`` of one reference says no more than the reference: since 3.1 words may stand beside it."""
    if isinstance(node, dict):
        if len(node.get("allOf", ())) == 1 and "$ref" in node["allOf"][0]:
            node |= node.pop("allOf")[0]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _unwrap(child)


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [answer for answer in operation["responses"].values() if "content" in answer]
    for body in bodies:
        for media in body["content"].values():
            media.setdefault("example", examples.value_of(media["schema"], schemas))


def _prune(document: dict[str, Any]) -> None:
    """Remove components that nothing refers to, again and again until all that are left are used."""
    while True:
        used = set(_references({key: value for key, value in document.items() if key != "components"}))
        used |= set(_references(document["components"]))
        removed = False
        for section, items in document["components"].items():
            if section == "securitySchemes":
                continue
            for name in [name for name in items if f"#/components/{section}/{name}" not in used]:
                del items[name]
                removed = True
        if not removed:
            break
    document["components"] = {section: items for section, items in document["components"].items() if items}


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)
