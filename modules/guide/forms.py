"""HTML input of this module. Text is judged by the services, so that forms and the API agree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import BODY_LENGTH, TITLE_LENGTH, Topic
from .selectors import topics as reads
from .services.topics import TopicFields

IMAGES = "image/jpeg,image/png,image/gif,image/webp"
PLAIN = ("title", "body", "module", "position", "is_public", "is_shown", "version")


class TopicForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_LENGTH)
    body = forms.CharField(
        label=gettext_lazy("内容"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("空一行就是新的一段。短一点，大家更愿意看。"),
    )  # fmt: skip
    module = forms.ChoiceField(
        label=gettext_lazy("说明哪个功能"), required=False, help_text=gettext_lazy("选了功能，会出现在那里的问号里。")
    )
    picture_upload = forms.FileField(
        label=gettext_lazy("配图"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES}),
        help_text=gettext_lazy("JPG、PNG、GIF 或 WebP，不超过 10 MB。"),
    )  # fmt: skip
    drop_picture = forms.BooleanField(label=gettext_lazy("去掉现在的配图"), required=False)
    position = forms.IntegerField(label=gettext_lazy("排序"), min_value=0, max_value=9999, initial=100)
    is_public = forms.BooleanField(
        label=gettext_lazy("对外公开"), required=False, help_text=gettext_lazy("没有账号的人也能看到。")
    )
    is_shown = forms.BooleanField(label=gettext_lazy("显示"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, topic: Topic | None = None) -> None:
        super().__init__(data, files, initial={name: getattr(topic, name) for name in PLAIN} if topic else None)
        fields: Any = self.fields
        fields["module"].choices = [("", _("全部功能")), *reads.module_names().items()]
        if topic is None or topic.picture_id is None:
            del fields["drop_picture"]

    def to_fields(self) -> TopicFields:
        return TopicFields(**{name: value for name, value in self.cleaned_data.items() if name != "version"})  # type: ignore[typeddict-item]
