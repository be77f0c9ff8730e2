"""Workflows with their versions, stand-ins, and people to hand things to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.models.users import normalise_username
from jiceng.kernel.errors import FieldError
from jiceng.kernel.manifest import Workflow
from jiceng.kernel.registry import registry

from ..definitions import current_definition, declared_workflow
from ..errors import UserNotFit
from ..models import Case, Definition, StandIn
from ..models.cases import UNFINISHED
from ..steps import Step, declared


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """A workflow as it stands in this tenant. ``module``: the name of its module; ``running``: unfinished cases."""

    workflow: Workflow
    module: str
    version: int
    steps: tuple[Step, ...]
    running: int


def list_workflows(*, modules: frozenset[str] | None = None) -> tuple[WorkflowFacts, ...]:
    """Workflows of the modules that are on, in the order of the manifests. Two queries."""
    newest = {row.code: row for row in Definition.objects.order_by("code", "-version").distinct("code")}
    counts = dict(
        Case.objects.filter(state__in=UNFINISHED).order_by().values_list("workflow").annotate(count=Count("pk"))
    )
    return tuple(
        _facts(workflow, newest.get(code), counts)
        for code, workflow in registry.workflows.items()
        if modules is None or code.partition(".")[0] in modules
    )


def workflow_facts(*, code: str) -> WorkflowFacts:
    """Raises ``WorkflowUnknown``."""
    current = current_definition(code)
    running = Case.objects.filter(workflow=code, state__in=UNFINISHED).count()
    return WorkflowFacts(current.workflow, _module_of(code), current.version, current.steps, running)


def versions_of(*, code: str) -> QuerySet[Definition]:
    """Published versions, newest first. Raises ``WorkflowUnknown``."""
    declared_workflow(code)
    return Definition.objects.filter(code=code).order_by("-version")


def stand_in_of(*, actor: Actor, at: datetime) -> StandIn | None:
    """Who decides for ``actor``, now or from a later day on."""
    found = StandIn.objects.filter(user=actor.user, valid_to__gt=at).select_related("deputy")
    return found.order_by("valid_from").first()


def user_named(text: str) -> User:
    """The active user with this username, or the only one with this name. Raises ``UserNotFit``."""
    text = text.strip()
    active = User.objects.filter(is_active=True)
    if found := active.filter(username=normalise_username(text)).first():
        return found
    named = list(active.filter(display_name=text)[:2])
    if len(named) == 1:
        return named[0]
    message = _("有多个同名账号，请填写用户名。") if named else _("没有找到这个人，请填写姓名或用户名。")
    raise UserNotFit(message, fields=[FieldError("/user", "invalid", message)])


def _facts(workflow: Workflow, newest: Definition | None, counts: dict[str, int]) -> WorkflowFacts:
    version = newest.version if newest else 0
    steps = tuple(Step.from_json(step) for step in newest.steps) if newest else declared(workflow)
    return WorkflowFacts(workflow, _module_of(workflow.code), version, steps, counts.get(workflow.code, 0))


def _module_of(code: str) -> str:
    """The name of the module that declares it."""
    return str(registry.by_code[code.partition(".")[0]].name)
