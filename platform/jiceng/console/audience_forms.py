"""The part of a form that says whom something is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.members.audiences import Clause, Definition
from jiceng.members.scope import units_in_reach


class AudienceForm(forms.Form):
    """``definition()``: what was chosen. ``permission``: whose reach limits the units offered."""

    scope = forms.ChoiceField(
        label=_("发给谁"), required=False, choices=[("everyone", _("全体成员")), ("some", _("指定范围"))], initial="everyone",
        widget=forms.RadioSelect,
    )  # fmt: skip
    units = forms.MultipleChoiceField(label=_("组织（含下级）"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        permission: str,
        initial: Definition | None = None,
        prefix: str = "audience",
    ) -> None:
        start = {}
        if initial is not None and not initial.everyone:
            start = {"scope": "some", "units": [clause.unit for clause in initial.clauses if clause.unit]}
        super().__init__(data, prefix=prefix, initial=start)
        units = units_in_reach(actor, permission).filter(dissolved_on=None).order_by("path")[:300]
        choices = [(str(unit.pk), unit.name) for unit in units]
        self.fields["units"].choices = choices  # type: ignore[attr-defined]

    def definition(self) -> Definition:
        """What was chosen; everybody where nothing was."""
        if self.cleaned_data.get("scope") != "some":
            return Definition(everyone=True)
        return Definition(clauses=tuple(Clause(unit=unit) for unit in self.cleaned_data["units"]))
