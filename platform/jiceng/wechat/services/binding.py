"""From a scanned code to a member who is known: codes, what a scan opens, and the member's own confirmation."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from jiceng.access import sessions
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.addresses import own_url
from jiceng.kernel.crypto import hash_token
from jiceng.members import identity as forms
from jiceng.members import scope, sealing
from jiceng.members.models import Membership, Person, PersonState
from jiceng.members.selectors import people, units
from jiceng.members.services import link_user

from ..errors import BindLocked, BindNeedsStaff, BindRefused, CallFailed, CaseUnknown, CodeUnknown, NotScanned
from ..gateway import policy
from ..gateway.errors import GatewayError
from ..manifest import BIND
from ..models import Account, BindCase, BindCode, BindState, CodeKind, Identity
from . import accounts, clients, unbinding

PERSONAL_DAYS = 30  # the longest that WeChat lets a temporary code live
ATTEMPTS = 5
CODES_AT_ONCE = 100
SCENE_BYTES = 16  # 22 letters


@transaction.atomic
def create_branch_code(*, account_id: uuid.UUID, unit_id: uuid.UUID, actor: Actor, at: datetime) -> BindCode:
    """The poster of a branch, the same until it is revoked. Raises ``UnitUnknown``, ``CallFailed``, ``AccountInactive``."""
    unit = units.get_unit(unit_id, actor=actor, permission=BIND)
    account = accounts.locked(account_id, is_active=True)
    kept = BindCode.objects.filter(account=account, unit=unit, revoked_at=None).first()
    if kept is not None:
        return kept
    scene = _new_scene()
    code = BindCode(
        account=account, kind=CodeKind.BRANCH, unit=unit, created_by=actor.display_name[:150], created_at=at
    )
    code.scene_hash, code.picture = hash_token(scene), _picture(account, scene, seconds=None)
    code.save(force_insert=True)
    _note("wechat.code.created", code, unit.name, actor)
    return code


@transaction.atomic
def create_personal_codes(
    *, account_id: uuid.UUID, person_ids: Sequence[uuid.UUID], actor: Actor, at: datetime
) -> list[BindCode]:
    """New codes for up to 100 people, good once and for 30 days; earlier ones that were not used are revoked.

    Raises ``PersonUnknown`` for people out of reach, ``CallFailed``; none is made then.
    """
    account = accounts.locked(account_id, is_active=True)
    found = [people.get_person(pk, actor=actor, permission=BIND) for pk in dict.fromkeys(person_ids)][:CODES_AT_ONCE]
    BindCode.objects.filter(account=account, person__in=found, used_at=None, revoked_at=None).update(revoked_at=at)
    return [_personal_code(account, person, actor, at) for person in found]


@transaction.atomic
def revoke_code(*, code_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Raises ``CodeUnknown``; for codes out of reach too."""
    code = codes_in_reach(actor).select_for_update(of=("self",)).filter(pk=code_id, revoked_at=None).first()
    if code is None:
        raise CodeUnknown
    BindCode.objects.filter(pk=code.pk).update(revoked_at=at)
    _note("wechat.code.revoked", code, str(code.unit or code.person), actor)


def codes_in_reach(actor: Actor) -> QuerySet[BindCode]:
    """Codes for the units and people over whom ``actor`` may bind."""
    by_unit = BindCode.objects.filter(unit__in=scope.units_in_reach(actor, BIND))
    by_person = BindCode.objects.filter(person__in=scope.people_in_reach(actor, BIND))
    return (by_unit | by_person).select_related("unit", "person", "account")


def get_code(code_id: uuid.UUID, *, actor: Actor) -> BindCode:
    """Raises ``CodeUnknown``; for codes out of reach too."""
    code = codes_in_reach(actor).filter(pk=code_id).first()
    if code is None:
        raise CodeUnknown
    return code


