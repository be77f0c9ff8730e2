"""The part of a form that says whom something is for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.access.models import Role
from jiceng.members.audiences import Clause, Definition, as_json, describe
from jiceng.members.bodies import STATES, Body
from jiceng.members.models import Person, PersonState, PostKind, Tag, Unit
from jiceng.members.scope import people_in_reach, units_in_reach
from jiceng.shell.mounting import page_name

# From here on a list to choose from, instead of a box for each unit.
BOXES_AT_MOST = 60
NAMES_AT_MOST = 200
SALT = "jiceng.audience"


class AudienceForm(forms.Form):
    """``definition()``: what was chosen. ``permission``: whose reach limits what is offered.

    Every unit chosen, with identity, post, role and tag, is one clause (several tags: one for each); every named person is
    another. An audience that this form cannot show, made through the API, can be kept as it is.
    """

    template = "console/audiences/fields.html"

    scope = forms.ChoiceField(label=gettext_lazy("发给谁"), required=False, initial="everyone", widget=forms.RadioSelect)
    units = forms.MultipleChoiceField(label=gettext_lazy("组织（含下级）"), required=False)
    identity = forms.ChoiceField(label=gettext_lazy("身份"), required=False)
    post = forms.ChoiceField(
        label=gettext_lazy("职务"), required=False, choices=[("", gettext_lazy("不限")), *PostKind.choices]
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"), required=False)
    tags = forms.MultipleChoiceField(label=gettext_lazy("标签"), required=False, widget=forms.CheckboxSelectMultiple)
    names = forms.CharField(
        label=gettext_lazy("另外指定的人"), required=False, max_length=NAMES_AT_MOST * 60, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一人；同名的写成“姓名 组织”。这些人不受上面条件限制。"),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, actor: Actor, permission: str, initial: Definition | None = None, prefix: str = "audience"
    ) -> None:  # fmt: skip
        self.actor, self.permission, self.kept = actor, permission, None
        start = _shown(initial, people_in_reach(actor, permission)) if initial is not None else {}
        if start is None:
            self.kept, start = initial, {"scope": "kept"}
        super().__init__(data, prefix=prefix, initial=start)
        self._offer()

    def _offer(self) -> None:
        scopes: list[tuple[str, str]] = [("everyone", _("全体成员")), ("some", _("指定范围"))]
        if self.kept is not None:
            scopes.append(("kept", _("保持原来的范围：%(words)s") % {"words": "；".join(_kept_words(self.kept))}))
        units = list(units_in_reach(self.actor, self.permission).filter(dissolved_on=None).order_by("path"))
        offered: dict[str, list[Any]] = {
            "scope": scopes, "units": _indented(units), "identity": [("", _("不限")), *_identities()],
            "role": [("", _("不限")), *Role.objects.order_by("name").values_list("code", "name")],
            "tags": [(str(pk), name) for pk, name in Tag.objects.values_list("pk", "name")],
        }  # fmt: skip
        fields: dict[str, Any] = self.fields
        few = len(units) <= BOXES_AT_MOST
        fields["units"].widget = forms.CheckboxSelectMultiple() if few else forms.SelectMultiple(attrs={"size": 12})
        for name, choices in offered.items():
            fields[name].choices = choices
        if not offered["tags"]:
            del fields["tags"]

    def preview_url(self) -> str:
        """Where the exact list can be seen before anything is saved."""
        kept = as_json(self.kept) if self.kept is not None else None
        token = signing.dumps([self.permission, kept], salt=SALT, compress=True)
        return f"{reverse(page_name('console', 'members', 'audience_preview'))}?for={token}"

    def clean_names(self) -> list[str]:
        """Ids of the people named."""
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(lines) > NAMES_AT_MOST:
            raise forms.ValidationError(_("最多指定 %(count)d 人，更多请用标签。") % {"count": NAMES_AT_MOST})
        wanted = {*lines, *(line.rpartition(" ")[0].strip() for line in lines)}
        found = people_in_reach(self.actor, self.permission).filter(state=PersonState.ACTIVE, name__in=wanted)
        people = list(found.select_related("unit").only("name", "unit__name"))
        faults = [fault for line in lines if isinstance(fault := _person(line, people), forms.ValidationError)]
        if faults:
            raise forms.ValidationError(faults)
        return sorted({str(person.pk) for line in lines if isinstance(person := _person(line, people), Person)})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") == "some" and not self.errors and not self._clauses(data):
            self.add_error("units", _("请选择组织，或指定其他条件。"))
        return data

    def definition(self) -> Definition:
        """What was chosen; everybody where nothing was."""
        scope = self.cleaned_data.get("scope")
        if scope == "kept" and self.kept is not None:
            return self.kept
        return Definition(clauses=self._clauses(self.cleaned_data)) if scope == "some" else Definition(everyone=True)

    @staticmethod
    def _clauses(data: dict[str, Any]) -> tuple[Clause, ...]:
        body, _colon, state = data.get("identity", "").partition(":")
        pairs = itertools.product(data.get("units") or [""], data.get("tags") or [""])
        product = [
            Clause(unit=unit, body=body, state=state, post=data.get("post", ""), role=data.get("role", ""), tag=tag)
            for unit, tag in pairs
        ]
        named = [Clause(person=person) for person in data.get("names") or []]
        return (*(clause for clause in product if clause != Clause()), *named)


def _person(line: str, people: Iterable[Person]) -> Person | forms.ValidationError:
    name, _blank, unit = (part.strip() for part in line.rpartition(" "))
    fitting = [person for person in people if person.name == line]
    if not fitting:
        there = [(person, person.unit.name if person.unit else "") for person in people if person.name == name]
        fitting = [person for person, unit_name in there if unit_name == unit]
        fitting = fitting or [person for person, unit_name in there if unit in unit_name]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return forms.ValidationError(_("没有找到“%(line)s”，或不在您的管理范围内。") % {"line": line})
    units = "、".join(person.unit.name if person.unit else _("未分配") for person in fitting[:5])
    return forms.ValidationError(_("有 %(count)d 个“%(line)s”：%(units)s，请写明组织。") % {
        "count": len(fitting), "line": line, "units": units,
    })  # fmt: skip


def _kept_words(definition: Definition) -> list[str]:
    """In words, without the names of people."""
    ruled = Definition(everyone=definition.everyone, clauses=tuple(c for c in definition.clauses if not c.person))
    named = len(definition.clauses) - len(ruled.clauses)
    return describe(ruled) + ([_("另外指定的 %(count)d 人") % {"count": named}] if named else [])


def _indented(units: list[Unit]) -> list[tuple[str, str]]:
    top = min((unit.depth for unit in units), default=0)
    return [(str(unit.pk), "　" * (unit.depth - top) + unit.name) for unit in units]


def _identities() -> list[tuple[str, Any]]:
    """Bodies, each with the states in which one belongs to it."""
    found: list[tuple[str, Any]] = []
    for body in Body:
        found.append((body.value, body.label))
        states = [state for state in STATES[body].values() if not state.is_end]
        if len(states) > 1:
            found += [(f"{body.value}:{state.code}", f"　{state.label}") for state in states]
    return found


def _shown(definition: Definition, reach: QuerySet[Person]) -> dict[str, Any] | None:
    """Initial values for ``definition``; ``None`` where the form could not give it back as it is.

    So it is with people who have left or are out of the editor's ``reach``: their names are not shown here.
    """
    if definition.everyone:
        return {"scope": "everyone"}
    ruled = [clause for clause in definition.clauses if not clause.person]
    ids = [clause.person for clause in definition.clauses if clause.person]
    first = ruled[0] if ruled else Clause()
    values = {
        "scope": "some", "units": sorted({clause.unit for clause in ruled} - {""}),
        "tags": sorted({clause.tag for clause in ruled} - {""}),
        "identity": f"{first.body}:{first.state}" if first.state else first.body, "post": first.post,
        "role": first.role, "names": ids,
    }  # fmt: skip
    if len(ids) > NAMES_AT_MOST or set(AudienceForm._clauses(values)) != set(definition.clauses):
        return None
    people = list(reach.filter(pk__in=ids, state=PersonState.ACTIVE).select_related("unit").order_by("pinyin"))
    if len(people) != len(ids):
        return None
    lines = [f"{person.name} {person.unit.name if person.unit else ''}".strip() for person in people]
    return {**values, "names": "\n".join(lines)}
