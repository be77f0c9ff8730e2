"""What single views say of themselves for the OpenAPI document; viewsets need not, the kit knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a view. ``id``: the operationId; ``label``: a few words; ``about``: sentences; ``status``: of success."""

    id: str
    label: Any
    about: Any
    tag: str
    output: type[serializers.BaseSerializer[Any]] | None
    input: type[serializers.BaseSerializer[Any]] | None = None
    status: int = 200
