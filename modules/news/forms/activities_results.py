"""What organisers fill in when an activity is over."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Activity
from ..services.activities_results import MOST_PICTURES, RESULT_LENGTH
from ..services.contributions_text import pictures_in, text_of
from .articles import IMAGES, ManyFilesField, ManyFilesInput


class ResultForm(forms.Form):
    """``pictures``: the ids of those it has, to be kept or not."""

    body = forms.CharField(
        label=_("活动成果"), max_length=RESULT_LENGTH, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("空一行为新的一段。涉密内容和他人隐私不得录入。"),
    )  # fmt: skip
    pictures = forms.TypedMultipleChoiceField(label=_("保留的图片"), required=False, coerce=uuid.UUID)
    uploads = ManyFilesField(
        label=_("添加图片"), required=False, widget=ManyFilesInput(attrs={"accept": IMAGES}),
        help_text=_("连同已有的最多 %(most)d 张，放在文字后面。") % {"most": MOST_PICTURES},
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, activity: Activity) -> None:
        self.stored = pictures_in(activity.result)
        ids = [str(pk) for pk in self.stored]
        super().__init__(data, files, initial={"body": text_of(activity.result), "pictures": ids})
        self.fields["pictures"].choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]

    @property
    def shown_pictures(self) -> list[tuple[uuid.UUID, str, bool]]:
        """Id, address of the small one, whether its box is ticked."""
        ticked = {str(pk) for pk in self["pictures"].value() or ()}
        return [(pk, f"/files/{pk}/thumb", str(pk) in ticked) for pk in self.stored]
