"""What the console's pages of question banks accept. Content is judged by the services, so that forms and the API agree."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor

from ..manifest.words import EXAMINE
from ..models import OPTION_LENGTH, QUESTION_LENGTH, Question, QuestionBank, QuestionKind, QuestionVersion
from ..services.question_content import MOST_OPTIONS
from ..services.questions import NAME_LENGTH
from .courses import IMAGES
from .units import offer_units, unit_field

LETTERS = [chr(65 + place) for place in range(MOST_OPTIONS)]
DIFFICULTIES = [
    (1, gettext_lazy("很容易")), (2, gettext_lazy("较容易")), (3, gettext_lazy("中等")), (4, gettext_lazy("较难")),
    (5, gettext_lazy("很难")),
]  # fmt: skip


class BankForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("题库名称"), max_length=NAME_LENGTH)
    unit_id = unit_field()

    def __init__(self, data: Any = None, *, actor: Actor, bank: QuestionBank | None = None) -> None:
        super().__init__(data, initial={"name": bank.name} if bank else None)
        offer_units(self, actor=actor, permission=EXAMINE, fixed=bank is not None)


class ImportForm(forms.Form):
    upload = forms.FileField(
        label=gettext_lazy("题目文件"), widget=forms.FileInput(attrs={"accept": ".xlsx,.docx"}),
        help_text=gettext_lazy("按模板填好的 xlsx，或按常见格式排好的 docx，不超过 10 MB。先看结果，确认后才写入。"),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """The fields of one kind: options with ticks, blanks a line each, or an answer for reference."""

    text = forms.CharField(
        label=gettext_lazy("题干"), max_length=QUESTION_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_right = forms.TypedChoiceField(
        label=gettext_lazy("正确答案"), choices=[(0, gettext_lazy("正确")), (1, gettext_lazy("错误"))], coerce=int,
        widget=forms.RadioSelect,
    )  # fmt: skip
    right = forms.TypedMultipleChoiceField(
        label=gettext_lazy("正确答案"), coerce=int, choices=list(enumerate(LETTERS)), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("勾选正确选项的字母；单选题只勾一个。"),
    )  # fmt: skip
    blanks = forms.CharField(
        label=gettext_lazy("每个空的答案"), widget=forms.Textarea(attrs={"rows": 3}), max_length=QUESTION_LENGTH,
        help_text=gettext_lazy("一行一个空；几种写法都对的，用竖线隔开，如：书记|支部书记。题干里用 ____ 表示空。"),
    )  # fmt: skip
    reference = forms.CharField(
        label=gettext_lazy("参考答案"), widget=forms.Textarea(attrs={"rows": 4}), max_length=QUESTION_LENGTH,
        help_text=gettext_lazy("只给阅卷人看。"),
    )  # fmt: skip
    explanation = forms.CharField(
        label=gettext_lazy("解析"), required=False, max_length=QUESTION_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    picture = forms.FileField(
        label=gettext_lazy("配图"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES}),
        help_text=gettext_lazy("JPG、PNG、GIF 或 WebP，不超过 10 MB，可以不传。"),
    )  # fmt: skip
    drops_picture = forms.BooleanField(label=gettext_lazy("去掉现有配图"), required=False)
    points = forms.DecimalField(
        label=gettext_lazy("分值"),
        min_value=0.5,
        max_value=100,
        decimal_places=1,
        initial=2,  # type: ignore[arg-type]
    )
    difficulty = forms.TypedChoiceField(label=gettext_lazy("难度"), choices=DIFFICULTIES, coerce=int, initial=3)
    tags = forms.CharField(
        label=gettext_lazy("标签"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("用逗号隔开，抽题时可以按标签选。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, kind: str, question: Question | None = None,
        current: QuestionVersion | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial=_initial(question, current) if question and current else None)
        self.kind = kind
        self._keep_fields_of(kind)
        if current is None or current.picture_id is None:
            del self.fields["drops_picture"]

    def _keep_fields_of(self, kind: str) -> None:
        wanted = {
            QuestionKind.SINGLE: "right", QuestionKind.MULTIPLE: "right", QuestionKind.TRUE_FALSE: "is_right",
            QuestionKind.FILL: "blanks", QuestionKind.SHORT: "reference",
        }[QuestionKind(kind)]  # fmt: skip
        for name in {"right", "is_right", "blanks", "reference"} - {wanted}:
            del self.fields[name]
        if wanted == "right":
            fields = list(self.fields.items())
            options = [(f"option_{letter}", _option(letter)) for letter in LETTERS]
            self.fields = dict([fields[0], *options, *fields[1:]])

    @property
    def options(self) -> list[str]:
        """In order, up to the last that is filled."""
        texts = [self.cleaned_data.get(f"option_{letter}", "").strip() for letter in LETTERS]
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def to_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        fields = {name: data[name] for name in ("text", "explanation", "points", "difficulty")}
        fields |= {"kind": self.kind, "picture": data.get("picture"), "drops_picture": bool(data.get("drops_picture"))}
        fields["tags"] = [tag for tag in re.split(r"[,，、;；\s]+", data["tags"]) if tag]
        if "right" in self.fields:
            fields |= {"options": self.options, "answer": data["right"]}
        elif "is_right" in self.fields:
            fields["answer"] = [data["is_right"]]
        elif "blanks" in self.fields:
            lines = [line for line in data["blanks"].splitlines() if line.strip()]
            fields["answer"] = [[one.strip() for one in re.split(r"[|｜]", line) if one.strip()] for line in lines]
        else:
            fields["reference"] = data["reference"]
        return fields


class QuestionFilterForm(forms.Form):
    """Filters of the list; anything strange is as good as nothing."""

    q = forms.CharField(
        label=gettext_lazy("题干"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("搜索题干")}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("题型"), required=False, choices=[("", gettext_lazy("全部题型")), *QuestionKind.choices]
    )
    tag = forms.CharField(
        label=gettext_lazy("标签"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("标签")}),
    )  # fmt: skip

    def criteria(self) -> dict[str, str]:
        data = self.cleaned_data if self.is_valid() else {}
        return {"words": data.get("q", ""), "kind": data.get("kind", ""), "tag": data.get("tag", "")}


def _option(letter: str) -> forms.CharField:
    label = _("选项 %(letter)s") % {"letter": letter}
    return forms.CharField(label=label, max_length=OPTION_LENGTH, required=letter in "AB")


def _initial(question: Question, current: QuestionVersion) -> dict[str, Any]:
    options = {f"option_{letter}": text for letter, text in zip(LETTERS, current.options, strict=False)}
    return {
        "text": current.text, "explanation": current.explanation, "points": question.points,
        "difficulty": question.difficulty, "tags": "，".join(question.tags), "version": question.version_count,
        "right": current.answer, "is_right": (current.answer or [0])[0], "reference": current.reference,
        "blanks": "\n".join("|".join(texts) for texts in current.answer) if question.kind == QuestionKind.FILL else "",
        **options,
    }  # fmt: skip
