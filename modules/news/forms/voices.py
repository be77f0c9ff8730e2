"""Forms around comments and links for outsiders. What is said in them is judged by the services."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import COMMENT_LENGTH
from ..services.sharing import DEFAULT_DAYS, MOST_DAYS, NOTE_LENGTH
from ..services.voices import REASON_LENGTH


class CommentForm(forms.Form):
    """``parent``: the comment that is answered."""

    text = forms.CharField(label=_("写评论"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)


class HideForm(forms.Form):
    reason = forms.CharField(label=_("隐藏原因"), max_length=REASON_LENGTH, help_text=_("会告诉评论的作者。"))


class ShareForm(forms.Form):
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=MOST_DAYS, initial=DEFAULT_DAYS, help_text=_("到期后链接自动失效。")
    )
    note = forms.CharField(
        label=_("备注"), max_length=NOTE_LENGTH, required=False, help_text=_("如：发给街道办。只有管理人员看得到。")
    )
