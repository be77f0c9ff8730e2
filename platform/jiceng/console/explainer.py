"""某人能否在此做某事，为什么: the same decision the gate takes, in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy, selectors
from jiceng.access.models import User
from jiceng.access.models.users import normalise_username
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest

from . import accounts
from .users import scope_choices

SUGGESTED_USERS = 500


class QuestionForm(forms.Form):
    user = forms.CharField(
        label=gettext_lazy("谁（用户名）"), max_length=150,
        widget=forms.TextInput(attrs={"list": "known-users", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    permission = forms.ChoiceField(label=gettext_lazy("做什么"))
    unit_path = forms.ChoiceField(label=gettext_lazy("在哪里"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permission"].choices = permission_choices()  # type: ignore[attr-defined]
        scopes = scope_choices()
        scopes[0] = ("", _("任意组织"))
        self.fields["unit_path"].choices = scopes  # type: ignore[attr-defined]

    def clean_user(self) -> User:
        """The user with this name, however it is written."""
        user = User.objects.filter(username=normalise_username(self.cleaned_data["user"])).first()
        if user is None:
            raise forms.ValidationError(_("没有这个用户名。"))
        return user


def permission_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Permissions by module, for a grouped <select>."""
    return [
        (str(manifest.name), [(permission.code, str(permission.label)) for permission in manifest.permissions])
        for manifest in registry
        if manifest.permissions
    ]


def explain(request: TenantRequest) -> HttpResponse:
    form = QuestionForm(
        request.GET if "permission" in request.GET else None, initial={"user": request.GET.get("user", "")}
    )
    suggested = User.objects.order_by("username").values_list("username", "display_name")[:SUGGESTED_USERS]
    context: dict[str, Any] = {"form": form, "suggested": suggested}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        user = selectors.get_user(asked["user"].pk)
        context |= {
            "asked_user": user,
            "decision": policy.explain(
                user, asked["permission"], asked["unit_path"] or None, modules=request.tenant.modules
            ),
            "permission_label": registry.permissions[asked["permission"]].label,
            "held": accounts.held_roles(user, accounts.unit_names(), _("全单位"), _("（已不存在的组织）")),
        }  # fmt: skip
    return render(request, "console/roles/explain.html", context)
