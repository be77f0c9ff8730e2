"""Forms about units. Choices offer only what the actor may use."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.members import kinds, scope, selectors
from jiceng.members.bodies import Tree
from jiceng.members.models import Person, Unit
from jiceng.members.selectors import UnitNode

from .people_forms import INDENT, day_field, unit_choices


def kind_choices(tree: str = "", present: str = "") -> list[Any]:
    """Kinds on offer, in groups by tree unless ``tree`` is given; the ``present`` one stays although switched off."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds.all_kinds().values():
        if (not tree or kind.tree == tree) and (kind.is_active or kind.code == present):
            groups.setdefault(str(Tree(kind.tree).label), []).append((kind.code, str(kind.label)))
    return next(iter(groups.values()), []) if tree else list(groups.items())


class UnitForm(forms.Form):
    """``on``: since when the change holds."""

    name = forms.CharField(label=gettext_lazy("组织名称"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    code = forms.CharField(label=gettext_lazy("机构编码"), max_length=40, required=False)
    on = day_field(gettext_lazy("生效日期（默认今天）"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, unit: Unit, data: Any = None) -> None:
        present = {"name": unit.name, "kind": unit.kind, "code": unit.code or "", "version": unit.version}
        super().__init__(data, initial=present)
        self.fields["kind"].choices = kind_choices(unit.tree, unit.kind)  # type: ignore[attr-defined]


class NewUnitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("组织名称"), max_length=60)
    parent_id = forms.TypedChoiceField(
        label=gettext_lazy("上级组织"), required=False, coerce=uuid.UUID, empty_value=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("类型"), help_text=gettext_lazy("须与上级属于同一棵组织树。"))
    code = forms.CharField(label=gettext_lazy("机构编码"), max_length=40, required=False)
    on = day_field(gettext_lazy("成立日期（默认今天）"))

    def __init__(self, actor: Actor, *args: Any, parent: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = unit_choices(actor, _("（没有上级，作为一级组织）"))
        self.fields["parent_id"].choices = choices  # type: ignore[attr-defined]
        self.fields["kind"].choices = kind_choices(parent.tree if parent else "")  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """The keyboard's way to move a unit; ``position`` counts from 1."""

    parent_id = forms.TypedChoiceField(label=gettext_lazy("移到"), required=False, coerce=uuid.UUID, empty_value=None)
    position = forms.IntegerField(label=gettext_lazy("排在第几位（默认最后）"), required=False, min_value=1)
    on = day_field(gettext_lazy("生效日期（默认今天）"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, unit: Unit, data: Any = None) -> None:
        super().__init__(data, initial={"parent_id": unit.parent_id or "", "version": unit.version})
        choices = [("", _("（一级组织）")), *targets(actor, unit, but_below=True)]
        self.fields["parent_id"].choices = choices  # type: ignore[attr-defined]

    def clean_position(self) -> int | None:
        position: int | None = self.cleaned_data["position"]
        return None if position is None else position - 1


class MergeForm(forms.Form):
    other_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("并入的组织"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=gettext_lazy("合并后的名称（不填则不变）"), max_length=60, required=False)
    on = day_field(gettext_lazy("生效日期（默认今天）"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, unit: Unit, data: Any = None) -> None:
        super().__init__(data, initial={"version": unit.version})
        choices = targets(actor, unit, but_above=True)
        self.fields["other_ids"].choices = choices  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("新组织名称"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("新组织类型"))
    on = day_field(gettext_lazy("生效日期（默认今天）"))
    child_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("一并划出的下级组织"), required=False, coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )
    person_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("划入新组织的人员"), required=False, coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, unit: Unit, people: Iterable[Person], children: Iterable[Unit], data: Any = None) -> None:
        super().__init__(data, initial={"kind": unit.kind, "version": unit.version})
        self.fields["kind"].choices = kind_choices(unit.tree, unit.kind)  # type: ignore[attr-defined]
        for field, rows in (("person_ids", people), ("child_ids", children)):
            self.fields[field].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]
        if not self.fields["child_ids"].choices:  # type: ignore[attr-defined]
            del self.fields["child_ids"]


class DissolveForm(forms.Form):
    successor_id = forms.TypedChoiceField(
        label=gettext_lazy("由哪个组织接收人员、任职和下级组织"), required=False, coerce=uuid.UUID, empty_value=None
    )
    on = day_field(gettext_lazy("撤销日期（默认今天）"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, unit: Unit, data: Any = None) -> None:
        super().__init__(data, initial={"successor_id": unit.parent_id or "", "version": unit.version})
        choices = [("", _("（没有，仅限空组织）")), *targets(actor, unit, but_below=True)]
        self.fields["successor_id"].choices = choices  # type: ignore[attr-defined]


def targets(actor: Actor, unit: Unit, *, but_below: bool = False, but_above: bool = False) -> list[tuple[str, str]]:
    """Units of the same tree within the actor's reach, without ``unit`` and what lies below or above it as asked."""
    nodes = selectors.unit_tree(tree=unit.tree, actor=actor, permission=scope.MANAGE)
    return [
        (str(node.id), INDENT * (node.depth - 1) + node.name)
        for node in nodes
        if not _is_left_out(node, unit, but_below=but_below, but_above=but_above)
    ]


def _is_left_out(node: UnitNode, unit: Unit, *, but_below: bool, but_above: bool) -> bool:
    if node.id == unit.pk:
        return True
    return (but_below and node.path.startswith(unit.path)) or (but_above and unit.path.startswith(node.path))
