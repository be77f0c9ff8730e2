"""What the console's pages accept. Text is cleaned and judged by the services, so that forms and the API agree."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.console.audience_forms import AudienceForm
from jiceng.members import audiences
from jiceng.members.scope import units_in_reach
from jiceng.shell.moments import MomentField

from .. import selectors
from ..manifest.words import WRITE
from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Article, ColumnKind, Level, Section, State
from ..services import ArticleFields
from .kinds import KIND_FORMS

UNITS_OFFERED = 300

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
    """An article as an editor sees it. ``version``: the one the page was rendered with. ``kind``: of the columns offered."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    column = forms.ChoiceField(label=_("栏目"))
    unit_id = forms.TypedChoiceField(
        label=_("以哪个组织的名义"), required=False, coerce=uuid.UUID, empty_value=None,
        help_text=_("这个组织的编辑都可以修改它。"),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("摘要"), max_length=SUMMARY_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("列表和分享时显示，可以不填。"),
    )  # fmt: skip
    body = forms.CharField(
        label=_("正文"), required=False,
        widget=forms.Textarea(attrs={"rows": 16, "data-editor": ""}),
        help_text=_("可以直接输入文字，空一行为新的一段；从 Word 或公众号文章粘贴会保留标题、列表和表格。"),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("密级"), choices=Level.choices, initial=Level.INTERNAL, required=False,
        help_text=_("涉密内容不得录入。只有“公开”的文章可以分享到单位以外。"),
    )  # fmt: skip
    cover_upload = forms.FileField(
        label=_("封面"), required=False, widget=forms.FileInput(attrs={"accept": IMAGES, "data-preview": "#cover"}),
        help_text=_("JPG、PNG、GIF 或 WebP，不超过 10 MB。"),
    )  # fmt: skip
    remove_cover = forms.BooleanField(label=_("不要封面"), required=False)
    attachment_uploads = ManyFilesField(
        label=_("添加附件"), required=False, help_text=_("文档、表格、PDF、图片或压缩包每个不超过 30 MB，视频和音频 60 MB。")
    )
    attachment_ids = forms.TypedMultipleChoiceField(
        label=_("已有附件"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("取消勾选即移除。")
    )
    is_pinned = forms.BooleanField(label=_("置顶"), required=False)
    is_open = forms.BooleanField(
        label=_("后来加入的人也能看到"), required=False, initial=True,
        help_text=_("取消勾选，只有发布时名单上的人能看到。"),
    )  # fmt: skip
    needs_confirmation = forms.BooleanField(
        label=_("必读，要求确认知悉"), required=False, help_text=_("请只用于确需每人知悉的内容。")
    )
    confirm_by = MomentField(label=_("确认期限"), required=False)
    expires_at = MomentField(label=_("下架时间"), required=False, help_text=_("到时不再出现在列表里。"))
    allows_comments = forms.BooleanField(label=_("允许评论"), required=False)
    note = forms.CharField(label=_("更正说明"), max_length=200, required=False, help_text=_("读者会在文章下方看到。"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        actor: Actor,
        article: Article | None = None,
        kind: str = ColumnKind.ARTICLE,
    ) -> None:
        self.article, self.actor = article, actor
        self.kind = article.column.kind if article else kind
        self.details = KIND_FORMS[self.kind](data, files, article=article, actor=actor)
        self.audience = AudienceForm(
            data,
            actor=actor,
            permission=WRITE,
            initial=audiences.definition_of(article.audience) if article and article.audience else None,
        )
        super().__init__(data, files, initial=_initial(article))
        self._offer_columns()
        self._offer_units()
        self._offer_files()
        if article is None or not article.is_published:
            del self.fields["note"]
        else:
            del self.fields["is_open"]

    def _offer_columns(self) -> None:
        columns = [(column.code, column.name) for column in selectors.columns() if column.kind == self.kind]
        if self.article and self.article.column.code not in dict(columns):
            columns.append((self.article.column.code, self.article.column.name))
        self.fields["column"].choices = columns  # type: ignore[attr-defined]

    def _offer_units(self) -> None:
        """Only those who may choose are asked."""
        paths = policy.unit_paths(self.actor, WRITE)
        fixed = self.article is not None and self.article.is_published
        if fixed or (paths is not None and len(paths) == 1):
            del self.fields["unit_id"]
            return
        units = (
            units_in_reach(self.actor, WRITE).filter(dissolved_on=None, depth__lte=3).order_by("path")[:UNITS_OFFERED]
        )
        choices = [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
        self.fields["unit_id"].choices = ([("", _("全单位"))] if paths is None else []) + choices  # type: ignore[attr-defined]

    def _offer_files(self) -> None:
        article = self.article
        kept = [(str(item.file_id), item.file.original_name) for item in article.attachments.all()] if article else []
        self.fields["attachment_ids"].choices = kept  # type: ignore[attr-defined]
        if not kept:
            del self.fields["attachment_ids"]
        if article is None or not article.cover_id:
            del self.fields["remove_cover"]

    def is_valid(self) -> bool:
        """All three forms, so that every fault is shown at once."""
        fixed = self.article is not None and self.article.is_published
        parts = [super().is_valid(), self.details.is_valid(), fixed or self.audience.is_valid()]
        if not all(parts) and not self.errors:
            self.add_error(None, _("请检查下面标出的内容。"))
        return all(parts)

    def to_fields(self) -> ArticleFields:
        """The clean data as the services take it."""
        data = self.cleaned_data
        names = (
            "title", "summary", "body", "level", "is_pinned", "is_open", "needs_confirmation", "confirm_by", "expires_at",
            "allows_comments", "unit_id",
        )  # fmt: skip
        fields: dict[str, Any] = {name: data[name] for name in names if name in data}
        fields["level"] = data["level"] or Level.INTERNAL
        fields["details"] = self.details.to_details()
        if self.article is None or not self.article.is_published:
            definition = self.audience.definition()
            fields["audience"] = None if definition.everyone else audiences.as_json(definition)
        if self.article is None or data["column"] != self.article.column.code:
            fields["column"] = data["column"]
        return self._with_files(fields, data)  # type: ignore[return-value]

    def _with_files(self, fields: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        if data.get("remove_cover"):
            fields["cover_id"] = None
        if data["cover_upload"]:
            fields["cover_upload"] = data["cover_upload"]
        if "attachment_ids" in data:
            fields["attachment_ids"] = [uuid.UUID(file_id) for file_id in data["attachment_ids"]]
        if data["attachment_uploads"]:
            fields["attachment_uploads"] = data["attachment_uploads"]
        return fields


def _initial(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {}
    return {
        **{
            name: getattr(article, name)
            for name in (
                "title", "summary", "body", "level", "is_pinned", "is_open", "needs_confirmation", "confirm_by", "expires_at",
                "allows_comments", "version",
            )
        },
        "column": article.column.code, "unit_id": str(article.unit_id or ""),
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


class PublishForm(forms.Form):
    publish_at = MomentField(label=_("定时发布"), required=False, help_text=_("不填则立即发布。"))


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("撤回原因"), required=False, max_length=200, help_text=_("只记入审计日志，读者看不到。")
    )


class ColumnForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=20)
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=ColumnKind.choices,
        required=False,
        help_text=_("决定编辑时填写哪些内容；有了文章后不能再改。"),
    )
    section = forms.ChoiceField(label=_("版块"), choices=Section.choices, required=False)
    order = forms.IntegerField(
        label=_("顺序"), min_value=0, max_value=9999, required=False, help_text=_("数字小的排在前面。")
    )
    needs_review = forms.BooleanField(label=_("须审核后发布"), required=False)
    allows_comments = forms.BooleanField(label=_("默认允许评论"), required=False)
    takes_contributions = forms.BooleanField(label=_("成员可以投稿"), required=False)
    is_active = forms.BooleanField(
        label=_("启用"), required=False, help_text=_("停用后，手机上不再显示这个栏目的标签。")
    )

    def to_settings(self) -> dict[str, Any]:
        """The clean data as ``update_column`` takes it; choices left out stay as they are."""
        return {name: value for name, value in self.cleaned_data.items() if value != ""}


class NewColumnForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=20)
    code = forms.CharField(
        label=_("代码"), max_length=40, required=False, help_text=_("用在链接和接口里，不填则取名称的拼音。")
    )
    kind = forms.ChoiceField(label=_("类型"), choices=ColumnKind.choices, required=False)
    section = forms.ChoiceField(label=_("版块"), choices=Section.choices, required=False)

    def to_settings(self) -> dict[str, Any]:
        """The clean data as ``create_column`` takes it."""
        data = self.cleaned_data
        return {**data, "kind": data["kind"] or ColumnKind.ARTICLE, "section": data["section"] or Section.NEWS}
