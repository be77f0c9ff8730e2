"""The editor's fields of a lesson."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Article, Lesson
from .details import DetailsForm


class LessonDetailsForm(DetailsForm):
    """Fields of articles of kind ``lesson``."""

    lecturer = forms.CharField(label=_("主讲人"), max_length=50, required=False)
    media_upload = forms.FileField(
        label=_("视频或音频"), required=False, help_text=_("MP4（H.264）、M4A 或 MP3，不超过 60 MB。再次上传会换掉原来的。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".mp4,.m4a,.mp3"}),
    )  # fmt: skip
    media_url = forms.CharField(
        label=_("或者填写外部链接"),
        max_length=500,
        required=False,
        help_text=_("较长的视频可以放在视频网站，这里填网页地址。"),
    )
    needed_minutes = forms.IntegerField(
        label=_("看满几分钟算学完"),
        required=False,
        min_value=0,
        max_value=240,
        help_text=_("不填表示看完九成。不限制快进，只计实际观看时间。"),
    )

    def initial_from(self, article: Article) -> dict[str, Any]:
        lesson = Lesson.objects.filter(pk=article.pk).first()
        if lesson is None:
            return {}
        return {
            "lecturer": lesson.lecturer, "media_url": lesson.media_url, "needed_minutes": lesson.needed_seconds // 60 or None,
        }  # fmt: skip

    def to_details(self) -> dict[str, Any]:
        data = self.cleaned_data
        details = {"lecturer": data["lecturer"], "needed_seconds": (data.get("needed_minutes") or 0) * 60}
        if data.get("media_upload"):
            return {**details, "media_upload": data["media_upload"]}
        return {**details, "media_url": data["media_url"]}
