"""The UI kit's template tags; see docs/reference/ui-kit.md. ``{% load jiceng %}``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import segno
from django import forms, template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jiceng.shell import charts, formats, icons

register = template.Library()

register.simple_tag(charts.bar_chart, name="bar_chart")
register.simple_tag(charts.line_chart, name="line_chart")
register.simple_tag(charts.donut_chart, name="donut_chart")
register.filter("filesize", formats.filesize)
register.filter("masked_phone", formats.masked_phone)
register.filter("number", formats.number)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "newspaper" %}``; with ``label`` it is announced, otherwise decorative."""
    return icons.svg(name, label=label, css=css)


# --- Times, in the tenant's zone --------------------------------------------------------------------------------------
@register.filter
def day(value: datetime | date | None) -> str:
    return formats.day(value, now=timezone.now())


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value, now=timezone.now())


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """“3 分钟前” in a <time> that carries the exact moment."""
    if value is None:
        return ""
    now = timezone.now()
    exact = formats.moment(value, now=now)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, formats.ago(value, now=now)
    )


# --- People -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def avatar(name: str | None) -> SafeString:
    return format_html(
        '<span class="avatar {}" aria-hidden="true">{}</span>', formats.colour_class(name), formats.initial(name)
    )


# --- Links ------------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def query_replace(context: template.Context, **changes: Any) -> str:
    """The current query string with some parameters changed: ``?…``. ``None`` or ``""`` removes one."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is None:
        return "?"
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("jiceng/parts/sort.html", takes_context=True)
def sort_header(context: template.Context, name: str, label: str, css: str = "") -> dict[str, Any]:
    """A <th> that orders the list by ``name`` through ``?ordering=name`` / ``-name``; drops the cursor."""
    request: HttpRequest | None = context.get("request")
    current = request.GET.get("ordering", "") if request is not None else ""
    direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
    wanted = f"-{name}" if current == name else name
    url = query_replace(context, ordering=wanted, cursor=None)
    return {"label": label, "url": url, "direction": direction, "css": css}


@register.inclusion_tag("jiceng/parts/pager.html", takes_context=True)
def pager(
    context: template.Context, next: str | None = None, previous: str | None = None, count: int | None = None
) -> dict[str, Any]:
    """Links to the neighbouring pages of a list; ``next`` and ``previous`` are cursors for ``?cursor=``."""
    return {
        "next_url": query_replace(context, cursor=next) if next else "",
        "previous_url": query_replace(context, cursor=previous) if previous else "",
        "count": count,
    }


@register.inclusion_tag("jiceng/h5/load_more.html", takes_context=True)
def load_more(context: template.Context, next: str | None = None, target: str = "#feed") -> dict[str, Any]:
    """The phone's “加载更多”: a link to the next page that htmx turns into appending. ``next``: a cursor or None."""
    return {"url": query_replace(context, cursor=next) if next else "", "target": target}


# --- Forms ------------------------------------------------------------------------------------------------------------
_KINDS: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.HiddenInput,), "hidden"),
    ((forms.CheckboxSelectMultiple, forms.RadioSelect), "group"),
    ((forms.CheckboxInput,), "checkbox"),
)


@register.simple_tag
def field(bound: BoundField, css: str = "", compact: bool = False, suffix: str = "") -> SafeString:
    """A bound field: label, control, help and errors, tied together for screen readers.

    ``compact``: for filter bars. ``suffix``: fixed text behind the control, e.g. a domain.
    """
    widget = bound.field.widget
    kind = next((kind for types, kind in _KINDS if isinstance(widget, types)), "input")
    described = [f"{bound.auto_id}-help"] if bound.help_text and not compact else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attrs: dict[str, Any] = {}
    if kind == "input":
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    if described and kind != "group":
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    context = {
        "field": bound, "kind": kind, "css": css, "compact": compact, "suffix": suffix,
        "control": bound.as_widget(attrs=attrs), "described": " ".join(described),
        "required": bound.field.required and not compact,
    }  # fmt: skip
    return render_to_string("jiceng/parts/field.html", context)


@register.inclusion_tag("jiceng/parts/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, and how many fields need attention. Nothing when it is fine."""
    return {"form": form, "faults": len([name for name in form.errors if name != NON_FIELD_ERRORS])}


@register.inclusion_tag("jiceng/parts/form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """Every field of a form, one below the other, errors of the whole first."""
    return {"form": form}


@register.inclusion_tag("jiceng/parts/switch.html", takes_context=True)
def switch(
    context: template.Context,
    url: str,
    on: bool,
    label: str,
    name: str = "on",
    target: str = "",
    disabled: bool = False,
) -> dict[str, Any]:
    """A switch that POSTs ``<name>=1`` or ``0`` to ``url``. With ``target`` htmx replaces that element."""
    return {
        "url": url, "on": on, "label": label, "name": name, "target": target, "disabled": disabled,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


# --- Blocks -----------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def page_header(content: str, title: str, note: str = "") -> SafeString:
    """``{% page_header _("成员") %}buttons{% endpage_header %}``: the page's <h1> with its actions."""
    return render_to_string(
        "jiceng/parts/page_header.html", {"title": title, "note": note, "actions": SafeString(content.strip())}
    )


@register.simple_block_tag
def card(content: str, title: str = "", css: str = "", id: str = "") -> SafeString:
    """``{% card title=_("最近登录") css="pad" %}…{% endcard %}``."""
    return render_to_string("jiceng/parts/card.html", {"title": title, "css": css, "id": id, "content": content})


@register.simple_block_tag(takes_context=True)
def filters(context: template.Context, content: str, target: str = "#results") -> SafeString:
    """A filter form (GET). Typing refreshes ``target`` in place; without JavaScript there is a button."""
    request: HttpRequest | None = context.get("request")
    shown = {"url": request.path if request is not None else "", "target": target, "content": content}
    return render_to_string("jiceng/parts/filters.html", shown)


@register.simple_block_tag
def empty(content: str, title: str = "", icon: str = "inbox") -> SafeString:
    """What stands where a list has nothing to show; the block is a hint or a button."""
    shown = {"title": title or _("这里还没有内容"), "icon": icon, "content": SafeString(content.strip())}
    return render_to_string("jiceng/parts/empty.html", shown)


@register.inclusion_tag("jiceng/parts/stat.html")
def stat(label: str, value: Any, tone: str = "", note: str = "", url: str = "") -> dict[str, Any]:
    """A number with its name, inside ``<div class="tiles">``. ``tone``: ok, bad, gold or accent."""
    shown = formats.number(value) if isinstance(value, int | float) else value
    return {"label": label, "value": shown, "tone": tone, "note": note, "url": url}


@register.inclusion_tag("jiceng/parts/diff.html")
def diff(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """Two states side by side; only keys that differ."""
    old, new = before or {}, after or {}
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {"rows": [(key, formats.plain(old.get(key)), formats.plain(new.get(key))) for key in keys]}


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """``tone``: ok, bad, info, gold, accent or nothing for grey."""
    return format_html('<span class="badge {}">{}</span>', tone, text)


@register.simple_tag
def qr(text: str, label: str = "") -> SafeString:
    """A QR code of ``text`` as inline SVG, black on white in every theme."""
    drawing = segno.make(text, error="m").svg_inline(
        scale=4, border=2, dark="#000", svgclass=None, lineclass="dark", omitsize=True
    )
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', label or _("二维码"), SafeString(drawing))
