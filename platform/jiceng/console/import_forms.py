"""Forms of 数据导入: the file, what its columns are, what the check asked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.members import scope, selectors
from jiceng.members.importing.columns import COLUMNS
from jiceng.members.importing.reading import Table, cell_text
from jiceng.members.models import ImportBatch, ImportRow
from jiceng.members.selectors.imports import RowFacts

SAMPLE_ROWS = 3
MOST_UNITS_ASKED = 100
MOST_UNITS_OFFERED = 200
ACCEPTED = ".xlsx,.xls,.csv"
_LONG_NUMBER = re.compile(r"(?<=[0-9]{3})[0-9]{2,}(?=[0-9Xx]{2})")


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("用途"), widget=forms.RadioSelect, initial=ImportBatch.Kind.IMPORT,
        choices=(
            (ImportBatch.Kind.IMPORT, gettext_lazy("导入人员：新增没有的，更新已有的，不动名册外的人")),
            (ImportBatch.Kind.ROSTER, gettext_lazy("比对全员名册：找出新进、离开和调动的职工，经审批后生效")),
        ),
    )  # fmt: skip
    upload = forms.FileField(
        label=gettext_lazy("名册文件"), widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("Excel（.xlsx、.xls）或 .csv，不超过 30 MB、50000 行。上传后先检查，确认之前不会改动任何人员。"),
    )  # fmt: skip


class PartForm(forms.Form):
    """Which part of the workbook is read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    sheet = forms.ChoiceField(label=gettext_lazy("工作表"), required=False)
    header_row = forms.IntegerField(label=gettext_lazy("表头在第几行"), min_value=1, max_value=1000)

    def __init__(self, batch: ImportBatch, table: Table, data: Any = None) -> None:
        initial = {"version": batch.version, "sheet": batch.sheet, "header_row": batch.header_row}
        super().__init__(data, initial=initial)
        self._batch = batch
        self.fields["sheet"].choices = [(name, name) for name in table.sheets]  # type: ignore[attr-defined]
        if len(table.sheets) < 2:
            self.fields["sheet"].widget = forms.HiddenInput()

    def part(self) -> dict[str, Any]:
        """As the service takes it: in another sheet the header is looked for anew, unless its row was given too."""
        sheet, header_row = self.cleaned_data["sheet"], self.cleaned_data["header_row"]
        is_moved = sheet != self._batch.sheet and header_row == self._batch.header_row
        return {
            "sheet": sheet, "header_row": 0 if is_moved else header_row, "mapping": {},
            "version": self.cleaned_data["version"],
        }  # fmt: skip


class ColumnsForm(forms.Form):
    """One choice per column of the file."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    creates_units = forms.BooleanField(
        label=gettext_lazy("新建系统中没有的组织"), required=False,
        help_text=gettext_lazy("不勾选时，名称对不上的行先列为错误，检查后可以逐个选择对应的组织。"),
    )  # fmt: skip
    clears_blanks = forms.BooleanField(
        label=gettext_lazy("用空白单元格清除已有内容"), required=False,
        help_text=gettext_lazy("不勾选时，空白单元格不改动已有内容。姓名和证件号码不会被清除。"),
    )  # fmt: skip
    accepts_many_leavers = forms.BooleanField(
        label=gettext_lazy("这是完整名册，允许超过两成的职工列为离开"), required=False
    )

    def __init__(self, batch: ImportBatch, table: Table, data: Any = None) -> None:
        initial = {
            "version": batch.version, "creates_units": batch.creates_units, "clears_blanks": batch.clears_blanks,
            "accepts_many_leavers": batch.accepts_many_leavers,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        for code in ("accepts_many_leavers",) if batch.kind == ImportBatch.Kind.IMPORT else ("clears_blanks",):
            del self.fields[code]
        choices = [("", _("（不导入）")), *((code, column.label) for code, column in COLUMNS.items())]
        self._places = [place for place, header in enumerate(batch.headers) if header]
        self._samples = {place: _samples(table, place) for place in self._places}
        for place in self._places:
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=batch.headers[place], choices=choices, required=False, initial=batch.mapping.get(str(place), "")
            )

    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column's field and a few of its cells, long numbers masked."""
        return [(self[f"column-{place}"], self._samples[place]) for place in self._places]

    def options(self) -> list[forms.BoundField]:
        return [
            self[code] for code in ("creates_units", "clears_blanks", "accepts_many_leavers") if code in self.fields
        ]

    def order(self) -> dict[str, Any]:
        """The clean data as the service takes it."""
        clean = self.cleaned_data
        mapping = {place: clean[f"column-{place}"] for place in self._places}
        return {"mapping": mapping, **{code: value for code, value in clean.items() if not code.startswith("column-")}}


