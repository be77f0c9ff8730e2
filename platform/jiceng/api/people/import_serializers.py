"""JSON of imports: a roster on its way in, and what became of its rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean
from jiceng.members.importing.columns import COLUMNS
from jiceng.members.models import ImportBatch, ImportRow

MOST_ROWS = 5000
_ROWS = [
    {"name": "欧阳华", "employee_number": "A0117", "phone": "13800138000", "staff_unit": "综合科"},
    {"name": "王敏", "employee_number": "A0118", "staff_unit": "政务大厅/受理一组"},
]
BATCH_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b61"
_BATCH_EXAMPLE = {
    "id": BATCH_ID, "kind": "import", "mode": "valid_rows", "auto_apply": True, "state": "checked", "file_name": "rows.csv",
    "row_count": 2, "done_count": 0, "outcomes": {"new": 1, "changed": 1}, "failure": "",
    "created_by_name": "人事系统", "created_at": "2026-03-01T01:30:00Z", "checked_at": "2026-03-01T01:30:04Z",
    "applied_at": None, "undone_at": None, "version": 3, "updated_at": "2026-03-01T01:30:04Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("import", value=_BATCH_EXAMPLE)])
class ImportJob(serializers.ModelSerializer):
    """An import and how far it has come."""

    auto_apply = fields.BooleanField(source="is_automatic", read_only=True, help_text=_("检查后不等确认，直接导入"))
    outcomes = fields.SerializerMethodField(help_text=_("检查结果：各种结果的行数"))

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = tuple(_BATCH_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {
            "state": {"help_text": _("checked 等待确认，applied、undone、failed、cancelled 为终点")},
            "done_count": {"help_text": _("已导入的行数，与 row_count 相比得到进度")},
            "failure": {"help_text": _("未能完成的原因")},
        }

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_outcomes(self, batch: ImportBatch) -> Any:
        return batch.counts.get("outcomes", {})


class RosterRow(fields.DictField):
    """One row by column codes; texts only: a number would lose its leading zeros or its last digits."""

    child = fields.CharField(allow_blank=True, allow_null=True, max_length=500)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            raise fields.ValidationError(_("每一行应为对象。"), "wrong_type")
        faults = {code: self._fault(code, value) for code, value in data.items()}
        faults = {code: fault for code, fault in faults.items() if fault is not None}
        if faults:
            raise fields.ValidationError(faults)
        return {code: clean(value) for code, value in data.items() if value is not None}

    @staticmethod
    def _fault(code: str, value: Any) -> fields.ErrorDetail | None:
        if code not in COLUMNS:
            return fields.ErrorDetail(gettext("不认识的字段。"), "unknown_field")
        if value is None:
            return None
        if not isinstance(value, str):
            return fields.ErrorDetail(gettext("请填写文字；号码用数字会丢失首位的 0 或末位。"), "wrong_type")
        if len(value) > 500:
            return fields.ErrorDetail(gettext("不能超过 500 个字。"), "max_length")
        try:
            clean(value)
        except Invalid as error:
            return fields.ErrorDetail(error.detail, "invalid_text")
        return None


@extend_schema_serializer(examples=[OpenApiExample("rows", value={"rows": _ROWS, "auto_apply": True})])
class ImportInput(serializers.Serializer):
    """A roster: rows as JSON, or a workbook as a form with a file."""

    rows = fields.ListField(
        child=RosterRow(), required=False, min_length=1, max_length=MOST_ROWS,
        help_text=_("每行按字段代码：%(codes)s。只用 JSON 提交时填写") % {"codes": "、".join(COLUMNS)},
    )  # fmt: skip
    file = fields.FileField(
        required=False, help_text=_("xlsx、xls 或 csv，不超过 30 MB；只用 multipart/form-data 提交时填写")
    )
    kind = fields.ChoiceField(
        choices=ImportBatch.Kind.choices, required=False, help_text=_("roster：比对完整名册，增减调动等待审批")
    )
    mode = fields.ChoiceField(choices=ImportBatch.Mode.choices, required=False)
    auto_apply = fields.BooleanField(required=False, help_text=_("检查后不等确认，直接导入"))
    creates_units = fields.BooleanField(required=False, help_text=_("名册中没有的组织自动新建"))
    accepts_many_leavers = fields.BooleanField(required=False, help_text=_("比对时确认缺少超过两成的人员无误"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("rows" in attrs) == ("file" in attrs):
            raise fields.ValidationError(
                {"rows": fields.ErrorDetail(gettext("请提交 rows 或 file 其中之一。"), "required")}
            )
        return attrs


class ApplyInput(serializers.Serializer):
    """What of it to take."""

    mode = fields.ChoiceField(choices=ImportBatch.Mode.choices, required=False, help_text=_("省略时按新建时所选"))


class RowFault(fields.Serializer):  # type: ignore[type-arg]
    """What is wrong with one cell; never the cell itself."""

    field = fields.CharField()
    code = fields.CharField()
    message = fields.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "row",
            value={
                "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b71", "import_id": BATCH_ID, "number": 7, "outcome": "error",
                "person_id": None, "is_applied": False,
                "faults": [{"field": "phone", "code": "phone_invalid", "message": "手机号码应为 11 位。"}],
            },
        )
    ]
)  # fmt: skip
class ImportRowShown(serializers.ModelSerializer):
    """What became of one row. Holds nothing of what the row says."""

    import_id: Any = fields.PrimaryKeyRelatedField(source="batch", read_only=True)
    person_id: Any = fields.PrimaryKeyRelatedField(
        source="person", read_only=True, allow_null=True, help_text=_("对应的人员")
    )
    faults = fields.SerializerMethodField(help_text=_("错误的字段、代码和说明，不含单元格内容"))

    class Meta:
        model = ImportRow
        fields: tuple[str, ...] = ("id", "import_id", "number", "outcome", "person_id", "is_applied", "faults")
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {"number": {"help_text": _("在表格中的行号，表头为第 1 行")}}

    @extend_schema_field(RowFault(many=True))
    def get_faults(self, row: ImportRow) -> Any:
        return [{"field": field, "code": code, "message": message} for field, code, message in row.faults]
