"""Forms about people and what they belong to. Choices offer only what the actor may use."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.kernel.clock import today
from jiceng.members import identity, scope, selectors
from jiceng.members.bodies import OVER, STATES, TREE_OF_BODY, Body, Tree, open_states, state_of
from jiceng.members.fields import FIELDS, SENSITIVE
from jiceng.members.models import Gender, IdKind, Membership, Person, PersonState

INDENT = "　"
UNPLACED = "none"
Choices = list[Any]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput(), **options)


def unit_choices(actor: Actor, empty: str, *, tree: str = "") -> Choices:
    """Units within the actor's reach for a <select>, grouped by tree, deeper ones indented."""
    nodes = selectors.unit_tree(tree=tree, actor=actor, permission=scope.MANAGE)
    groups: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        groups.setdefault(str(Tree(node.tree).label), []).append((str(node.id), INDENT * (node.depth - 1) + node.name))
    if len(groups) == 1:
        return [("", empty), *next(iter(groups.values()))]
    return [("", empty), *groups.items()]


def belonging_choices(*, whole: bool = False, bodies: Iterable[str] = Body.values) -> Choices:
    """Bodies with their states as ``"party:full"``; ``whole``: also each body as such (``"party"``)."""
    found: Choices = []
    for body in bodies:
        label = str(Body(body).label)
        states = [(f"{body}:{state.code}", str(state.label)) for state in open_states(body)]
        found.append((label, [(body, _("全部%(body)s") % {"body": label}), *states] if whole else states))
    return found


def is_id(value: str) -> bool:
    try:
        return bool(uuid.UUID(value))
    except ValueError:
        return False


