"""What people type in to prove who they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models.users import USERNAME_LENGTH
from .passwords import MAX_LENGTH


def _password(label: Any, autocomplete: str, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": MAX_LENGTH, **attrs}),
    )  # fmt: skip


class LoginForm(forms.Form):
    """Lengths are not refused here: whatever is wrong, the answer is the same."""

    username = forms.CharField(
        label=_("用户名"), required=False, strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )  # fmt: skip
    password = _password(_("密码"), "current-password")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["password"].required = False


class CodeForm(forms.Form):
    """A code of the authenticator or, where allowed, a recovery code."""

    code = forms.CharField(
        label=_("验证码"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )  # fmt: skip


class LoginCodeForm(CodeForm):
    """When signing in: recovery codes hold letters, so the phone must offer them."""

    code = forms.CharField(
        label=_("验证码"), max_length=20, help_text=_("验证器应用中的 6 位数字；手机不在身边时可填写一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "autofocus": True}),
    )  # fmt: skip


class NewPasswordForm(forms.Form):
    """A new password, twice. Its quality is the service's to judge."""

    password = _password(_("新密码"), "new-password", _("12 个字符以上，可以用一句好记的话。"))
    again = _password(_("再次输入新密码"), "new-password")

    def clean(self) -> dict[str, str]:
        values = super().clean() or {}
        if values.get("password") and values.get("again") and values["password"] != values["again"]:
            self.add_error("again", ValidationError(_("两次输入的密码不一致。"), code="mismatch"))
        return values


class InviteForm(NewPasswordForm):
    """What an invited person chooses."""

    username = forms.CharField(
        label=_("用户名"), max_length=USERNAME_LENGTH, help_text=_("登录时使用，可用文字、数字和 . _ - @。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )  # fmt: skip
    password = _password(_("密码"), "new-password", _("12 个字符以上，可以用一句好记的话。"))
    again = _password(_("再次输入密码"), "new-password")
    field_order = ("username", "password", "again")


class ChangePasswordForm(NewPasswordForm):
    current = _password(_("当前密码"), "current-password")
    field_order = ("current", "password", "again")


class AgainForm(forms.Form):
    """The password once more, with a code for those who have an authenticator."""

    password = _password(_("密码"), "current-password", autofocus="autofocus")
    code = forms.CharField(
        label=_("验证码"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )  # fmt: skip
