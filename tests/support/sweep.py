"""The isolation sweep: as somebody of tenant A, ask for everything of tenant B, in every way we can think of.

Targets come from the OpenAPI document and the URL resolver, so a new operation is probed without anybody adding it.
A probe fails when an answer holds one of B's canaries, when it is a 5xx, when a row of B changed, when the scope was
left behind, or when a statement named another schema.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction

from jiceng.access.models import User
from jiceng.api.schema import generation
from jiceng.kernel.registry import registry
from tenants.context import tenant_scope
from tenants.directory import TenantRecord

from . import analyser
from .client import HostClient
from .routes import tenant_routes
from .seed import canary, tenant_models

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Target:
    """``parameters``: names in ``template`` to fill. ``schema``: of the JSON body; pages take form data."""

    template: str
    method: str
    parameters: tuple[str, ...]
    is_api: bool
    schema: dict[str, Any] | None = None
    example: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


@dataclass
class Report:
    probes: int = 0
    by_target: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.leaks or self.errors or self.changed)


def targets() -> list[Target]:
    """Every operation of the complete OpenAPI document, and every URL of the tenant host that is not in it."""
    document = generation.document_for(frozenset(manifest.code for manifest in registry))
    found = list(_operations(document))
    covered = {(target.template, target.method) for target in found}
    for route in tenant_routes():
        for method in route.methods:
            if (route.template, method) not in covered:
                is_api = route.template.startswith("/api/")
                found.append(Target(route.template, method, tuple(route.parameters), is_api))
    return found


def _operations(document: dict[str, Any]) -> Iterator[Target]:
    for template, methods in document["paths"].items():
        for method, operation in methods.items():
            if method.upper() not in ("GET", *UNSAFE):
                continue
            names = tuple(p["name"] for p in operation.get("parameters", []) if p.get("in") == "path")
            content = operation.get("requestBody", {}).get("content", {})
            media = next(iter(content.values()), {})
            schema = _resolve(media.get("schema"), document)
            yield Target(f"/api/v1{template}", method.upper(), names, True, schema, media.get("example"))


def _resolve(schema: Any, document: dict[str, Any]) -> dict[str, Any] | None:
    while schema and "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _takes_id(name: str, part: dict[str, Any]) -> bool:
    return part.get("format") == "uuid" or name.endswith("_id")


class Sweep:
    """Probes ``other`` from ``home``. ``ids``: primary keys of the other tenant's canary rows by model label."""

    def __init__(self, home: TenantRecord, other: TenantRecord, ids: dict[str, list[Any]], user: User, member: User, key: str) -> None:
        self.home, self.other, self.ids, self.key = home, other, ids, key
        self.mark = canary(other.slug).encode()
        self.user, self.member = user, member
        self.report = Report()

    def run(self, chosen: list[Target]) -> Report:
        before = self.fingerprint()
        clients = {actor: make() for actor, make in self.actors().items()}
        cookies = {actor: client.cookies.output() and copy.deepcopy(client.cookies) for actor, client in clients.items()}
        for target in chosen:
            for actor, client in clients.items():
                # Whatever a probe does to its own tenant is taken back, so that every group starts alike.
                with tenant_scope(self.home), transaction.atomic():
                    client.cookies = copy.deepcopy(cookies[actor]) or SimpleCookie()
                    for path, headers in self.variants(target, actor):
                        self.probe(target, actor, client, path, headers)
                    if target.method in UNSAFE or actor == "cookie":
                        self.compare(before, f"{target} as {actor}")
                    transaction.set_rollback(True)
        final = self.fingerprint()
        if final != before:
            self.report.changed.append("after all probes")
        return self.report

    def compare(self, before: dict[str, str], where: str) -> None:
        """Note the tables of the other tenant whose rows are no longer the same."""
        after = self.fingerprint()
        tables = {table for table in before if before[table] != after.get(table)}
        # Trying to sign in at a door leaves its trace behind that door: that is what the trace is for.
        if where.startswith("POST /login/ "):
            tables -= {"axes_accessattempt", "axes_accessfailurelog", "audit_auditentry", "access_session"}
        if tables:
            self.report.changed.append(f"{where}: {sorted(tables)}")

    def actors(self) -> dict[str, Any]:
        """Who asks, and at whose door. Only ``home``'s credentials are ever used."""
        return {
            "session": lambda: HostClient(self.home, raise_request_exception=False).login_as(self.user),
            "cookie": self._cookie_at_the_other_door,
            "key": lambda: HostClient(self.home, key=self.key, raise_request_exception=False),
            "key at the other door": lambda: HostClient(self.other, key=self.key, raise_request_exception=False),
            "anonymous at the other door": lambda: HostClient(self.other, raise_request_exception=False),
            "member": lambda: HostClient(self.home, raise_request_exception=False).login_as(self.member),
        }

    def _cookie_at_the_other_door(self) -> HostClient:
        own = HostClient(self.home).login_as(self.user)
        client = HostClient(self.other, raise_request_exception=False)
        client.cookies = own.cookies
        return client

    def variants(self, target: Target, actor: str) -> Iterator[tuple[str, dict[str, str]]]:
        path = self.path(target)
        yield path, {}
        yield f"{path}?tenant={self.other.slug}&schema={self.other.schema_name}&tenant_id={self.other.id}", {}
        yield f"{path}?host={self.other.host}&q={self.mark.decode()}&ordering=-id&limit=200", {}
        if actor in ("member", "key") and not target.is_api:
            return  # the headers and spellings are tried on pages by those who could do most: staff, and the other door
        for headers in (
            {"X-Tenant": self.other.host, "X-Tenant-Id": str(self.other.id), "X-Schema": self.other.schema_name},
            {"X-Forwarded-Host": self.other.host, "X-Forwarded-Server": self.other.host, "X-Host": self.other.host},
            {"Forwarded": f"host={self.other.host};proto=https"},
            {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "PUT"},
            {"X-Original-URL": path, "X-Rewrite-URL": f"//{self.other.host}{path}"},
        ):
            yield path, headers
        if target.parameters:
            yield self.path(target, "%2e%2e/{}"), {}
            yield self.path(target, "{}%00"), {}
            yield self.path(target, "{}", upper=True), {}

    def path(self, target: Target, shape: str = "{}", *, upper: bool = False) -> str:
        filled = {}
        for name in target.parameters:
            value = str(self.id_for(target, name))
            filled[name] = shape.format(value.upper() if upper else value)
        return target.template.format(**filled)

    def id_for(self, target: Target, name: str) -> Any:
        """One of the other tenant's ids that fits the parameter: by its name, else by the path before it."""
        if name == "code":
            return "news" if "modules" in target.template else "administrator"
        if name == "variant":
            return "original"
        if name == "token":
            return self.mark.decode()
        words = f"{name} {target.template}".lower()
        by_length = sorted(self.ids, key=lambda label: -len(label.rpartition(".")[2]))
        for source in (name.lower(), words):
            for label in by_length:
                noun = label.rpartition(".")[2].removeprefix("stored").removeprefix("role")
                if noun and noun in source.replace("api-keys", "apikey").replace("assignment_id", "assignment"):
                    return self.ids[label][0]
        return self.ids["access.user"][0]

    def probe(self, target: Target, actor: str, client: HostClient, path: str, headers: dict[str, str]) -> None:
        self.report.probes += 1
        self.report.by_target[str(target)] += 1
        where = f"{target} as {actor}, {headers or path}"
        try:
            response = self.send(client, target, path, headers)
        except Exception as error:
            self.report.errors.append(f"{where}: {type(error).__name__} {error}")
            return
        self.report.statuses[response.status_code] += 1
        body = b"".join(response.streaming_content) if response.streaming else response.content
        facts = "\n".join(f"{name}: {value}" for name, value in response.items()) + str(response.cookies)
        # What the probe itself said may come back to it.
        if self.mark in body.replace(f"q={self.mark.decode()}".encode(), b"").replace(path.encode(), b"") or (
            self.mark.decode() in facts.replace(path, "")
        ):
            if not self.said_by_probe(body, path):
                self.report.leaks.append(where)
        if response.status_code >= 500:
            self.report.errors.append(f"{where}: {response.status_code}")
        self.report.errors.extend(f"{where}: {found}" for found in analyser.take_found())

    def said_by_probe(self, body: bytes, path: str) -> bool:
        """A search page repeats what was searched for; canaries of rows carry a number after the mark."""
        return f"{self.mark.decode()}-".encode() not in body

    def send(self, client: HostClient, target: Target, path: str, headers: dict[str, str]) -> Any:
        options: dict[str, Any] = {"headers": headers}
        if target.method in UNSAFE:
            if target.is_api:
                options |= {"data": json.dumps(self.body(target)), "content_type": "application/json"}
            elif target.method == "POST":
                options["data"] = self.form()
        return getattr(client, target.method.lower())(path, **options)

    def body(self, target: Target) -> Any:
        """The document's own example, which passes; every field that takes an id gets one of the other tenant's."""
        parts = (target.schema or {}).get("properties", {})
        built = {name: self._json(name, part) for name, part in parts.items() if not part.get("readOnly")}
        if target.example is None:
            return built
        return {**target.example, **{name: value for name, value in built.items() if _takes_id(name, parts[name])}}

    def _json(self, name: str, part: dict[str, Any]) -> Any:
        if _takes_id(name, part):
            return str(self.id_for(Target(f"/{name}/", "POST", (name,), True), name))
        kind = part.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if "enum" in part:
            return part["enum"][0]
        if kind == "array":
            return [self._json(name, part.get("items", {}))]
        return {"boolean": True, "integer": 1, "number": 1, "object": {}}.get(kind or "", "探针")

    def form(self) -> dict[str, Any]:
        """Form data that offers the other tenant's ids under every name our forms use."""
        ids = {label.rpartition(".")[2]: str(rows[0]) for label, rows in self.ids.items()}
        return {
            **ids, "unit": ids.get("unit", ""), "parent": ids.get("unit", ""), "column": ids.get("column", ""),
            "user": ids["user"], "person": ids.get("person", ""), "role": "administrator", "cover": ids.get("storedfile", ""),
            "title": "探针", "name": "探针", "display_name": "探针", "version": "1", "body": "探针", "reason": "探针",
            "next": f"//{self.other.host}/", "username": "shuji", "password": "x", "domain": self.other.host,
        }  # fmt: skip

    def fingerprint(self) -> dict[str, str]:
        """MD5 over every row of every table of the other tenant."""
        names = [model._meta.db_table for model in tenant_models()]
        parts = [f"SELECT '{name}', md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) FROM \"{name}\" x" for name in names]
        with tenant_scope(self.other), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts))
            return dict(cursor.fetchall())