def split_belonging(value: str) -> tuple[str, str]:
    body, _colon, state = value.partition(":")
    return body, state


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("姓名、拼音或号码"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("姓名 / 拼音 / 手机"), "type": "search"}),
    )  # fmt: skip
    belonging = forms.ChoiceField(required=False, label=gettext_lazy("身份"))
    state = forms.ChoiceField(
        required=False, label=gettext_lazy("在册状态"),
        choices=[
            ("", gettext_lazy("在册")), ("left", gettext_lazy("已离开")), ("deceased", gettext_lazy("已去世")),
            ("all", gettext_lazy("全部")),
        ],
    )  # fmt: skip
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["belonging"].choices = [  # type: ignore[attr-defined]
            ("", _("全部身份")),
            *belonging_choices(whole=True),
            (UNPLACED, _("没有组织关系")),
        ]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What to ask ``selectors.list_people`` for; a faulty filter filters nothing. Fills ``cleaned_data``."""
        self.is_valid()
        clean = self.cleaned_data
        belonging = clean.get("belonging", "")
        body, membership_state = split_belonging("" if belonging == UNPLACED else belonging)
        states = {"": PersonState.ACTIVE, "all": ""}
        state = clean.get("state", "")
        return {
            "query": clean.get("q", ""), "body": body, "membership_state": membership_state,
            "state": states.get(state, state), "is_unplaced": belonging == UNPLACED,
        }  # fmt: skip


class PlaceForm(forms.Form):
    """Several people at once into one unit."""

    unit_id = forms.TypedChoiceField(label=gettext_lazy("移到组织"), coerce=uuid.UUID)
    on = day_field(gettext_lazy("生效日期（默认今天）"))
    ids = forms.TypedMultipleChoiceField(coerce=uuid.UUID, widget=forms.MultipleHiddenInput)

    def __init__(self, actor: Actor, people: Iterable[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = unit_choices(actor, _("请选择组织"))  # type: ignore[attr-defined]
        self.fields["ids"].choices = [(str(person.pk), person.name) for person in people]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """All the fields of a person. A sensitive one left blank stays as it is; ``clear`` takes it away."""

    name = forms.CharField(label=FIELDS["name"].label, max_length=50)
    gender = forms.ChoiceField(label=FIELDS["gender"].label, required=False)
    birth_date = day_field(FIELDS["birth_date"].label)
    ethnicity = forms.ChoiceField(label=FIELDS["ethnicity"].label, required=False)
    education = forms.CharField(label=FIELDS["education"].label, max_length=20, required=False)
    phone = forms.CharField(label=FIELDS["phone"].label, max_length=30, required=False)
    id_kind = forms.ChoiceField(label=FIELDS["id_kind"].label, required=False)
    id_number = forms.CharField(label=FIELDS["id_number"].label, max_length=40, required=False)
    employee_number = forms.CharField(label=FIELDS["employee_number"].label, max_length=40, required=False)
    title = forms.CharField(label=FIELDS["title"].label, max_length=60, required=False)
    office_phone = forms.CharField(label=FIELDS["office_phone"].label, max_length=30, required=False)
    email = forms.CharField(label=FIELDS["email"].label, max_length=254, required=False)
    work_start_date = day_field(FIELDS["work_start_date"].label)
    hire_date = day_field(FIELDS["hire_date"].label)
    is_listed = forms.BooleanField(label=FIELDS["is_listed"].label, required=False)
    clear = forms.MultipleChoiceField(
        label=gettext_lazy("清除"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    def __init__(self, *args: Any, masked: dict[str, str] | None = None, **kwargs: Any) -> None:
        """``masked``: the present sensitive values, masked, of somebody who has some."""
        super().__init__(*args, **kwargs)
        choices: dict[str, Choices] = {
            "gender": Gender.choices, "id_kind": IdKind.choices,
            "ethnicity": [(f"{name}族", f"{name}族") for name in identity.ETHNICITIES],
        }  # fmt: skip
        for code, offered in choices.items():
            present = self.initial.get(code) or ""
            extra = [(present, present)] if present and present not in dict(offered) else []
            self.fields[code].choices = [("", "—"), *extra, *offered]  # type: ignore[attr-defined]
        present_values = {code: shown for code, shown in (masked or {}).items() if shown}
        for code, shown in present_values.items():
            self.fields[code].widget.attrs["placeholder"] = _("%(shown)s（留空不变）") % {"shown": shown}
        for code in SENSITIVE:
            self.fields[code].widget.attrs |= {"autocomplete": "off", "inputmode": "tel" if code == "phone" else "text"}
        self.fields["clear"].choices = [(code, FIELDS[code].label) for code in present_values]  # type: ignore[attr-defined]
        if not present_values:
            del self.fields["clear"]

    def values(self) -> dict[str, Any]:
        """What to hand to ``update_person``."""
        clean = dict(self.cleaned_data)
        cleared = clean.pop("clear", [])
        found = {code: value for code, value in clean.items() if code in FIELDS}
        for code in SENSITIVE:
            if code in cleared:
                found[code] = ""
            elif not found.get(code):
                found.pop(code, None)
        return found


class NewPersonForm(PersonForm):
    belonging = forms.ChoiceField(label=gettext_lazy("身份"), required=False)
    unit_id = forms.TypedChoiceField(label=gettext_lazy("所在组织"), required=False, coerce=uuid.UUID, empty_value=None)
    on = day_field(gettext_lazy("加入时间（不清楚可不填）"))
    field_order = ("name", "unit_id", "belonging", "on")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = unit_choices(actor, _("（暂不分配）"))  # type: ignore[attr-defined]
        self.fields["belonging"].choices = [("", _("（按所在组织的类别）")), *belonging_choices()]  # type: ignore[attr-defined]
        self.fields["is_listed"].initial = True

    def arguments(self) -> dict[str, Any]:
        """What to hand to ``create_person``."""
        clean = self.cleaned_data
        body, state = split_belonging(clean["belonging"])
        return {
            **self.values(), "unit_id": clean["unit_id"], "body": body or None, "state": state or None, "on": clean["on"],
        }  # fmt: skip


class JoinForm(forms.Form):
    belonging = forms.ChoiceField(label=gettext_lazy("身份"))
    unit_id = forms.TypedChoiceField(label=gettext_lazy("所在组织"), required=False, coerce=uuid.UUID, empty_value=None)
    on = day_field(gettext_lazy("加入时间（不清楚可不填）"))
    confirmed_on = day_field(gettext_lazy("转正时间"))

    def __init__(self, actor: Actor, held: Iterable[str], *args: Any, **kwargs: Any) -> None:
        """``held``: bodies that the person already belongs to."""
        super().__init__(*args, **kwargs)
        bodies = [body for body in Body.values if body not in set(held)]
        self.fields["belonging"].choices = [("", _("请选择")), *belonging_choices(bodies=bodies)]  # type: ignore[attr-defined]
        self.fields["unit_id"].choices = unit_choices(actor, _("（暂不分配）"))  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        clean = dict(self.cleaned_data)
        body, state = split_belonging(clean.pop("belonging"))
        return {**clean, "body": body, "state": state}


class MembershipForm(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("状态"))
    unit_id = forms.TypedChoiceField(label=gettext_lazy("所在组织"), required=False, coerce=uuid.UUID, empty_value=None)
    on = day_field(gettext_lazy("变动的生效日期"), initial=today)
    started_on = day_field(gettext_lazy("加入时间"))
    confirmed_on = day_field(gettext_lazy("转正时间"))
    note = forms.CharField(label=gettext_lazy("原因或说明"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, membership: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = TREE_OF_BODY[membership.body]
        choices = unit_choices(actor, _("（未分配）"), tree=tree)
        unit = membership.unit
        if unit is not None and str(unit.pk) not in _values(choices):
            choices.insert(1, (str(unit.pk), unit.name))
        self.fields["unit_id"].choices = choices  # type: ignore[attr-defined]
        self.fields["state"].choices = next_states(membership)  # type: ignore[attr-defined]
        self.initial = {
            "state": membership.state, "unit_id": membership.unit_id or "", "started_on": membership.started_on,
            "confirmed_on": membership.confirmed_on, "version": membership.version, "on": today(), **self.initial,
        }  # fmt: skip


class LeaveForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("情形"), widget=forms.RadioSelect, initial="left",
        choices=[("left", gettext_lazy("离开本单位（调出、退出等）")), ("deceased", gettext_lazy("去世"))],
    )  # fmt: skip
    on = forms.DateField(label=gettext_lazy("日期"), widget=DayInput(), initial=today)
    reason = forms.CharField(label=gettext_lazy("原因或说明"), max_length=200, required=False)


class RevealForm(forms.Form):
    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("要查看的内容"), choices=[(code, FIELDS[code].label) for code in SENSITIVE],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("查看理由"), max_length=200, help_text=gettext_lazy("至少 4 个字。理由会记录下来，本人可以看到。"),
    )  # fmt: skip


def next_states(membership: Membership) -> Choices:
    """Where a membership may go from here: changes first, ways to end it in a group of their own."""
    body, known = membership.body, STATES[membership.body]
    present = state_of(body, membership.state)
    following = [known[code] for code in (present.next if present else OVER)]
    goes_on = [(state.code, str(state.label)) for state in following if not state.is_end]
    ends = [(state.code, str(state.label)) for state in following if state.is_end]
    now = (membership.state, _("%(state)s（不变）") % {"state": present.label if present else membership.state})
    return [now, *([(_("变更为"), goes_on)] if goes_on else []), (_("结束"), ends)]


def _values(choices: Choices) -> set[str]:
    found: set[str] = set()
    for value, label in choices:
        found |= {inner for inner, _label in label} if isinstance(label, list) else {value}
    return found
