"""The sign-up form. It shapes input; ``tenants.signup`` decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import FieldError, Invalid
from tenants import signup
from tenants.models import Kind


class SignupForm(forms.Form):
    """Limits mirror ``tenants.signup.FIELDS``; everything else is checked there, so that the API says the same."""

    organisation = forms.CharField(label=_("单位名称"), max_length=100, help_text=_("与证照上的名称一致。"))
    kind = forms.ChoiceField(label=_("单位类型"), choices=[("", _("请选择")), *Kind.choices])
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=18, help_text=_("18 位，见单位法人证书。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    slug = forms.CharField(
        label=_("网址名"), max_length=32, help_text=_("3 至 32 个小写字母、数字或连字符，开通后不能更改。"),
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false",
                "hx-get": reverse_lazy("portal-slug"), "hx-trigger": "input changed delay:400ms",
                "hx-target": "#slug-check", "hx-sync": "this:replace",
            }
        ),
    )  # fmt: skip
    contact_name = forms.CharField(
        label=_("联系人"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_phone = forms.CharField(
        label=_("联系电话"), max_length=30, help_text=_("手机号或带区号的固定电话。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    contact_email = forms.CharField(
        label=_("电子邮箱"), max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    administrator_name = forms.CharField(
        label=_("首位管理员姓名"), max_length=50, help_text=_("开通后由这位同事设置登录名和密码。")
    )

    def clean(self) -> dict[str, Any]:
        """With faults at all, tell every fault at once, also those that the sign-up itself would find."""
        for fault in _faults(self) if self.errors else ():
            name = fault.pointer.strip("/")
            if name not in self.errors:
                self.add_error(name, fault.message)
        return self.cleaned_data


def _faults(form: forms.Form) -> tuple[FieldError, ...]:
    try:
        signup.check({name: form.data.get(name, "") for name in form.fields})
    except Invalid as error:
        return error.fields
    return ()
