"""What the console's pages accept. Text is cleaned and judged by the services, so that forms and the API agree."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from . import selectors
from .models import SUMMARY_LENGTH, TITLE_LENGTH, Article, State
from .services import ArticleFields

IMAGES = "image/jpeg,image/png,image/gif,image/webp"


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of uploads; cleans to a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        uploads = data if isinstance(data, (list, tuple)) else [data]
        return [upload for upload in uploads if upload]


class ArticleForm(forms.Form):
    """An article as an editor sees it. ``version``: the one the page was rendered with."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    column = forms.ChoiceField(label=_("栏目"))
    summary = forms.CharField(
        label=_("摘要"), max_length=SUMMARY_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("列表和分享时显示，可以不填。"),
    )  # fmt: skip
    body = forms.CharField(
        label=_("正文"), required=False,
        widget=forms.Textarea(attrs={"rows": 16, "data-editor": ""}),
        help_text=_("可以直接输入文字，空一行为新的一段。"),
    )  # fmt: skip
    cover_upload = forms.FileField(
        label=_("封面"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES, "data-preview": "#cover"}),
        help_text=_("JPG、PNG、GIF 或 WebP，不超过 10 MB。"),
    )  # fmt: skip
    remove_cover = forms.BooleanField(label=_("不要封面"), required=False)
    attachment_uploads = ManyFilesField(
        label=_("添加附件"), required=False, help_text=_("文档、表格、PDF、图片或压缩包，每个不超过 30 MB。")
    )
    attachment_ids = forms.TypedMultipleChoiceField(
        label=_("已有附件"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("取消勾选即移除。")
    )
    is_pinned = forms.BooleanField(label=_("置顶"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, article: Article | None = None) -> None:
        self.article = article
        super().__init__(data, files, initial=_initial(article))
        columns = [(column.code, column.name) for column in selectors.columns()]
        if article and article.column.code not in dict(columns):
            columns.append((article.column.code, article.column.name))
        self.fields["column"].choices = columns  # type: ignore[attr-defined]
        kept = [(str(item.file_id), item.file.original_name) for item in article.attachments.all()] if article else []
        self.fields["attachment_ids"].choices = kept  # type: ignore[attr-defined]
        if not kept:
            del self.fields["attachment_ids"]
        if article is None or not article.cover_id:
            del self.fields["remove_cover"]

    def to_fields(self) -> ArticleFields:
        """The clean data as the services take it."""
        data = self.cleaned_data
        fields: dict[str, Any] = {name: data[name] for name in ("title", "summary", "body", "is_pinned")}
        if self.article is None or data["column"] != self.article.column.code:
            fields["column"] = data["column"]
        if data.get("remove_cover"):
            fields["cover_id"] = None
        if data["cover_upload"]:
            fields["cover_upload"] = data["cover_upload"]
        if "attachment_ids" in data:
            fields["attachment_ids"] = [uuid.UUID(file_id) for file_id in data["attachment_ids"]]
        if data["attachment_uploads"]:
            fields["attachment_uploads"] = data["attachment_uploads"]
        return fields  # type: ignore[return-value]


def _initial(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {}
    return {
        "title": article.title, "column": article.column.code, "summary": article.summary, "body": article.body,
        "is_pinned": article.is_pinned, "version": article.version,
        "attachment_ids": [str(item.file_id) for item in article.attachments.all()],
    }  # fmt: skip


class ArticleFilterForm(forms.Form):
    """The console list's filters; anything strange is as good as nothing."""

    q = forms.CharField(
        label=_("标题或摘要"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("搜索标题或摘要")}),
    )  # fmt: skip
    column = forms.ChoiceField(label=_("栏目"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *State.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(column.code, column.name) for column in selectors.columns(only_active=False)]
        self.fields["column"].choices = [("", _("全部栏目")), *columns]  # type: ignore[attr-defined]

    def criteria(self) -> dict[str, Any]:
        """Arguments for ``selectors.edited_page``."""
        data = self.cleaned_data if self.is_valid() else {}
        return {"words": data.get("q", ""), "column": data.get("column", ""), "state": data.get("state", "")}


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("撤回原因"), required=False, max_length=200, help_text=_("只记入审计日志，读者看不到。")
    )


class ColumnForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=20)
    order = forms.IntegerField(
        label=_("顺序"), min_value=0, max_value=9999, required=False, help_text=_("数字小的排在前面。")
    )
    is_active = forms.BooleanField(
        label=_("启用"), required=False, help_text=_("停用后，手机上不再显示这个栏目的标签。")
    )


class NewColumnForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=20)
    code = forms.CharField(
        label=_("代码"), max_length=40, required=False, help_text=_("用在链接和接口里，不填则取名称的拼音。")
    )