class ChoicesForm(forms.Form):
    """What the check asked: which unit a name means, whether a row speaks of somebody who is already there.

    Fields are numbered: their order is the same as long as the import's version is.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    creates_units = forms.BooleanField(label=gettext_lazy("没有选择的，全部新建为组织"), required=False)

    def __init__(self, batch: ImportBatch, rows: list[RowFacts], actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"version": batch.version, "creates_units": batch.creates_units})
        self._units = _Units(actor)
        self._keys: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.unit_rows: list[tuple[forms.BoundField, int]] = []
        for number, key in enumerate(_asked_units(batch)):
            self._add_unit(f"unit-{number}", key, batch)
        for facts in rows:
            if facts.row.decision or facts.row.outcome == ImportRow.Outcome.DUPLICATE:
                self._add_row(f"row-{facts.row.number}", facts)

    @property
    def asks(self) -> bool:
        return bool(self._keys or self._numbers)

    def row_field(self, number: int) -> forms.BoundField | None:
        name = f"row-{number}"
        return self[name] if name in self.fields else None

    def order(self) -> dict[str, Any]:
        """The clean data as the service takes it."""
        clean = self.cleaned_data
        rows = {number: clean[name] for name, number in self._numbers.items() if clean[name]}
        units = {key: clean[name] for name, key in self._keys.items()}
        return {
            "units": units, "rows": rows, "version": clean["version"],
            "creates_units": clean["creates_units"] if self._keys else None,
        }  # fmt: skip

    def _add_unit(self, name: str, key: str, batch: ImportBatch) -> None:
        tree, _bar, text = key.partition("|")
        asked = batch.counts.get("units", {}).get(key, {})
        chosen = batch.unit_choices.get(key, "")
        choices: list[Any] = [
            ("", _("（请选择）")), ("create", _("新建“%(name)s”") % {"name": text}), ("skip", _("不填这一项")),
        ]  # fmt: skip
        near = [(unit_id, words) for unit_id, words in asked.get("suggestions", ())]
        every = self._units.of(tree)
        if near:
            choices.append((_("最接近的组织"), near))
        rest = [pair for pair in every if len(every) <= MOST_UNITS_OFFERED or pair[0] == chosen]
        if rest := [pair for pair in rest if pair not in near]:
            choices.append((_("所有组织"), rest))
        self.fields[name] = forms.ChoiceField(label=text, choices=choices, required=False, initial=chosen)
        self._keys[name] = key
        self.unit_rows.append((self[name], asked.get("rows", 0)))

    def _add_row(self, name: str, facts: RowFacts) -> None:
        same = [(decision, _("是%(words)s") % {"words": words}) for decision, words in facts.candidates if decision]
        new = [("new", _("不是同一人，新增"))] if all(kind != "copy" for kind, _value in facts.row.candidates) else []
        choices = [("", _("（请选择）")), *same, *new, ("skip", _("跳过这一行"))]
        self.fields[name] = forms.ChoiceField(
            label=_("第 %(number)s 行怎么处理") % {"number": facts.row.number}, choices=choices, required=False,
            initial=facts.row.decision,
        )  # fmt: skip
        self._numbers[name] = facts.row.number


class ApplyForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=gettext_lazy("导入方式"), choices=ImportBatch.Mode, widget=forms.RadioSelect)

    def __init__(self, batch: ImportBatch, data: Any = None) -> None:
        super().__init__(data, initial={"version": batch.version, "mode": batch.mode})


def _asked_units(batch: ImportBatch) -> list[str]:
    """Names that were not found, and those that somebody has already answered for."""
    return sorted({*batch.counts.get("units", {}), *batch.unit_choices})[:MOST_UNITS_ASKED]


class _Units:
    """What can be chosen, by tree; read when a tree is first asked for."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._names: Mapping[uuid.UUID, str] = {}
        self._of: dict[str, list[tuple[str, str]]] = {}

    def of(self, tree: str) -> list[tuple[str, str]]:
        if tree not in self._of:
            self._names = self._names or selectors.unit_names()
            nodes = selectors.unit_tree(tree=tree, actor=self._actor, permission=scope.MANAGE)
            self._of[tree] = [(str(node.id), self._names[node.id]) for node in nodes]
        return self._of[tree]


def _samples(table: Table, place: int) -> list[str]:
    cells = (row.cells[place] for row in table.rows[:SAMPLE_ROWS] if place < len(row.cells))
    return [_LONG_NUMBER.sub("***", cell_text(cell))[:40] for cell in cells if cell is not None]
