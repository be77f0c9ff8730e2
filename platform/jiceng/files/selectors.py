"""The single door to a file."""

from __future__ import annotations

import uuid
from collections.abc import Container

from jiceng.access.actor import Actor

from .errors import FileMissing
from .models import StoredFile
from .owners import may_open


def get_file(*, file_id: uuid.UUID, variant: str, actor: Actor, modules: Container[str]) -> StoredFile:
    """The file, when it exists here, has ``variant`` and ``actor`` may open it. Raises ``FileMissing`` otherwise."""
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or variant not in file.variants or not may_open(file, actor=actor, modules=modules):
        raise FileMissing
    return file
