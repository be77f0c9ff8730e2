"""Who may open a file: the owner's module knows, and says so through its manifest (``file_owners``)."""

from __future__ import annotations

from collections.abc import Container

from django.utils.module_loading import import_string

from jiceng.access.actor import Actor
from jiceng.kernel.registry import registry

from .models import StoredFile


def actor_key(actor: Actor) -> str:
    """How a file remembers its uploader: ``"user:<id>"`` or ``"api_key:<id>"``."""
    return f"{actor.kind}:{actor.id}"


def may_open(file: StoredFile, *, actor: Actor, modules: Container[str]) -> bool:
    """Readers of the owner may open an attached file, only its uploader one that waits.

    ``modules``: codes of the modules that are on; files of the others are not served.
    """
    if not file.is_attached:
        return not actor.is_anonymous and file.created_by == actor_key(actor)
    kind, _colon, owner_id = file.owner.partition(":")
    for manifest in registry:
        if kind in manifest.file_owners:
            return manifest.code in modules and import_string(manifest.file_owners[kind])(
                actor=actor, owner_id=owner_id
            )
    return False
