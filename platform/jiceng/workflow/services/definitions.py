"""A tenant's own steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..definitions import current_definition
from ..errors import DefinitionChanged
from ..manifest import MANAGE
from ..models import Definition
from ..steps import checked


@transaction.atomic
def publish_definition(
    *, code: str, steps: Sequence[Mapping[str, Any]], actor: Actor, at: datetime, version: int | None = None
) -> Definition:
    """Let cases started from now on follow ``steps`` (the form of ``Step.as_json``); running ones keep theirs.

    ``version``: the one it was made from. Raises ``WorkflowUnknown``, ``Forbidden`` (managing the whole tenant's workflows is
    needed), ``StepsRefused``, ``DefinitionChanged``.
    """
    policy.require(actor, MANAGE, "")
    current = current_definition(code)
    if version is not None and version != current.version:
        raise DefinitionChanged
    wanted = [step.as_json() for step in checked(steps)]
    definition = Definition(
        code=code, version=current.version + 1, steps=wanted, created_at=at, created_by_name=actor.display_name[:150]
    )
    try:
        with transaction.atomic():
            definition.save(force_insert=True)
    except IntegrityError as error:
        raise DefinitionChanged from error
    record(
        action="workflow.definition.published", actor=actor, target=code, target_label=str(current.workflow.label),
        before={"version": current.version, "steps": [step.label for step in current.steps]},
        after={"version": definition.version, "steps": [step["label"] for step in wanted]},
    )  # fmt: skip
    return definition
