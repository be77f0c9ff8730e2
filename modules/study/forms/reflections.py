"""What the pages of reflections accept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.members.models import Person

from ..models import TITLE_LENGTH, Reflection
from ..selectors.reflections import courses_to_think_of
from ..services import reflections, talking

OFFERED = 200


class ReflectionForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    course_id = forms.TypedChoiceField(label=_("关于哪门课程"), required=False, coerce=uuid.UUID, empty_value=None)
    text = forms.CharField(
        label=_("正文"), max_length=reflections.TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 14})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, person: Person | None, reflection: Reflection | None = None) -> None:
        names = ("title", "course_id", "text", "version")
        super().__init__(data, initial={name: getattr(reflection, name) for name in names} if reflection else None)
        offered = list(courses_to_think_of(person)[:OFFERED]) if person else []
        if reflection is not None and reflection.course is not None and reflection.course not in offered:
            offered.append(reflection.course)
        field: Any = self.fields["course_id"]
        field.choices = [("", _("不针对课程")), *((str(row.pk), row.title) for row in offered)]


class AcceptForm(forms.Form):
    comment = forms.CharField(
        label=_("点评"), max_length=reflections.COMMENT_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("作者能看到，可以不写。"),
    )  # fmt: skip


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("退回原因"), max_length=reflections.COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清楚要改什么，作者改好后可以再交。"),
    )  # fmt: skip


class TalkForm(forms.Form):
    text = forms.CharField(label=_("评论"), max_length=talking.COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))


class HideForm(forms.Form):
    reason = forms.CharField(label=_("隐藏原因"), max_length=talking.REASON_LENGTH, help_text=_("留作记录。"))
