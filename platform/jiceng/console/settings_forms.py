"""A form generated from a module's settings dataclass: types, bounds, choices and help come from the manifest."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from jiceng.kernel.errors import FieldError, Invalid

LONG_TEXT = 200
# What the page itself sends beside the settings.
OWN_FIELDS = frozenset({"csrfmiddlewaretoken", "version", "stage"})
STAGES = (("preview", "preview"), ("save", "save"), ("edit", "edit"))


class SettingsForm(forms.Form):
    """``version``: the version the editor saw. ``stage``: look at the changes, save them, or go on editing."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    stage = forms.ChoiceField(choices=STAGES, required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """The clean settings, without the page's own fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in OWN_FIELDS}


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


def settings_form(settings_type: type) -> type[SettingsForm]:
    """A form class with one field for each field of ``settings_type``."""
    hints = typing.get_type_hints(settings_type)
    declared = {field.name: _form_field(field, hints[field.name]) for field in dataclasses.fields(settings_type)}
    return type("ModuleSettingsForm", (SettingsForm,), declared)


def refuse_unknown(posted: Iterable[str], settings_type: type) -> None:
    """Raise ``Invalid`` when the browser sent keys that the module does not have."""
    known = {field.name for field in dataclasses.fields(settings_type)} | OWN_FIELDS
    faults = [
        FieldError(f"/{name}", "unknown_setting", _("没有名为“%(name)s”的设置项。") % {"name": name[:60]})
        for name in posted
        if name not in known
    ]
    if faults:
        raise Invalid(_("提交的内容里有这个模块没有的设置项，没有保存。"), fields=faults)


def readable(settings_type: type, values: Mapping[str, Any]) -> dict[str, str]:
    """Settings as people read them: label -> text."""
    fields = {field.name: field for field in dataclasses.fields(settings_type)}
    return {
        str(fields[name].metadata.get("label", name)): _readable_value(value, fields[name].metadata)
        for name, value in values.items()
        if name in fields
    }


def _readable_value(value: Any, metadata: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value) or _("（空）")
    labels = dict(metadata.get("choices", ()))
    return str(labels.get(value, value)) if value != "" else _("（空）")


def _form_field(field: dataclasses.Field[Any], kind: Any) -> forms.Field:
    metadata = field.metadata
    common: dict[str, Any] = {
        "label": metadata.get("label", field.name),
        "help_text": _help(metadata, kind),
        "required": False,
    }
    if kind is bool:
        return forms.BooleanField(**common)
    if kind is int:
        bounds: dict[str, Any] = {"min_value": metadata.get("minimum"), "max_value": metadata.get("maximum")}
        return forms.IntegerField(**{**common, "required": True}, **bounds)
    if kind is not str:
        return LinesField(**common)
    if choices := metadata.get("choices"):
        return forms.ChoiceField(**{**common, "required": True}, choices=choices)
    limit = metadata.get("max_length", LONG_TEXT)
    widget = forms.Textarea(attrs={"rows": 4}) if limit > LONG_TEXT else forms.TextInput()
    return forms.CharField(**common, max_length=limit, widget=widget)


def _help(metadata: Mapping[str, Any], kind: Any) -> str:
    parts = [str(metadata["help"])] if metadata.get("help") else []
    low, high = metadata.get("minimum"), metadata.get("maximum")
    if kind is int and low is not None and high is not None:
        parts.append(_("可填 %(low)d 到 %(high)d。") % {"low": low, "high": high})
    elif kind not in (bool, int, str):
        parts.append(_("每行一项。"))
    return "".join(parts)
