"""模块设置: edit, look at the difference, save as a new version, go back to an old one."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import module_settings as store
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest
from tenants import module_settings as changes
from tenants.modules import ModuleUnknown

from . import settings_forms
from .submission import UNPROCESSABLE, form_page, page_url, submitted


class RestoreForm(forms.Form):
    version = forms.IntegerField(min_value=0)
    expected = forms.IntegerField(min_value=0)


def settings_edit(request: TenantRequest, code: str) -> HttpResponse:
    """The form; a POST shows the difference first (``stage=preview``) and writes it second (``stage=save``)."""
    manifest = _manifest(code)
    form_type = settings_forms.settings_form(manifest.settings)
    if request.method != "POST":
        form = form_type(initial={**dataclasses.asdict(store.read(code)), "version": _current_version(code)})
        return _edit_page(request, manifest, form)
    settings_forms.refuse_unknown(request.POST, manifest.settings)
    form = form_type(request.POST)
    stage = request.POST.get("stage")
    if stage == "edit":
        return _edit_page(request, manifest, form_type(initial={name: form[name].value() for name in form.fields}))
    if stage == "save":
        return _save(request, manifest, form)
    difference = submitted(form, lambda _clean: store.preview(code, form.values()))
    if difference is None:
        return _edit_page(request, manifest, form)
    return _preview_page(request, manifest, form, difference)


def settings_history(request: TenantRequest, code: str) -> HttpResponse:
    manifest = _manifest(code)
    versions = changes.list_versions(code)
    return render(request, "console/modules/history.html", {
        "module": manifest, "versions": _with_differences(manifest, versions),
        "current": versions[0].version if versions else 0, "crumbs": _crumbs(manifest, _("历史版本")),
    })  # fmt: skip


def settings_restore(request: TenantRequest, code: str) -> HttpResponse:
    manifest = _manifest(code)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return redirect(page_url("settings_history", code=manifest.code))
    version = changes.restore_settings(
        module=code, version=form.cleaned_data["version"], expected_version=form.cleaned_data["expected"],
        actor=request.actor,
    )  # fmt: skip
    told = _("已恢复为第 %(old)d 版的内容，并保存为第 %(new)d 版。")
    messages.success(request, told % {"old": form.cleaned_data["version"], "new": version.version})
    return redirect(page_url("settings_history", code=code))


def _save(request: TenantRequest, manifest: Manifest, form: settings_forms.SettingsForm) -> HttpResponse:
    version = submitted(
        form,
        lambda clean: changes.change_settings(
            module=manifest.code, values=form.values(), expected_version=clean["version"],
            actor=request.actor,
        ),
    )  # fmt: skip
    if version is None:
        return _edit_page(request, manifest, form)
    messages.success(request, _("设置已保存为第 %(version)d 版，立即生效。") % {"version": version.version})
    return redirect(page_url("settings_edit", code=manifest.code))


def _edit_page(request: TenantRequest, manifest: Manifest, form: settings_forms.SettingsForm) -> HttpResponse:
    return form_page(
        request, form, template="console/modules/settings.html", module=manifest,
        latest=store.latest_version(manifest.code), crumbs=_crumbs(manifest, _("设置")),
    )  # fmt: skip


def _preview_page(
    request: TenantRequest,
    manifest: Manifest,
    form: settings_forms.SettingsForm,
    difference: dict[str, tuple[Any, Any]],
) -> HttpResponse:
    """What would change. Somebody else's newer version is told here already, not only on saving."""
    is_stale = form.cleaned_data["version"] != _current_version(manifest.code)
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    before = {name: pair[0] for name, pair in difference.items()}
    after = {name: pair[1] for name, pair in difference.items()}
    return render(request, "console/modules/settings_preview.html", {
        "module": manifest, "form": form, "is_stale": is_stale, "count": len(difference),
        "before": settings_forms.readable(manifest.settings, before),
        "after": settings_forms.readable(manifest.settings, after),
        "posted": _posted(form), "crumbs": _crumbs(manifest, _("核对修改")),
    }, status=UNPROCESSABLE if is_stale else 200)  # fmt: skip


def _posted(form: settings_forms.SettingsForm) -> list[tuple[str, str]]:
    """The submitted values as they came, to be sent again from hidden fields."""
    return [(name, form.data[name]) for name in form.fields if name in form.data and name != "stage"]


def _with_differences(manifest: Manifest, versions: list[Any]) -> list[dict[str, Any]]:
    """Each version with what it changed against the one before."""
    rows = []
    for at, version in enumerate(versions):
        older = versions[at + 1].values if at + 1 < len(versions) else {}
        before = changes.complete_values(manifest.code, older)
        after = changes.complete_values(manifest.code, version.values)
        changed = [name for name in after if _plain(before[name]) != _plain(after[name])]
        rows.append({
            "version": version,
            "before": settings_forms.readable(manifest.settings, {name: before[name] for name in changed}),
            "after": settings_forms.readable(manifest.settings, {name: after[name] for name in changed}),
        })  # fmt: skip
    return rows


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _current_version(code: str) -> int:
    latest = store.latest_version(code)
    return latest.version if latest else 0


def _manifest(code: str) -> Manifest:
    manifest = registry.get(code)
    if manifest is None or not dataclasses.fields(manifest.settings):
        raise ModuleUnknown
    return manifest


def _crumbs(manifest: Manifest, here: str) -> list[tuple[str, str]]:
    return [
        (_("模块管理"), page_url("module_list")),
        (str(manifest.name), page_url("module_detail", code=manifest.code)),
        (here, ""),
    ]
