"""System checks over the manifests: a misspelt permission, a path to nothing, an unknown event stop the start."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from . import cron, points_checks
from .manifest import AUDIENCES, CATEGORIES, SERVICE_TYPES, Manifest
from .registry import Registry, load

CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
NOTICE_CATEGORY_LENGTH = 60
PAYLOAD_TYPES = {"uuid", "str", "int", "bool"}


@register()
def check_manifests(**_options: object) -> list[CheckMessage]:
    registry = load()
    return [Error(text, id="jiceng.E001") for text in problems(registry)]


def problems(registry: Registry) -> Iterator[str]:
    """Every fault of the manifests, as sentences that name the module and the place."""
    yield from _duplicates("module code", [manifest.code for manifest in registry])
    yield from _duplicates("permission", [p.code for manifest in registry for p in manifest.permissions])
    yield from _duplicates("event", [event.name for manifest in registry for event in manifest.emits])
    yield from _duplicates("workflow", [workflow.code for manifest in registry for workflow in manifest.workflows])
    yield from _duplicates("notice category", [c.code for manifest in registry for c in manifest.notices])
    yield from _duplicates("points rule", [rule.code for manifest in registry for rule in manifest.points])
    for manifest in registry:
        for problem in _module_problems(manifest, registry):
            yield f"{manifest.code}: {problem}"


def _duplicates(kind: str, names: list[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{kind} {name!r} is declared {count} times"


def _module_problems(manifest: Manifest, registry: Registry) -> Iterator[str]:
    if not CODE.match(manifest.code):
        yield "the code must be lower snake case"
    if manifest.category not in CATEGORIES:
        yield f"unknown category {manifest.category!r}"
    for value in set(manifest.audiences) - set(AUDIENCES):
        yield f"unknown audience {value!r}"
    for value in set(manifest.service_types) - set(SERVICE_TYPES):
        yield f"unknown service type {value!r}"
    for need in manifest.needs:
        if registry.get(need) is None:
            yield f"needs unknown module {need!r}"
    if not dataclasses.is_dataclass(manifest.settings):
        yield "settings must be a dataclass"
    yield from _permission_problems(manifest, registry)
    yield from _page_problems(manifest)
    yield from _event_problems(manifest, registry)
    yield from _notice_problems(manifest)
    yield from _workflow_problems(manifest)
    yield from _path_problems(manifest)


def _permission_problems(manifest: Manifest, registry: Registry) -> Iterator[str]:
    """Modules use their own permissions only; platform parts may use each other's (the console shows access's pages)."""
    own = manifest.permission_codes()
    for code in own:
        if not code.startswith(f"{manifest.code}."):
            yield f"permission {code!r} must begin with {manifest.code!r}"
    used = {page.permission for page in manifest.pages} | {page.write for page in manifest.pages if page.write}
    used |= {permission for route in manifest.api for permission in (route.read, route.write, *route.actions.values())}
    used |= {entry.permission for entry in manifest.menu} | {card.permission for card in manifest.home_cards}
    used |= {tile.permission for tile in manifest.tiles} | {chart.permission for chart in manifest.charts}
    used |= {step.permission for step in manifest.setup_steps}
    used |= {step.permission for workflow in manifest.workflows for step in workflow.steps}
    known = set(own)
    if manifest.category == "platform":
        known.update(*(other.permission_codes() for other in registry if other.category == "platform"))
    for code in sorted(used - known):
        yield f"uses undeclared permission {code!r}"


def _page_problems(manifest: Manifest) -> Iterator[str]:
    names = [(page.surface, page.name) for page in manifest.pages]
    yield from _duplicates("page", [f"{surface}:{name}" for surface, name in names])
    for entry in manifest.menu:
        if (entry.surface, entry.page) not in names:
            yield f"menu entry {str(entry.label)!r} leads to no {entry.surface} page named {entry.page!r}"
    parts = [(tile.label, tile.page) for tile in manifest.tiles] + [
        (step.label, step.page) for step in manifest.setup_steps
    ]
    if manifest.help_page and ("h5", manifest.help_page) not in names:
        yield f"help_page names no h5 page {manifest.help_page!r}"
    for label, page_name in parts:
        if ("console", page_name) not in names:
            yield f"dashboard part {str(label)!r} leads to no console page named {page_name!r}"


def _event_problems(manifest: Manifest, registry: Registry) -> Iterator[str]:
    for event in manifest.emits:
        if not event.name.startswith(f"{manifest.code}."):
            yield f"event {event.name!r} must begin with {manifest.code!r}"
        for key, kind in event.payload.items():
            if kind not in PAYLOAD_TYPES:
                yield f"event {event.name!r}: payload {key!r} has unknown type {kind!r}"
    for name in manifest.listens:
        if name not in registry.events:
            yield f"listens to unknown event {name!r}"
    for rule in manifest.points:
        yield from points_checks.problems(manifest.code, rule, registry)
    for schedule in manifest.schedules:
        if schedule.task not in manifest.tasks:
            yield f"schedule names undeclared task {schedule.task!r}"
        try:
            cron.parse(schedule.cron)
        except cron.BadCron as error:
            yield f"schedule of {schedule.task!r}: {error}"


def _notice_problems(manifest: Manifest) -> Iterator[str]:
    for category in manifest.notices:
        if not category.code.startswith(f"{manifest.code}.") or len(category.code) > NOTICE_CATEGORY_LENGTH:
            yield f"notice category {category.code!r} must begin with {manifest.code!r} and have at most {NOTICE_CATEGORY_LENGTH} characters"


def _workflow_problems(manifest: Manifest) -> Iterator[str]:
    for workflow in manifest.workflows:
        if not workflow.code.startswith(f"{manifest.code}."):
            yield f"workflow {workflow.code!r} must begin with {manifest.code!r}"
        if not workflow.steps:
            yield f"workflow {workflow.code!r} has no steps"
        yield from _duplicates(f"step of workflow {workflow.code!r}", [step.code for step in workflow.steps])
        for step in workflow.steps:
            if not CODE.match(step.code) or step.days < 1:
                yield f"workflow {workflow.code!r}: step {step.code!r} needs a lower snake case code and at least one day"


def _path_problems(manifest: Manifest) -> Iterator[str]:
    paths = [page.view for page in manifest.pages] + [route.viewset for route in manifest.api]
    paths += [handler for handlers in manifest.listens.values() for handler in handlers]
    paths += [*manifest.tasks.values(), *(card.selector for card in manifest.home_cards)]
    for workflow in manifest.workflows:
        paths += [workflow.summary, workflow.decided, *([workflow.withdrawn] if workflow.withdrawn else [])]
    paths += [*manifest.file_owners.values(), *([manifest.prepare] if manifest.prepare else [])]
    for path in paths:
        try:
            import_string(path)
        except ImportError as error:
            yield f"cannot import {path!r}: {error}"