def scanned(*, identity: Identity, scene: str, at: datetime) -> str:
    """Open a case for whoever scanned a code of ours; returns what to answer, ``""`` for codes that are not ours."""
    code = BindCode.objects.filter(account_id=identity.account_id, scene_hash=hash_token(scene)).first()
    if code is None:
        return ""
    BindCode.objects.filter(pk=code.pk).update(scans=F("scans") + 1)
    if identity.person_id:
        return _("您已经绑定，可以直接使用。")
    if code.revoked_at or (code.expires_at and code.expires_at <= at) or code.used_at:
        return _("这个二维码已失效，请联系支部书记重新发放。")
    waiting = BindCase.objects.filter(identity=identity, state=BindState.OPEN).first()
    if BindCase.objects.filter(identity=identity, state=BindState.CONFLICT).exists():
        return _("您的绑定正在由管理员核对，核对后会通知您。")
    if waiting is not None:
        # Wrong guesses count on: a branch's poster can be scanned again and again.
        attempts = waiting.attempts if waiting.code_id == code.pk else 0
        BindCase.objects.filter(pk=waiting.pk).update(code=code, attempts=attempts, created_at=at)
    else:
        BindCase.objects.create(identity=identity, code=code, created_at=at)
    link = own_url("/wechat/bind/")
    return _('欢迎！请点击 <a href="%(link)s">确认身份</a>，填写姓名和手机号后四位，完成后就能收到通知、参加活动。') % {
        "link": link
    }


@transaction.atomic
def confirm(
    *, identity_id: uuid.UUID, name: str, phone_tail: str, at: datetime
) -> tuple[Person | None, Exception | None]:
    """The member says who they are. Returns the person, or the refusal: counted, so do not raise it in this transaction.

    One of ``NotScanned``, ``BindRefused``, ``BindLocked``, ``BindNeedsStaff``.
    """
    identity = Identity.objects.select_for_update(of=("self",)).select_related("person").get(pk=identity_id)
    if identity.person is not None:
        return identity.person, None
    cases = BindCase.objects.select_for_update(of=("self",)).select_related("code").filter(identity=identity)
    case = cases.exclude(state=BindState.BOUND).order_by("-created_at").first()
    if case is None or case.code is None:
        return None, NotScanned()
    if case.state == BindState.CONFLICT:
        return None, BindNeedsStaff()
    if case.state == BindState.REFUSED or case.attempts >= ATTEMPTS:
        return None, BindLocked()
    found = _named(case.code, name, phone_tail)
    if not found:
        return None, _wrong(case, at)
    if len(found) > 1:
        return None, _to_staff(case, None, _("同一组织内有姓名和手机号后四位都相同的人"), at)
    return _bind_or_ask(case, identity, found[0], at)


@transaction.atomic
def decide(*, case_id: uuid.UUID, person_id: uuid.UUID | None, actor: Actor, at: datetime) -> None:
    """An administrator's word on a case: whom it is, or ``None`` for nobody. Takes the person from an earlier identity.

    Raises ``CaseUnknown``, for cases out of reach too, ``PersonUnknown``.
    """
    waiting = BindCase.objects.filter(state=BindState.CONFLICT, code__in=codes_in_reach(actor).values("pk"))
    case = waiting.select_for_update(of=("self",)).select_related("identity").filter(pk=case_id).first()
    if case is None:
        raise CaseUnknown
    if person_id is None:
        _close(case, BindState.REFUSED, None, actor, at)
        return
    person = people.get_person(person_id, actor=actor, permission=BIND)
    earlier = Identity.objects.select_for_update(of=("self",)).filter(account_id=case.identity.account_id, person=person)
    for identity in earlier:
        unbinding.release(identity, actor)
    if person.user is not None:
        sessions.end_all(person.user)  # whoever held the earlier one is out
    bind(case.identity, person, actor=actor, at=at)
    _close(case, BindState.BOUND, person, actor, at)


def bind(identity: Identity, person: Person, *, actor: Actor, at: datetime) -> User:
    """Tie the two together and give the person a login where they have none; returns it. Emits ``wechat.identity.bound``."""
    identity.person, identity.bound_at = person, at
    identity.save(update_fields=["person", "bound_at", "updated_at"])
    user = person.user or _new_login(person)
    record(action="wechat.identity.bound", actor=actor, target=str(person.pk), target_label=person.name)
    payload = {"identity_id": identity.pk, "person_id": person.pk, "account_id": identity.account_id}
    emit("wechat.identity.bound", actor_id=actor.id, payload=payload)
    return user


