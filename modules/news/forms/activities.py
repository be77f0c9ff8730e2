"""The editor's fields of an activity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.shell.moments import MomentField

from ..models import Activity, Article
from ..services.activities import MOST_PEOPLE, PLACE_LENGTH
from .details import DetailsForm


class ActivityDetailsForm(DetailsForm):
    """Fields of articles of kind ``activity``."""

    starts_at = MomentField(label=_("开始时间"))
    ends_at = MomentField(label=_("结束时间"))
    place = forms.CharField(label=_("地点"), max_length=PLACE_LENGTH, required=False)
    takes_sign_ups = forms.BooleanField(label=_("需要报名"), required=False, initial=True)
    sign_up_until = MomentField(label=_("报名截止"), required=False, help_text=_("不填则到活动开始为止。"))
    capacity = forms.IntegerField(
        label=_("名额"), min_value=1, max_value=MOST_PEOPLE, required=False, help_text=_("不填则不限；报满后进入候补。")
    )

    def initial_from(self, article: Article) -> dict[str, Any]:
        activity = Activity.objects.filter(pk=article.pk).first()
        return {name: getattr(activity, name) for name in self.base_fields} if activity else {}


class SearchForm(forms.Form):
    """The search of the console's lists; anything strange is as good as nothing."""

    q = forms.CharField(required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, data: Any = None, *, label: str) -> None:
        """``label``: what is looked through."""
        super().__init__(data)
        self.fields["q"].label = label

    def words(self) -> str:
        return self.cleaned_data.get("q", "") if self.is_valid() else ""
