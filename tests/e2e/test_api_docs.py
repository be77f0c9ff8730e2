"""The API documentation page in a real browser: complete under the strict CSP, from this host alone, and usable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.server import live_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser):
    """A page that notes what went wrong and where it asked: ``page.faults``, ``page.hosts``."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    page.faults, page.hosts = [], set()
    page.on("console", lambda message: page.faults.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.hosts.add(request.url.split("/")[2] if "://" in request.url else "data"))
    return page


def is_fault(message) -> bool:
    """Errors but the one that Chromium makes of COOP without https, which only tests lack."""
    return message.type == "error" and not message.text.startswith(
        "The Cross-Origin-Opener-Policy header has been ignored"
    )


def test_the_page_shows_and_tries_the_api(page, fresh_tenant, api_key, tmp_path: Path):
    key = api_key(fresh_tenant, ["news.read"])
    with live_server(log=tmp_path / "server.log") as port:
        page.goto(f"http://{fresh_tenant.host}:{port}/api/docs/")
        page.wait_for_selector("#operations-modules-modules_list")
        page.click("button.authorize")
        page.fill(".auth-container input[type=text]", key)
        page.click(".auth-container button[type=submit]")
        page.click("button.btn-done")
        page.click("#operations-modules-modules_list .opblock-summary-control")
        page.click("#operations-modules-modules_list .try-out__btn")
        page.click("#operations-modules-modules_list .execute")
        page.wait_for_selector("#operations-modules-modules_list .live-responses-table .response-col_status")
        answer = page.inner_text("#operations-modules-modules_list .live-responses-table")
        assert '"results"' in answer, answer
        assert page.faults == []
        assert page.hosts <= {f"{fresh_tenant.host}:{port}", "data"}