def _named(code: BindCode, name: str, phone_tail: str) -> list[Person]:
    """Who it can be: of a personal code only its person, of a branch's whoever belongs there."""
    if len(phone_tail) != sealing.TAIL_LENGTH or not (phone_tail.isascii() and phone_tail.isdecimal()):
        return []
    try:
        words = forms.clean_name(name)
    except forms.ValueFault:
        return []
    found = Person.objects.filter(name=words, state=PersonState.ACTIVE, phone_tail_index=sealing.tail_index(phone_tail))
    if code.kind == CodeKind.PERSONAL:
        return list(found.filter(pk__in=[code.person_id]))
    held = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, unit__path__startswith=code.unit.path)  # type: ignore[union-attr]
    return list(found.filter(Exists(held))[:2])


def _bind_or_ask(
    case: BindCase, identity: Identity, person: Person, at: datetime
) -> tuple[Person | None, Exception | None]:
    person = Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)
    if Identity.objects.filter(account_id=identity.account_id, person=person).exists():
        return None, _to_staff(case, person, _("这个人员已绑定另一个微信"), at)
    who = Actor.system(person.name)
    bind(identity, person, actor=who, at=at)
    _close(case, BindState.BOUND, person, who, at)
    if case.code is not None and case.code.kind == CodeKind.PERSONAL:
        BindCode.objects.filter(pk=case.code.pk).update(used_at=at)
    return person, None


def _wrong(case: BindCase, at: datetime) -> Exception:
    case.attempts += 1
    if case.attempts >= ATTEMPTS:
        _close(case, BindState.REFUSED, None, Actor.system(), at)
        return BindLocked()
    case.save(update_fields=["attempts"])
    return BindRefused()


def _to_staff(case: BindCase, person: Person | None, reason: str, at: datetime) -> Exception:
    case.state, case.person, case.reason, case.created_at = BindState.CONFLICT, person, reason, at
    case.save(update_fields=["state", "person", "reason", "created_at"])
    return BindNeedsStaff()


def _close(case: BindCase, state: str, person: Person | None, actor: Actor, at: datetime) -> None:
    case.state, case.person, case.decided_at, case.decided_by = state, person, at, actor.display_name[:150]
    case.save(update_fields=["state", "person", "decided_at", "decided_by", "attempts"])
    if not actor.is_system:
        record(
            action=f"wechat.bind_case.{state}",
            actor=actor,
            target=str(case.pk),
            target_label=person.name if person else "",
        )


def _new_login(person: Person) -> User:
    """A login that opens only through WeChat, until somebody sets a password."""
    name = f"wx{secrets.token_hex(6)}"
    user = User.objects.create_user(name, None, display_name=person.name)
    record(
        action="access.user.created", actor=Actor.system("微信绑定"), target=str(user.pk), target_label=person.name,
        after={"username": name},
    )  # fmt: skip
    assign_role(user=user, role="member", actor=Actor.system())
    link_user(person_id=person.pk, user_id=user.pk, actor=Actor.system("微信绑定"))
    return user


def _personal_code(account: Account, person: Person, actor: Actor, at: datetime) -> BindCode:
    scene, life = _new_scene(), timedelta(days=PERSONAL_DAYS)
    code = BindCode(
        account=account, kind=CodeKind.PERSONAL, person=person, created_by=actor.display_name[:150], created_at=at,
        expires_at=at + life, scene_hash=hash_token(scene),
        picture=_picture(account, scene, seconds=int(life.total_seconds())),
    )  # fmt: skip
    code.save(force_insert=True)
    _note("wechat.code.created", code, person.name, actor)
    return code


def _new_scene() -> str:
    return secrets.token_urlsafe(SCENE_BYTES)


def _picture(account: Account, scene: str, *, seconds: int | None) -> str:
    """What the QR code has to hold. ``seconds``: its life; ``None`` for ever (100,000 of those for each account)."""
    body: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
    body |= (
        {"action_name": "QR_STR_SCENE", "expire_seconds": seconds} if seconds else {"action_name": "QR_LIMIT_STR_SCENE"}
    )
    try:
        return str(clients.official(account).qrcode.create(body)["url"])[:200]
    except GatewayError as error:
        raise CallFailed(policy.words(getattr(error, "errcode", 0))) from error


def _note(action: str, code: BindCode, label: str, actor: Actor) -> None:
    record(action=action, actor=actor, target=str(code.pk), target_label=label, after={"kind": code.kind})


def open_code(identity_id: uuid.UUID) -> BindCode | None:
    """The code by which this identity came last, while it still has to confirm."""
    case = BindCase.objects.select_related("code__unit").filter(identity=identity_id, state=BindState.OPEN).first()
    return case.code if case else None
