"""Untying a person from WeChat, by themselves, by staff, or because WeChat asks for it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access import sessions
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.members import scope

from ..errors import IdentityUnknown
from ..manifest import BIND
from ..models import Identity

KEEP_DAYS = 30
BATCH = 1000


@transaction.atomic
def unbind_own(*, identity_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Somebody unties one of their own. Raises ``IdentityUnknown``."""
    identity = Identity.objects.select_for_update(of=("self",)).filter(pk=identity_id, person__user=actor.user).first()
    if identity is None or actor.user is None:
        raise IdentityUnknown
    release(identity, actor)


@transaction.atomic
def unbind(*, identity_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Staff untie somebody within their reach; that person's sessions end. Raises ``IdentityUnknown``."""
    reach = scope.people_in_reach(actor, BIND)
    identity = Identity.objects.select_for_update(of=("self",)).select_related("person__user").filter(pk=identity_id, person__in=reach).first()  # fmt: skip
    if identity is None:
        raise IdentityUnknown
    user = identity.person.user if identity.person else None
    release(identity, actor)
    if user is not None:
        sessions.end_all(user)


@transaction.atomic
def forget(*, identity_id: uuid.UUID, at: datetime) -> None:
    """The person took back what they had allowed WeChat to tell us: the tie goes, the roster entry stays."""
    identity = Identity.objects.select_for_update(of=("self",)).filter(pk=identity_id).first()
    if identity is None:
        return
    release(identity, Actor.system("微信"))
    Identity.objects.filter(pk=identity.pk).update(unionid="", offers={})


@transaction.atomic
def follow_merge(*, person_id: uuid.UUID | str, merged_id: uuid.UUID | str) -> None:
    """Two roster entries became one: the identities go along, where the survivor has none at that account."""
    survivor, merged = uuid.UUID(str(person_id)), uuid.UUID(str(merged_id))
    for identity in Identity.objects.select_for_update(of=("self",)).filter(person=merged):
        is_taken = Identity.objects.filter(account_id=identity.account_id, person=survivor).exists()
        identity.person_id = None if is_taken else survivor
        identity.save(update_fields=["person", "updated_at"])


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Delete up to 1,000 identities that belong to nobody and have not followed for 30 days; returns how many."""
    gone = Identity.objects.filter(person=None, is_following=False, updated_at__lt=at - timedelta(days=KEEP_DAYS))
    batch = list(gone.values_list("pk", flat=True)[:BATCH])
    Identity.objects.filter(pk__in=batch).delete()
    return len(batch)


def release(identity: Identity, actor: Actor) -> None:
    """Untie an identity that is locked. Emits ``wechat.identity.unbound``."""
    person = identity.person
    if person is None:
        return
    identity.person, identity.bound_at = None, None
    identity.save(update_fields=["person", "bound_at", "updated_at"])
    record(action="wechat.identity.unbound", actor=actor, target=str(person.pk), target_label=person.name)
    payload = {"identity_id": identity.pk, "person_id": person.pk, "account_id": identity.account_id}
    emit("wechat.identity.unbound", actor_id=actor.id, payload=payload)
