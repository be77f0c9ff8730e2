"""docs/guide/integration.md does what it says: every curl command is run and must be answered with the status it names."""

from __future__ import annotations

import re
import shlex
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from jiceng.webhooks import signing

GUIDE = Path(settings.ROOT) / "docs" / "guide" / "integration.md"
COMMAND = re.compile(r"^(curl .*?)\s+# (\d{3})$", re.MULTILINE)


def commands() -> list[tuple[str, int]]:
    return [(command, int(status)) for command, status in COMMAND.findall(GUIDE.read_text(encoding="utf-8"))]


def send(client, command: str, key: str):
    """Run one curl command through the test client."""
    words = shlex.split(command.replace("$HOST", "host").replace("$KEY", key))[1:]
    method, headers, body, address = "GET", {}, "", ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            address = word
    parts = urlsplit(address)
    return client.generic(
        method, f"{parts.path}?{parts.query}", body.encode(), content_type=headers.pop("Content-Type", ""), headers=headers
    )  # fmt: skip


def test_every_command_of_the_guide_is_marked_with_its_answer():
    assert GUIDE.read_text(encoding="utf-8").count("\ncurl ") == len(commands()) > 10


def test_the_guide_is_true(make_articles, client_for, api_key, hongqi, article_count):
    make_articles(hongqi, 3)
    key = api_key(hongqi, ["news.read", "news.publish", "members.read", "members.manage", "webhooks.manage", "webhooks.follow"])
    for command, status in commands():
        response = send(client_for(hongqi), command, key)
        assert response.status_code == status, f"{command}\n{response.content.decode()}"
    assert article_count() == 4


@pytest.mark.parametrize("path", re.findall(r"`(/api/[^`]*)`", GUIDE.read_text(encoding="utf-8")))
def test_addresses_in_the_text_exist(client_for, hongqi, path):
    if path not in ("/api/v1/", "/api/v2/"):
        assert client_for(hongqi).get(path).status_code == 200


def test_the_guides_signature_check_is_right():
    code = re.search(r"```python\n(import base64.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    made: dict = {}
    exec(code, made)
    secret, stamp = signing.new_secret(), str(int(time.time()))
    body = '{"type":"news.article.published","data":{"title":"植树"}}'.encode()
    signature = signing.sign(secret, b".".join([b"0190", stamp.encode(), body]))
    headers = {"webhook-id": "0190", "webhook-timestamp": stamp, "webhook-signature": f"v1,{'A' * 43}= {signature}"}
    assert made["is_ours"](secret, headers, body) is True
    assert made["is_ours"](secret, headers, body + b" ") is False
    assert made["is_ours"](signing.new_secret(), headers, body) is False
    assert made["is_ours"](secret, {**headers, "webhook-timestamp": str(int(stamp) - 301)}, body) is False
