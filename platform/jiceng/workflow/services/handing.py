"""Asking one more person, or letting somebody else decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.models.users import Id
from jiceng.kernel.errors import FieldError
from jiceng.kernel.text import clean

from ..addressing import Address
from ..errors import UserNotFit
from ..manifest import MANAGE, VIEW
from ..models import Assignment, AssignmentKind, AssignmentState, Case, CaseEventKind
from . import running
from .candidates import decidable, open_assignment


@transaction.atomic
def add_signer(
    *, assignment_id: Id, user_id: Id, actor: Actor, at: datetime, comment: str = "", version: int | None = None
) -> Case:
    """Ask ``user_id`` too: the step goes on only when they have agreed as well, and ends if they do not.

    Raises as ``approve`` does, and ``UserNotFit``.
    """
    case, _assignment, _other = decidable(assignment_id, actor=actor, at=at, version=version)
    user = _fit(user_id, case, actor)
    due_at = at + timedelta(days=running.current_step(case).days)
    running.assign(case, Address(user_id=user.pk), at=at, due_at=due_at, kind=AssignmentKind.ADDED)
    running.tell(
        case, CaseEventKind.SIGNER_ADDED, actor, at, comment=clean(comment)[:500], other_name=user.display_name
    )
    running.save(case)
    return case


@transaction.atomic
def delegate(
    *, assignment_id: Id, user_id: Id, actor: Actor, at: datetime, comment: str = "", version: int | None = None
) -> Case:
    """Let ``user_id`` decide instead. Those who manage workflows there may do it with anybody's assignment.

    The deadline stays. Raises as ``approve`` does, and ``UserNotFit``.
    """
    case, assignment = open_assignment(assignment_id, actor=actor, at=at)
    if not policy.may(actor, MANAGE, case.unit_path):
        decidable(assignment_id, actor=actor, at=at, version=version)
    running.check_version(case, version)
    user = _fit(user_id, case, actor)
    running.close(assignment, AssignmentState.DELEGATED, actor=actor, at=at, comment=clean(comment)[:500])
    running.assign(
        case, Address(user_id=user.pk), at=at, due_at=assignment.due_at, kind=AssignmentKind(assignment.kind),
        delegated_from=assignment,
    )  # fmt: skip
    running.tell(case, CaseEventKind.DELEGATED, actor, at, comment=clean(comment)[:500], other_name=user.display_name)
    running.save(case)
    return case


def _fit(user_id: Id, case: Case, actor: Actor) -> User:
    """Somebody else who can sign in, has an inbox, did not apply, and is not asked already."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not policy.may(Actor.for_user(user, actor.modules), VIEW):
        raise _unfit(_("这个账号不能办理待办。"))
    if user.pk == case.applicant_id:
        raise _unfit(_("不能交给申请人本人办理。"))
    if actor.user is not None and user.pk == actor.user.pk:
        raise _unfit(_("请选择您以外的人。"))
    if Assignment.objects.filter(case=case, state=AssignmentState.OPEN, user=user).exists():
        raise _unfit(_("这个人已在本步骤的办理人中。"))
    return user


def _unfit(message: str) -> UserNotFit:
    return UserNotFit(message, fields=[FieldError("/user", "invalid", message)])
