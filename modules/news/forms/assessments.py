"""The editor's fields of an assessment, and the forms of those assessed and of scorers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.console.audience_forms import BOXES_AT_MOST
from jiceng.members.models import Unit
from jiceng.shell.moments import MomentField

from ..models import Article, Assessment, AssessmentTarget, Criterion, TargetKind
from .details import DetailsForm

_LINE = re.compile(r"^(?P<name>.+?)[\s,，|]+(?P<weight>\d{1,3})(?:[\s,，|]+(?P<most>\d{1,4}))?(?P<free>[\s,，|]+不需材料)?$")


class AssessmentDetailsForm(DetailsForm):
    """Fields of articles of kind ``assessment``. People as targets are set through the API."""

    submit_by = MomentField(label=gettext_lazy("提交期限"), required=False)
    criteria = forms.CharField(
        label=gettext_lazy("考核指标"), required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=5000,
        help_text=gettext_lazy("每行一项：名称 权重 [满分] [不需材料]。例如：组织生活 40 100。权重合计须为 100，满分不写为 100。"),
    )  # fmt: skip
    units = forms.MultipleChoiceField(label=gettext_lazy("考核对象"), required=False, widget=forms.CheckboxSelectMultiple)
    appeal_days = forms.IntegerField(label=gettext_lazy("申诉期（天）"), required=False, min_value=0, max_value=60, initial=5)
    shows_ranking = forms.BooleanField(
        label=gettext_lazy("公布时列出全部对象和得分"), required=False, help_text=gettext_lazy("不勾选时，每个对象只看到自己的结果。不要用来搞积分排名。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(Unit.objects.filter(dissolved_on=None).order_by("tree", "path"))
        field: Any = self.fields["units"]
        if len(units) > BOXES_AT_MOST:
            field.widget = forms.SelectMultiple(attrs={"size": 12})
        field.choices = [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
        if self.article and self.article.is_published:
            for name in ("submit_by", "criteria", "units"):
                del self.fields[name]

    def initial_from(self, article: Article) -> dict[str, Any]:
        assessment = Assessment.objects.filter(pk=article.pk).first()
        if assessment is None:
            return {}
        rows = Criterion.objects.filter(assessment=assessment)
        lines = [f"{row.name} {row.weight} {row.max_score}{'' if row.needs_evidence else ' 不需材料'}" for row in rows]
        units = AssessmentTarget.objects.filter(assessment=assessment, unit__isnull=False).values_list("unit", flat=True)
        return {
            "submit_by": assessment.submit_by, "criteria": "\n".join(lines), "units": [str(pk) for pk in units],
            "appeal_days": assessment.appeal_days, "shows_ranking": assessment.shows_ranking,
        }  # fmt: skip

    def clean_criteria(self) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(filter(None, map(str.strip, self.cleaned_data["criteria"].splitlines())), 1):
            read = _LINE.match(line)
            if read is None:
                raise forms.ValidationError(_("第 %(number)d 行看不懂，请写成“名称 权重 满分”。") % {"number": number})
            found.append({
                "name": read["name"].strip(), "description": "", "weight": int(read["weight"]),
                "max_score": int(read["most"] or 100), "needs_evidence": not read["free"],
            })  # fmt: skip
        return found

    def to_details(self) -> dict[str, Any]:
        data = self.cleaned_data
        days = data.get("appeal_days")
        details: dict[str, Any] = {
            "appeal_days": 5 if days is None else days, "shows_ranking": bool(data.get("shows_ranking")),
        }  # fmt: skip
        if self.article and self.article.is_published:
            return details
        if data.get("submit_by"):
            details["submit_by"] = data["submit_by"]
        if self._has_people():
            return {**details, "criteria": data["criteria"]}
        return {**details, "criteria": data["criteria"], "units": data["units"], "target_kind": TargetKind.UNIT}

    def _has_people(self) -> bool:
        found = Assessment.objects.filter(pk=self.article.pk, target_kind=TargetKind.PERSON) if self.article else None
        return found is not None and found.exists()


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploads, as a list."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(each, initial) for each in given if each]


class EvidenceForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    uploads = FilesField(label=gettext_lazy("上传文件"), required=False)
    drop = forms.TypedMultipleChoiceField(
        label=gettext_lazy("去掉的文件"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, files_kept: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if files_kept:
            self.fields["drop"].choices = files_kept  # type: ignore[attr-defined]
        else:
            del self.fields["drop"]


class AppealForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("申诉理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """``adjusted_total`` empty: the appeal is rejected."""

    answer = forms.CharField(label=gettext_lazy("答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    adjusted_total = forms.CharField(
        label=gettext_lazy("调整后的总分"), required=False, max_length=10, help_text=gettext_lazy("不填表示维持原结果。")
    )
