"""Every change of this module's data."""

from __future__ import annotations

from jiceng.kernel.clock import now

from ..models import Topic
from .builtin import TOPICS


def prepare() -> None:
    """The topics that are not there yet. Idempotent; what a tenant rewrote stays as it is."""
    at = now()
    Topic.objects.bulk_create(
        [
            Topic(
                code=code, module=module, title=title, body="\n\n".join(paragraphs), is_public=is_public,
                position=place, created_at=at, updated_at=at,
            )
            for place, (code, module, title, paragraphs, is_public) in enumerate(TOPICS, start=1)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
