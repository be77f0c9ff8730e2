"""HTML input of this module. Text is judged by the services, so that forms and the API agree."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.models import User

from .models import NAME_LENGTH, Category, Entry
from .selectors import opening
from .services import cleaning
from .services.entries import EntryFields

IMAGES = "image/jpeg,image/png,image/gif,image/webp"
KEEPERS_OFFERED = 300
WEEKDAYS = [(str(day), f"按星期{name}营业") for day, name in enumerate("一二三四五六日", start=1)]


class EntryForm(forms.Form):
    """Numbers and hours are written as people write them, one number in a line."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=NAME_LENGTH)
    category_id = forms.TypedChoiceField(label=gettext_lazy("类别"), coerce=uuid.UUID)
    phones = forms.CharField(
        label=gettext_lazy("电话"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一个，可以在前面写用途，如：前台 010-12345678。"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("地址"), max_length=150, required=False)
    hours = forms.CharField(
        label=gettext_lazy("营业时间"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("如：一至五 9:00-12:00 13:30-17:00；六 9:00-12:00。过夜写成两段。"),
    )  # fmt: skip
    is_always_open = forms.BooleanField(label=gettext_lazy("全天 24 小时"), required=False)
    keeps_holidays = forms.BooleanField(label=gettext_lazy("按节假日安排"), required=False, initial=True)
    hours_note = forms.CharField(
        label=gettext_lazy("时间说明"), max_length=150, required=False, help_text=gettext_lazy("如：午餐刷卡到 12:40。")
    )
    summary = forms.CharField(
        label=gettext_lazy("简介"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = forms.CharField(
        label=gettext_lazy("标签"), max_length=100, required=False, help_text=gettext_lazy("空格隔开，帮助搜索。")
    )
    latitude = forms.DecimalField(label=gettext_lazy("纬度"), required=False, decimal_places=6)
    longitude = forms.DecimalField(label=gettext_lazy("经度"), required=False, decimal_places=6)
    photo_upload = forms.FileField(
        label=gettext_lazy("照片"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES}),
        help_text=gettext_lazy("JPG、PNG、GIF 或 WebP，不超过 10 MB。"),
    )  # fmt: skip
    keeper_id = forms.TypedChoiceField(
        label=gettext_lazy("维护人"), required=False, coerce=uuid.UUID, empty_value=None,
        help_text=gettext_lazy("到期时请他核实；不选则提醒所有维护人员。"),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=gettext_lazy("对外公开"), required=False, help_text=gettext_lazy("没有账号的人也能看到。")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, entry: Entry | None = None) -> None:
        super().__init__(data, files, initial=_initial(entry))
        fields: Any = self.fields
        fields["category_id"].choices = [(str(row.pk), row.name) for row in Category.objects.all()]
        people = User.objects.filter(is_active=True).order_by("display_name")[:KEEPERS_OFFERED]
        fields["keeper_id"].choices = [("", _("不指定")), *((str(user.pk), user.display_name) for user in people)]

    def clean_hours(self) -> list[tuple[int, Any, Any]]:
        rows = cleaning.parse_hours(self.cleaned_data["hours"])
        if rows is None:
            raise forms.ValidationError(_("营业时间的写法应如“一至五 9:00-17:00；六 9:00-12:00”。"))
        return rows

    def clean_phones(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["phones"].splitlines() if line.strip()]
        found = []
        for line in lines:
            label, _blank, number = line.rpartition(" ")
            if not cleaning.dialled(number):
                raise forms.ValidationError(_("“%(line)s”里没有可以拨打的号码。") % {"line": line[:30]})
            found.append({"label": label.strip(), "number": number})
        return found

    def to_fields(self) -> EntryFields:
        data = dict(self.cleaned_data)
        data.pop("version")
        return EntryFields(**data, lines=data.pop("phones"), openings=data.pop("hours"))  # type: ignore[misc, typeddict-item]


def _initial(entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    names = (
        "name", "category_id", "address", "is_always_open", "keeps_holidays", "hours_note", "summary", "tags", "latitude",
        "longitude", "keeper_id", "is_public", "version",
    )  # fmt: skip
    return {
        **{name: getattr(entry, name) for name in names},
        "phones": "\n".join(f"{line.label} {line.number}".strip() for line in entry.lines.all()),
        "hours": opening.format_hours([(row.weekday, row.opens, row.closes) for row in entry.openings.all()]),
    }


class FilterForm(forms.Form):
    """Filters of the console's list; anything strange is as good as nothing."""

    q = forms.CharField(
        label=gettext_lazy("名称、拼音或地址"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("搜索名称、拼音或地址")}),
    )  # fmt: skip
    category = forms.TypedChoiceField(label=gettext_lazy("类别"), required=False, coerce=str)
    show = forms.ChoiceField(
        label=gettext_lazy("范围"), required=False,
        choices=[
            ("", gettext_lazy("全部")), ("stale", gettext_lazy("待核实")), ("public", gettext_lazy("对外公开")),
            ("closed", gettext_lazy("已停业")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", _("全部类别")), *((str(row.pk), row.name) for row in Category.objects.all())]

    def criteria(self) -> dict[str, str]:
        data = self.cleaned_data if self.is_valid() else {}
        return {"words": data.get("q", ""), "category": data.get("category", ""), "show": data.get("show", "")}


class CategoryForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=20)
    position = forms.IntegerField(
        label=gettext_lazy("顺序"),
        min_value=0,
        max_value=9999,
        required=False,
        help_text=gettext_lazy("数字小的排在前面。"),
    )


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    label = forms.CharField(label=gettext_lazy("名称"), max_length=20, help_text=gettext_lazy("如：国庆节、调休上班。"))
    follows_weekday = forms.TypedChoiceField(
        label=gettext_lazy("安排"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("休息")), *WEEKDAYS],
    )  # fmt: skip


class CorrectionForm(forms.Form):
    phone = forms.CharField(label=gettext_lazy("正确的电话"), max_length=40, required=False)
    address = forms.CharField(label=gettext_lazy("正确的地址"), max_length=150, required=False)
    hours_note = forms.CharField(label=gettext_lazy("正确的营业时间"), max_length=150, required=False)
    is_closed = forms.BooleanField(label=gettext_lazy("这里已经停业"), required=False)
    words = forms.CharField(
        label=gettext_lazy("其他说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("给提出人的话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("不采纳时请说明原因。"),
    )  # fmt: skip


class ImportForm(forms.Form):
    upload = forms.FileField(
        label=gettext_lazy("表格"), help_text=gettext_lazy("xlsx 或 csv；可以先导出一份，改好再导入。")
    )
    is_rehearsal = forms.BooleanField(label=gettext_lazy("只检查，不导入"), required=False, initial=True)
