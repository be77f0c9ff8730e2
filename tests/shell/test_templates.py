"""The content security policy allows no inline code or style and no other host: no template of the repository has any."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOTS = (settings.ROOT / "platform", settings.ROOT / "modules", settings.ROOT / "tenants")
TEMPLATES = sorted(
    path
    for root in ROOTS
    for path in root.rglob("*.html")
    if "templates" in path.parts or "module_template" in path.parts
)
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an htmx expression": re.compile(r"\bhx-on|\"js:|'js:"),
    "a javascript: link": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.ROOT)))
def test_template_obeys_the_policy(path: Path):
    text = COMMENT.sub("", path.read_text())
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_the_check_finds_each_fault():
    samples = {
        "a style attribute": '<p style="color:red">', "an inline style sheet": "<style>p{}</style>",
        "an inline script": "<script>go()</script>", "an event handler": '<a onclick="go()">',
        "an htmx expression": '<a hx-on:click="go()">', "a javascript: link": '<a href="javascript:go()">',
        "another host": '<img src="https://cdn.example.com/x.png">',
    }  # fmt: skip
    assert [what for what, sample in samples.items() if not FORBIDDEN[what].search(sample)] == []
    assert not FORBIDDEN["an inline script"].search('<script src="/static/jiceng/app.js" defer></script>')


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "templates" in path.parts], ids=lambda path: path.name)
def test_template_compiles(path: Path):
    parts = path.parts
    name = "/".join(parts[len(parts) - parts[::-1].index("templates") :])
    get_template(name)


def test_forms_that_post_carry_a_token():
    posting = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
    bare = [str(path) for path in TEMPLATES for body in posting.findall(path.read_text()) if "csrf_token" not in body]
    assert bare == []
