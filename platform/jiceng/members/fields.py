"""The fields of a person that people fill in: what they are called, who may change them, how they are cleaned.

Forms, the API, imports, the personal centre and the history all speak of these codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from . import identity
from .models import Gender, IdKind


@dataclass(frozen=True, slots=True)
class Field:
    """``clean``: from what came in to what is kept; raises ``ValueFault`` or ``Invalid``.

    ``change``: ``light`` the person changes it at once, ``approval`` after somebody agreed, ``fixed`` only in the console.
    ``is_sensitive``: sealed, masked, shown in full only for a reason.
    """

    code: str
    label: Any
    clean: Callable[[Any], Any]
    change: str = "fixed"
    is_sensitive: bool = False


def _text(limit: int) -> Callable[[Any], str]:
    def cleaned(value: Any) -> str:
        words = clean(str(value or ""))
        if len(words) > limit:
            raise identity.ValueFault("too_long", f"不能超过 {limit} 个字。")
        return words

    return cleaned


def _optional(normalise: Callable[[Any], Any], empty: Any = "") -> Callable[[Any], Any]:
    return lambda value: empty if value in (None, "") else normalise(value)


def clean_text(value: Any) -> str:
    """``kernel.text.clean`` with the refusal of a field. Raises ``ValueFault``."""
    try:
        return clean(str(value or ""))
    except Invalid as error:
        raise identity.ValueFault("invalid", error.detail) from error


def clean_email(value: Any) -> str:
    """An address in lower case. Raises ``ValueFault``."""
    words = clean_text(value).lower()
    try:
        validate_email(words)
    except ValidationError as error:
        raise identity.ValueFault("email_invalid", "邮箱地址格式不对，例如 name@example.com。") from error
    return words


def _gender(value: Any) -> str:
    return str(value) if value in Gender.values else identity.parse_gender(str(value))


def _date(value: Any) -> date:
    return value if type(value) is date else identity.parse_date(value)


def _number(value: Any) -> str | None:
    words = clean(str(value or ""))
    if len(words) > 40:
        raise identity.ValueFault("too_long", "不能超过 40 个字。")
    return words or None


def _id_kind(value: Any) -> str:
    if value not in IdKind.values:
        raise identity.ValueFault("choice", "请从列表中选择证件类型。")
    return str(value)


FIELDS: Mapping[str, Field] = {
    field.code: field
    for field in (
        Field("name", _("姓名"), identity.clean_name, "approval"),
        Field("gender", _("性别"), _optional(_gender), "approval"),
        Field("ethnicity", _("民族"), _optional(identity.parse_ethnicity), "approval"),
        Field("birth_date", _("出生日期"), _optional(_date, None), "approval"),
        Field("education", _("学历"), _text(20), "light"),
        Field("employee_number", _("工号"), _number),
        Field("id_kind", _("证件类型"), _optional(_id_kind), "approval"),
        Field("id_number", _("证件号码"), _text(40), "approval", is_sensitive=True),
        Field("phone", _("手机号码"), _optional(identity.normalise_phone), "approval", is_sensitive=True),
        Field("office_phone", _("办公电话"), _optional(identity.normalise_office_phone), "light"),
        Field("email", _("电子邮箱"), _optional(clean_email), "light"),
        Field("work_start_date", _("参加工作时间"), _optional(_date, None), "approval"),
        Field("hire_date", _("入职日期"), _optional(_date, None)),
        Field("title", _("职务"), _text(60)),
        Field("is_listed", _("在通讯录中显示"), bool),
    )
}
SENSITIVE = tuple(code for code, field in FIELDS.items() if field.is_sensitive)


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every value cleaned, an ID number together with its kind. Raises ``Invalid`` naming all faulty fields at once."""
    cleaned: dict[str, Any] = {}
    faults: list[FieldError] = []
    for code, value in values.items():
        try:
            cleaned[code] = FIELDS[code].clean(value)
        except identity.ValueFault as error:
            faults.append(FieldError(f"/{code}", error.code, error.message))
        except Invalid as error:
            faults.append(FieldError(f"/{code}", "invalid", error.detail))
    if cleaned.get("id_number"):
        try:
            number = identity.normalise_id_number(cleaned["id_number"], cleaned.get("id_kind", ""))
            cleaned["id_kind"], cleaned["id_number"] = number.kind, number.number
        except identity.ValueFault as error:
            faults.append(FieldError("/id_number", error.code, error.message))
    elif "id_number" in cleaned:
        cleaned["id_kind"] = ""
    else:
        cleaned.pop("id_kind", None)  # a kind without its number says nothing
    if "name" in cleaned and not cleaned["name"]:
        faults.append(FieldError("/name", "required", "请填写姓名。"))
    if faults:
        raise Invalid(fields=faults)
    return cleaned
