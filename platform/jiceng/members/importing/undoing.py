"""Taking an import back, as far as nobody has built on it since."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef

from jiceng.access.actor import Actor

from .. import sealing
from ..models import ImportBatch, ImportRow, Membership, Person, PersonChange, PersonState, Post
from ..services import memberships as membership_services
from ..services.people import update_person

CHUNK = 1_000


def undo_rows(batch: ImportBatch, *, actor: Actor, limit: int = CHUNK) -> Counter[str]:
    """Take back the next ``limit`` applied rows; returns how many were ``removed``, ``restored`` and ``kept``.

    Kept: people whom somebody changed, linked to a login, appointed or moved since. Call inside a transaction.
    """
    rows = list(ImportRow.objects.filter(batch=batch, is_applied=True).order_by("-number")[:limit])
    counts: Counter[str] = Counter()
    made = [row for row in rows if row.outcome == ImportRow.Outcome.NEW]
    counts.update(_remove([row.person_id for row in made if row.person_id], len(made)))
    for row in rows:
        if row.outcome == ImportRow.Outcome.CHANGED:
            counts["restored" if _restore(row, actor) else "kept"] += 1
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(is_applied=False)
    return counts


def _remove(ids: list[Any], wanted: int) -> dict[str, int]:
    """Delete those whom nothing has happened to since they were imported."""
    posts = Post.objects.filter(person=OuterRef("pk"))
    moved = Membership.objects.filter(person=OuterRef("pk"), version__gt=1)
    untouched = (
        Person.objects.filter(pk__in=ids, version=1, user=None, state=PersonState.ACTIVE)
        .exclude(Exists(posts))
        .exclude(Exists(moved))
        .annotate(change_count=Count("changes"))
        .filter(change_count__lte=1)
    )
    doomed = list(untouched.values_list("pk", flat=True))
    Person.objects.filter(pk__in=doomed).delete()
    return {"removed": len(doomed), "kept": wanted - len(doomed)}


def _restore(row: ImportRow, actor: Actor) -> bool:
    if row.person_id is None or row.before_sealed is None:
        return False
    before = sealing.open_facts(row.before_sealed, table="importrow_before", row=row.pk)
    person = Person.objects.select_for_update().filter(pk=row.person_id, version=before["version"]).first()
    if person is None or person.state != PersonState.ACTIVE:
        return False
    if before["fields"]:
        values = {code: pair[0] for code, pair in before["fields"].items()}
        update_person(person_id=person.pk, values=values, actor=actor, source=PersonChange.Source.UNDO)
    for membership_id, state, unit_id, started_on, confirmed_on in before["memberships"]:
        _restore_membership(membership_id, state, unit_id, _day(started_on), _day(confirmed_on))
    person.refresh_from_db()
    membership_services.show_primary_unit(person)
    return True


def _restore_membership(
    membership_id: str, state: str | None, unit_id: str | None, started_on: date | None, confirmed_on: date | None
) -> None:
    membership = Membership.objects.select_for_update().filter(pk=membership_id, ended_on=None).first()
    if membership is None:
        return
    if state is None:  # the import made it
        membership.delete()
        return
    membership.state, membership.unit_id = state, unit_id  # type: ignore[assignment]
    membership.started_on, membership.confirmed_on = started_on, confirmed_on
    membership.version += 1
    membership.save()
    membership_services.write_period(membership, on=_latest_start(membership))


def _latest_start(membership: Membership) -> date:
    return membership.periods.get(valid_to=None).valid_from


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
