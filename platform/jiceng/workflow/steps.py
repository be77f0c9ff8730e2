"""Steps of a workflow: as a manifest declares them, as a tenant publishes them, as a case keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from jiceng.access.models import Role, User
from jiceng.kernel.errors import FieldError
from jiceng.kernel.manifest import Workflow
from jiceng.kernel.registry import registry
from jiceng.kernel.text import clean

from .errors import StepsRefused

MAX_STEPS, MAX_DAYS, MAX_USERS, LABEL_LENGTH = 10, 90, 10, 40
CODE = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
Scope = Literal["unit", "tenant"]


@dataclass(frozen=True, slots=True)
class Step:
    """Exactly one of ``permission``, ``role`` (codes) and ``users`` (ids) says who; any one of them decides."""

    code: str
    label: str
    permission: str = ""
    role: str = ""
    users: tuple[str, ...] = ()
    scope: Scope = "unit"
    days: int = 3

    def as_json(self) -> dict[str, Any]:
        who: dict[str, Any] = {"users": list(self.users)}
        if self.permission:
            who = {"permission": self.permission}
        elif self.role:
            who = {"role": self.role}
        return {"code": self.code, "label": self.label, "who": who, "scope": self.scope, "days": self.days}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Step:
        """The inverse of ``as_json``, for what was checked before it was kept."""
        who = value["who"]
        return cls(
            code=value["code"], label=value["label"], permission=who.get("permission", ""), role=who.get("role", ""),
            users=tuple(who.get("users", ())), scope=value["scope"], days=value["days"],
        )  # fmt: skip


def declared(workflow: Workflow) -> tuple[Step, ...]:
    """The manifest's steps, labels in the present language."""
    return tuple(
        Step(code=step.code, label=str(step.label), permission=step.permission, scope=step.scope, days=step.days)
        for step in workflow.steps
    )


def checked(steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """``steps`` in the form of ``as_json``, as people send them. Raises ``StepsRefused`` naming every fault."""
    if not 1 <= len(steps) <= MAX_STEPS:
        raise StepsRefused(_("流程须有 1 至 %(most)d 个步骤。") % {"most": MAX_STEPS})
    faults: list[FieldError] = []
    known = _Known(steps)
    found = [_checked(step, number, known, faults) for number, step in enumerate(steps)]
    codes = [step.code for step in found]
    if len(set(codes)) != len(codes):
        faults.append(FieldError("/steps", "duplicate", _("步骤代码不能重复。")))
    if faults:
        raise StepsRefused(fields=faults)
    return tuple(found)


class _Known:
    """Roles and active users that the steps name, in two queries."""

    def __init__(self, steps: Sequence[Mapping[str, Any]]) -> None:
        whos = [who for step in steps if isinstance(who := step.get("who"), Mapping)]
        self.roles = set(Role.objects.values_list("code", flat=True))
        wanted = {str(user) for who in whos for user in _listed(who.get("users"))}
        ids = [user for user in wanted if re.fullmatch(r"[0-9a-f-]{36}", user)]
        self.users = {str(pk) for pk in User.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True)}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _checked(step: Mapping[str, Any], number: int, known: _Known, faults: list[FieldError]) -> Step:
    def fault(name: str, message: str) -> None:
        faults.append(FieldError(f"/steps/{number}/{name}", "invalid", message))

    code, label, days, scope = (step.get(name) for name in ("code", "label", "days", "scope"))
    label = clean(label) if isinstance(label, str) else ""
    if not (isinstance(code, str) and CODE.match(code)):
        fault("code", _("步骤代码须由小写字母、数字和下划线组成。"))
    if not 1 <= len(label) <= LABEL_LENGTH:
        fault("label", _("请填写步骤名称，最多 %(most)d 个字。") % {"most": LABEL_LENGTH})
    if not (isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= MAX_DAYS):
        fault("days", _("办理时限须在 1 至 %(most)d 天之间。") % {"most": MAX_DAYS})
    if scope not in ("unit", "tenant"):
        fault("scope", _("请选择办理范围。"))
    who = step.get("who")
    who = who if isinstance(who, Mapping) else {}
    if problem := _who_problem(who, known):
        fault("who", problem)
        who = {}
    return Step.from_json({"code": code, "label": label, "who": who, "scope": scope, "days": days})


def _who_problem(who: Mapping[str, Any], known: _Known) -> str:
    """What is wrong with who decides; ``""`` for nothing."""
    if len(who) != 1 or not set(who) <= {"permission", "role", "users"}:
        return _("请指定由谁办理：一项权限、一个角色，或几个人。")
    (kind, value), *_rest = who.items()
    if kind == "permission" and (not isinstance(value, str) or _is_unfit(value)):
        return _("请从列表中选择权限。")
    if kind == "role" and (not isinstance(value, str) or value not in known.roles):
        return _("请从列表中选择角色。")
    if kind == "users":
        users = list(_listed(value))
        if not 1 <= len(users) <= MAX_USERS or not all(isinstance(user, str) and user in known.users for user in users):
            return _("请选择 1 至 %(most)d 个可以登录的人。") % {"most": MAX_USERS}
    return ""


def _is_unfit(permission: str) -> bool:
    """Unknown, or given to everybody."""
    found = registry.permissions.get(permission)
    return found is None or found.public
