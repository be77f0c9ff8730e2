"""JSON of people, with what they belong to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as fields

from jiceng.api import serializers
from jiceng.members import identity, sealing, selectors
from jiceng.members.bodies import Body
from jiceng.members.models import IdKind, Membership, Person, PersonState

PERSON_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b01"
UNIT_ID = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b21"
GENDERS = _("male、female，没有登记则为空")
_ROW_EXAMPLE = {
    "id": PERSON_ID, "name": "欧阳华", "pinyin": "ou yang hua", "gender": "female", "ethnicity": "汉族",
    "birth_date": "1988-05-12", "education": "本科", "employee_number": "A0117", "title": "科员", "unit_id": UNIT_ID,
    "unit_name": "综合科", "office_phone": "010-12345678", "email": "ouyang@example.org", "phone_masked": "138****8000",
    "id_kind": "resident", "id_number_masked": "110***********002X", "work_start_date": "2010-07-01",
    "hire_date": "2015-07-01", "state": "active", "left_on": None, "merged_into_id": None, "is_listed": True,
    "version": 3, "created_at": "2026-01-05T01:00:00Z", "updated_at": "2026-03-01T01:30:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("person", value=_ROW_EXAMPLE)])
class PersonRow(serializers.ModelSerializer):
    """Somebody in a list. Never holds a sealed value in clear."""

    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    unit_name = fields.CharField(source="unit.name", read_only=True, allow_null=True, default=None)
    gender = fields.CharField(read_only=True, help_text=GENDERS)
    id_kind = fields.CharField(read_only=True, help_text=_("证件类型代码；没有证件号码则为空"))
    merged_into_id: Any = fields.PrimaryKeyRelatedField(
        source="merged_into", read_only=True, allow_null=True, help_text=_("已合并的，合并到了谁")
    )
    phone_masked = fields.SerializerMethodField(help_text=_("手机号码，中间四位隐藏；没有则为空"))
    id_number_masked = fields.SerializerMethodField(help_text=_("证件号码，中间隐藏；没有则为空"))

    class Meta:
        model = Person
        fields: tuple[str, ...] = tuple(_ROW_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {"pinyin": {"help_text": _("不带声调的拼音，按它排序")}}

    @extend_schema_field({"type": "string"})
    def get_phone_masked(self, person: Person) -> str:
        phone = sealing.phone_of(person)
        return identity.mask_phone(phone) if phone else ""

    @extend_schema_field({"type": "string"})
    def get_id_number_masked(self, person: Person) -> str:
        number = sealing.id_number_of(person)
        return identity.mask_id_number(number) if number else ""


_MEMBERSHIP_EXAMPLE = {
    "id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2b41", "person_id": PERSON_ID, "body": "party", "state": "full",
    "unit_id": UNIT_ID, "unit_name": "综合科党支部", "started_on": "2018-06-30", "confirmed_on": "2019-06-30",
    "ended_on": None, "end_reason": "", "version": 1, "created_at": "2026-01-05T01:00:00Z",
    "updated_at": "2026-01-05T01:00:00Z",
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("membership", value=_MEMBERSHIP_EXAMPLE)])
class MembershipRow(serializers.ModelSerializer):
    """A membership: columns only."""

    person_id: Any = fields.PrimaryKeyRelatedField(source="person", read_only=True)
    unit_id: Any = fields.PrimaryKeyRelatedField(source="unit", read_only=True, allow_null=True)
    unit_name = fields.CharField(source="unit.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Membership
        fields: tuple[str, ...] = tuple(_MEMBERSHIP_EXAMPLE)
        read_only_fields: tuple[str, ...] = fields
        extra_kwargs = {"ended_on": {"help_text": _("为空的仍然有效")}}


@extend_schema_serializer(
    examples=[OpenApiExample("person", value={**_ROW_EXAMPLE, "memberships": [_MEMBERSHIP_EXAMPLE]})]
)
class PersonDetail(PersonRow):
    """Somebody with all memberships, the ended ones too."""

    memberships = fields.SerializerMethodField(help_text=_("全部组织关系，包括已结束的"))

    class Meta(PersonRow.Meta):
        fields = (*PersonRow.Meta.fields, "memberships")
        read_only_fields = fields

    @extend_schema_field(MembershipRow(many=True))
    def get_memberships(self, person: Person) -> Any:
        return MembershipRow(selectors.memberships_of(person), many=True).data


class PersonValues(serializers.Serializer):
    """What is kept of somebody. The service cleans and checks each value."""

    name = fields.CharField(max_length=100)
    gender = fields.CharField(max_length=10, required=False, allow_blank=True, help_text=GENDERS)
    ethnicity = fields.CharField(max_length=40, required=False, allow_blank=True)
    birth_date = fields.DateField(required=False, allow_null=True)
    education = fields.CharField(max_length=40, required=False, allow_blank=True)
    employee_number = fields.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    id_kind = fields.ChoiceField(choices=IdKind.choices, required=False, help_text=_("省略时由号码判断"))
    id_number = fields.CharField(max_length=60, required=False, allow_blank=True, help_text=_("只写不读；空为清除"))
    phone = fields.CharField(max_length=60, required=False, allow_blank=True, help_text=_("只写不读；空为清除"))
    office_phone = fields.CharField(max_length=60, required=False, allow_blank=True)
    email = fields.CharField(max_length=254, required=False, allow_blank=True)
    work_start_date = fields.DateField(required=False, allow_null=True)
    hire_date = fields.DateField(required=False, allow_null=True)
    title = fields.CharField(max_length=100, required=False, allow_blank=True)
    is_listed = fields.BooleanField(required=False, help_text=_("是否在通讯录中显示"))


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "person", value={"name": "欧阳华", "employee_number": "A0117", "phone": "13800138000", "unit_id": UNIT_ID}
        )
    ]
)
class PersonInput(PersonValues):
    """Somebody new, and where they belong."""

    unit_id = fields.UUIDField(required=False, help_text=_("所在组织；密钥只管部分组织时必填"))
    body = fields.ChoiceField(choices=Body.choices, required=False, help_text=_("组织关系的类别，省略时由组织决定"))
    membership_state = fields.CharField(max_length=20, required=False, help_text=_("组织关系的状态代码"))
    started_on = fields.DateField(required=False, help_text=_("加入时间"))
    confirmed_on = fields.DateField(required=False, help_text=_("转正时间"))


@extend_schema_serializer(examples=[OpenApiExample("change", value={"title": "副科长", "version": 3})])
class PersonUpdate(PersonValues):
    """Changes of somebody."""

    version = fields.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("读取时的 version；附上它，被他人抢先时 412 会列出期间改过的字段"),
    )  # fmt: skip


class LeaveInput(serializers.Serializer):
    """How somebody goes."""

    on = fields.DateField(help_text=_("离开日期"))
    state = fields.ChoiceField(
        choices=PersonState.choices, required=False, help_text=_("left 或 deceased，省略时为 left")
    )
    reason = fields.CharField(max_length=200, required=False, allow_blank=True)


@extend_schema_serializer(
    examples=[OpenApiExample("reveal", value={"fields": ["phone"], "reason": "工资系统核对手机号码"})]
)
class RevealInput(serializers.Serializer):
    """Which numbers, and what for."""

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["fields"] = fields.ListField(
            child=fields.CharField(max_length=20), min_length=1, max_length=10, help_text=_("phone、id_number")
        )
        found["reason"] = fields.CharField(min_length=4, max_length=200, help_text=_("至少 4 个字，本人可以看到"))
        return found


@extend_schema_serializer(examples=[OpenApiExample("revealed", value={"phone": "13800138000", "id_number": None})])
class Revealed(serializers.Serializer):
    """Numbers in clear; ``null`` for those that were not asked for."""

    phone = fields.CharField(allow_null=True, default=None)
    id_number = fields.CharField(allow_null=True, default=None)


class MembershipInput(serializers.Serializer):
    """A new membership."""

    person_id = fields.UUIDField()
    body = fields.ChoiceField(choices=Body.choices)
    state = fields.CharField(max_length=20, required=False, help_text=_("状态代码，省略时为最常见的"))
    unit_id = fields.UUIDField(required=False)
    started_on = fields.DateField(required=False, help_text=_("加入时间"))
    confirmed_on = fields.DateField(required=False, help_text=_("转正时间"))


class MembershipUpdate(serializers.Serializer):
    """A change of state, of unit, or of the days."""

    state = fields.CharField(max_length=20, required=False)
    unit_id = fields.UUIDField(required=False)
    on = fields.DateField(required=False, help_text=_("变动生效日期，省略时为今天"))
    started_on = fields.DateField(required=False)
    confirmed_on = fields.DateField(required=False)


class MembershipEnd(serializers.Serializer):
    """How a membership ends."""

    state = fields.CharField(
        max_length=20, required=False, help_text=_("结束状态代码：left、transferred 等，省略时为 left")
    )
    on = fields.DateField(required=False)
    reason = fields.CharField(max_length=200, required=False, allow_blank=True)
