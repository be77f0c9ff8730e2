"""An audience in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jiceng.access.models import Role

from ..bodies import Body, state_label
from ..models import Person, PostKind, Tag, Unit
from .definitions import Clause, Definition


def describe(definition: Definition) -> list[str]:
    """One Chinese line for each clause; named people share one."""
    if definition.everyone:
        return [_("全体成员")]
    names = _names(definition)
    lines = [_line(clause, names) for clause in definition.clauses if not clause.person]
    people = [names[clause.person] for clause in definition.clauses if clause.person in names]
    if people:
        lines.append(
            "、".join(people[:20]) + (_("等 %(count)d 人") % {"count": len(people)} if len(people) > 20 else "")
        )
    return lines


def _names(definition: Definition) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, model in (("unit", Unit), ("tag", Tag), ("person", Person)):
        ids = {getattr(clause, name) for clause in definition.clauses} - {""}
        if ids:
            found |= {str(pk): text for pk, text in model.objects.filter(pk__in=ids).values_list("pk", "name")}
    roles = {clause.role for clause in definition.clauses} - {""}
    return found | dict(Role.objects.filter(code__in=roles).values_list("code", "name"))


def _line(clause: Clause, names: dict[str, str]) -> str:
    parts = []
    if clause.unit:
        parts.append(_("%(unit)s及下级") % {"unit": names.get(clause.unit, "—")})
    if clause.body:
        parts.append(state_label(clause.body, clause.state) if clause.state else str(Body(clause.body).label))
    parts += [str(PostKind(clause.post).label)] if clause.post else []
    parts += [names.get(part, part) for part in (clause.role, clause.tag) if part]
    return " · ".join(parts)
