"""What the console's pages of papers, exams and marking accept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.console.audience_forms import AudienceForm
from jiceng.members import audiences
from jiceng.shell.moments import MomentField

from ..manifest.words import EXAMINE
from ..models import TITLE_LENGTH, CourseState, Exam, Paper, PaperMode, PartialCredit, QuestionKind, ShowAnswers
from ..selectors import courses, papers, questions
from ..services.exam_care import REASON_LENGTH
from ..services.exams import WORDS_LENGTH, ExamFields
from ..services.marking import COMMENT_LENGTH
from .questions import DIFFICULTIES
from .units import offer_units, unit_field

OFFERED = 300


class PaperForm(forms.Form):
    title = forms.CharField(label=_("试卷名称"), max_length=TITLE_LENGTH)
    mode = forms.ChoiceField(
        label=_("怎样组卷"), choices=PaperMode.choices, initial=PaperMode.FIXED, widget=forms.RadioSelect,
        help_text=_("随机抽题时，每个人每次的题目都不同。"),
    )  # fmt: skip
    partial_credit = forms.ChoiceField(label=_("多选题给分"), choices=PartialCredit.choices)
    shuffles_questions = forms.BooleanField(label=_("题目次序打乱"), required=False)
    shuffles_options = forms.BooleanField(label=_("选项次序打乱"), required=False)
    unit_id = unit_field()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, paper: Paper | None = None) -> None:
        names = ("title", "mode", "partial_credit", "shuffles_questions", "shuffles_options", "version")
        super().__init__(data, initial={name: getattr(paper, name) for name in names} if paper else None)
        if paper is not None:
            del self.fields["mode"]
        offer_units(self, actor=actor, permission=EXAMINE, fixed=paper is not None)


class RuleForm(forms.Form):
    bank_id = forms.TypedChoiceField(label=_("题库"), coerce=uuid.UUID)
    kind = forms.ChoiceField(label=_("题型"), required=False, choices=[("", _("全部题型")), *QuestionKind.choices])
    tag = forms.CharField(label=_("标签"), required=False, max_length=30, help_text=_("不填则不限。"))
    difficulty_from = forms.TypedChoiceField(label=_("难度从"), choices=DIFFICULTIES, coerce=int, initial=1)
    difficulty_to = forms.TypedChoiceField(label=_("难度到"), choices=DIFFICULTIES, coerce=int, initial=5)
    count = forms.IntegerField(label=_("抽几道"), min_value=1, max_value=200, initial=10)
    points = forms.DecimalField(label=_("每题几分"), min_value=0.5, max_value=100, decimal_places=1, initial=2)  # type: ignore[arg-type]

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        field: Any = self.fields["bank_id"]
        field.choices = [(str(bank.pk), bank.name) for bank in questions.banks(actor)[:OFFERED]]


class ExamForm(forms.Form):
    title = forms.CharField(label=_("考试名称"), max_length=TITLE_LENGTH)
    words = forms.CharField(
        label=_("说明"), required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    paper_id = forms.TypedChoiceField(label=_("试卷"), coerce=uuid.UUID, help_text=_("发布后试卷不能再改。"))
    course_id = forms.TypedChoiceField(
        label=_("属于哪门课程"), required=False, coerce=uuid.UUID, empty_value=None,
        help_text=_("选了课程，学完课时并通过这场考试才算学完课程。"),
    )  # fmt: skip
    opens_at = MomentField(label=_("开始时间"))
    closes_at = MomentField(label=_("结束时间"), help_text=_("请留出几天，让大家自己安排。"))
    minutes = forms.IntegerField(label=_("答题时长（分钟）"), min_value=1, max_value=600, initial=60)
    attempts_allowed = forms.IntegerField(
        label=_("可以考几次"), min_value=1, max_value=20, initial=2, help_text=_("取最好的一次。")
    )
    pass_percent = forms.IntegerField(label=_("合格线（%）"), min_value=1, max_value=100, initial=60)
    show_answers = forms.ChoiceField(label=_("公布答案"), choices=ShowAnswers.choices, initial=ShowAnswers.AFTER_CLOSE)
    is_blind = forms.BooleanField(label=_("阅卷时不显示姓名"), required=False, initial=True)
    second_limit = forms.DecimalField(
        label=_("两人阅卷的分差上限"), required=False, min_value=0, max_value=100, decimal_places=1,
        help_text=_("不填则一人阅卷；填了则两人各阅一次，相差超过它再由第三人阅。"),
    )  # fmt: skip
    is_for_all = forms.BooleanField(
        label=_("人人可考，不通知"), required=False, help_text=_("不勾选，则只有下面选中的人能考，并通知他们。")
    )
    unit_id = unit_field()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, exam: Exam | None = None, initial: Any = None) -> None:
        super().__init__(data, initial=_initial(exam) if exam else initial)
        kept = audiences.definition_of(exam.audience) if exam and exam.audience else None
        self.audience = AudienceForm(data, actor=actor, permission=EXAMINE, initial=kept)
        self._offer("paper_id", papers.papers(actor)[:OFFERED])
        taught = courses.managed(actor).exclude(state=CourseState.WITHDRAWN).filter(material_alone=None)
        self._offer("course_id", taught[:OFFERED], empty=_("不属于课程"))
        offer_units(self, actor=actor, permission=EXAMINE, fixed=exam is not None)

    def is_valid(self) -> bool:
        """Both parts are checked, so that all faults are seen at once."""
        whole = super().is_valid()
        if whole and self.cleaned_data["is_for_all"]:
            return True
        audience = self.audience.is_valid()
        if whole and not audience:
            self.add_error(None, _("请检查“谁来考”。"))
        return whole and audience

    def to_fields(self) -> ExamFields:
        fields = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "is_for_all")}
        whom = None if self.cleaned_data["is_for_all"] else audiences.as_json(self.audience.definition())
        return ExamFields(**fields, audience=whom)  # type: ignore[typeddict-item]

    def _offer(self, name: str, rows: Any, *, empty: Any = "") -> None:
        field: Any = self.fields[name]
        field.choices = [*([("", empty)] if empty else []), *((str(row.pk), row.title) for row in rows)]


class ExtensionForm(forms.Form):
    extra_minutes = forms.IntegerField(label=_("一共多给几分钟"), min_value=0, max_value=600, required=False, initial=0)
    until_at = MomentField(label=_("可以考到"), required=False, help_text=_("不填则和大家一样。"))
    reason = forms.CharField(label=_("原因"), max_length=REASON_LENGTH)


class VoidForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=REASON_LENGTH, help_text=_("抽到这道题的人都得满分，成绩会重新计算。")
    )


class MarkForm(forms.Form):
    item_id = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.DecimalField(label=_("得分"), min_value=0, max_value=100, decimal_places=1)
    comment = forms.CharField(
        label=_("评语"), required=False, max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )


class CandidateFilterForm(forms.Form):
    """Filters of the list; anything strange is as good as nothing."""

    q = forms.CharField(
        label=_("姓名"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("搜索姓名")}),
    )  # fmt: skip

    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


def _initial(exam: Exam) -> dict[str, Any]:
    names = (
        "title", "words", "paper_id", "course_id", "opens_at", "closes_at", "minutes", "attempts_allowed", "pass_percent",
        "show_answers", "is_blind", "second_limit", "version",
    )  # fmt: skip
    return {**{name: getattr(exam, name) for name in names}, "is_for_all": exam.audience_id is None}
