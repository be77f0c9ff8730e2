"""What the console's course pages accept. Text is judged by the services, so that forms and the API agree."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor

from ..manifest.words import TEACH
from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Chapter, CompletionRule, Course, Lesson, Material, MaterialKind
from ..selectors import materials
from ..services.courses import CourseFields
from ..services.outline import LessonFields
from .units import offer_units, unit_field

IMAGES = "image/jpeg,image/png,image/gif,image/webp"
MATERIALS_OFFERED = 300


class CourseForm(forms.Form):
    title = forms.CharField(label=_("课程名称"), max_length=TITLE_LENGTH)
    summary = forms.CharField(
        label=_("简介"), max_length=SUMMARY_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    lecturer = forms.CharField(label=_("主讲人"), max_length=50, required=False)
    unit_id = unit_field()
    class_hours = forms.DecimalField(
        label=_("学时"), min_value=0, max_value=200, decimal_places=1, required=False,
        help_text=_("学完后记入个人学时，以 0.5 为单位；不计学时填 0。"),
    )  # fmt: skip
    in_order = forms.BooleanField(
        label=_("按顺序学习"), required=False, help_text=_("学完前面的必修课时，后面的才打开。")
    )
    is_open = forms.BooleanField(
        label=_("人人可学"), required=False, initial=True, help_text=_("取消勾选，只有布置了学习任务的人能看到。")
    )
    gives_certificate = forms.BooleanField(label=_("学完发证书"), required=False)
    certificate_months = forms.IntegerField(
        label=_("证书有效期（月）"), min_value=0, max_value=120, required=False, help_text=_("填 0 长期有效。")
    )
    cover_upload = forms.FileField(
        label=_("封面"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES}),
        help_text=_("JPG、PNG、GIF 或 WebP，不超过 10 MB。"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, course: Course | None = None) -> None:
        names = (
            "title", "summary", "lecturer", "class_hours", "in_order", "is_open", "gives_certificate", "certificate_months",
            "version",
        )  # fmt: skip
        super().__init__(data, files, initial={name: getattr(course, name) for name in names} if course else None)
        offer_units(self, actor=actor, permission=TEACH, fixed=course is not None)

    def to_fields(self) -> CourseFields:
        fields = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return CourseFields(**{**fields, "certificate_months": fields["certificate_months"] or 0})  # type: ignore[typeddict-item]


class MaterialForm(forms.Form):
    """The fields of one kind."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    source = forms.CharField(label=_("来源"), max_length=100, required=False, help_text=_("如文号、出版物、讲授单位。"))
    upload = forms.FileField(label=_("文件"), required=False)
    url = forms.CharField(
        label=_("网址"), max_length=500, required=False, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    body = forms.CharField(
        label=_("正文"), required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("直接输入文字，空一行为新的一段。"),
    )  # fmt: skip
    unit_id = unit_field()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, actor: Actor, kind: str, material: Material | None = None
    ) -> None:  # fmt: skip
        names = ("title", "source", "url", "body", "version")
        super().__init__(data, files, initial={name: getattr(material, name) for name in names} if material else None)
        self.kind = kind
        offer_units(self, actor=actor, permission=TEACH, fixed=material is not None)
        if kind not in (MaterialKind.FILE, MaterialKind.VIDEO):
            del self.fields["upload"]
        if kind != MaterialKind.LINK:
            del self.fields["url"]
        if kind != MaterialKind.ARTICLE:
            self.fields["body"].label, self.fields["body"].widget.attrs["rows"] = _("说明"), 5
        if kind == MaterialKind.VIDEO:
            self.fields["upload"].help_text = _("MP4、M4A 或 MP3，不超过 60 MB。")
        elif kind == MaterialKind.FILE:
            self.fields["upload"].help_text = _("文档、表格、PDF、图片或压缩包，不超过 30 MB。")

    def to_fields(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class MaterialFilterForm(forms.Form):
    """Filters of the list; anything strange is as good as nothing."""

    q = forms.CharField(
        label=_("标题或来源"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("搜索标题或来源")}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部类型")), *MaterialKind.choices])

    def criteria(self) -> dict[str, str]:
        data = self.cleaned_data if self.is_valid() else {}
        return {"words": data.get("q", ""), "kind": data.get("kind", "")}


class ChapterForm(forms.Form):
    title = forms.CharField(label=_("章名"), max_length=TITLE_LENGTH)


class LessonForm(forms.Form):
    """A material at its place. Minutes on the page, seconds inside."""

    material_id = forms.TypedChoiceField(label=_("学习资料"), coerce=uuid.UUID)
    title = forms.CharField(
        label=_("课时名称"), max_length=TITLE_LENGTH, required=False, help_text=_("不填则用资料的标题。")
    )
    chapter_id = forms.TypedChoiceField(label=_("所在的章"), coerce=uuid.UUID)
    is_required = forms.BooleanField(label=_("必修"), required=False, initial=True)
    rule = forms.ChoiceField(label=_("怎样算学完"), choices=CompletionRule.choices, initial=CompletionRule.CONFIRM)
    needed_minutes = forms.IntegerField(
        label=_("要求时长（分钟）"), min_value=0, max_value=360, required=False,
        help_text=_("选“学满时长”时用；视频不填则为全长的九成。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, chapter: Chapter, lesson: Lesson | None = None) -> None:
        initial = None
        if lesson is not None:
            names = ("material_id", "title", "chapter_id", "is_required", "rule")
            initial = {name: getattr(lesson, name) for name in names} | {"needed_minutes": lesson.needed_seconds // 60}
        super().__init__(data, initial=initial or {"chapter_id": chapter.pk})
        fields: Any = self.fields
        offered = list(materials.usable()[:MATERIALS_OFFERED])
        if lesson is not None and lesson.material not in offered:
            offered.append(lesson.material)
        fields["material_id"].choices = [
            (str(item.pk), f"{item.title}（{item.get_kind_display()}）") for item in offered
        ]
        fields["chapter_id"].choices = [
            (str(row.pk), row.title) for row in Chapter.objects.filter(course=chapter.course_id)
        ]
        if lesson is None:
            del self.fields["chapter_id"]

    def to_fields(self) -> LessonFields:
        data = dict(self.cleaned_data)
        seconds = (data.pop("needed_minutes") or 0) * 60
        return LessonFields(**data, needed_seconds=seconds)  # type: ignore[typeddict-item]
