"""That something changed which readers may see."""

from __future__ import annotations

from django.db.models import F

from ..models import Register


def mark_changed() -> None:
    """Pages that browsers keep are asked for anew. Within the transaction of the change."""
    if not Register.objects.filter(pk="entries").update(version=F("version") + 1):
        Register.objects.bulk_create([Register(pk="entries", version=2)], ignore_conflicts=True)
