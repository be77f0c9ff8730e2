"""Take the readme's picture from a running demonstration: ``make screenshots`` (needs Chromium)."""

from __future__ import annotations

import base64
import json
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from django_otp.oath import totp
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 844}
GAP, BACKGROUND = 24, (228, 230, 234)


def main(demo_file: Path) -> None:
    demo = json.loads(demo_file.read_text(encoding="utf-8"))
    domain = demo["public_host"].partition(":")[0]
    rules = f"--host-resolver-rules=MAP *.{domain} 127.0.0.1, MAP {domain} 127.0.0.1"
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, rules])
        pictures = [*phone_pictures(browser, demo["tenants"][0]), console_picture(browser, demo["tenants"][0])]
        browser.close()
    join(pictures).save(ROOT / "docs" / "images" / "overview.png", optimize=True)


def phone_pictures(browser: Browser, tenant: dict[str, Any]) -> list[Image.Image]:
    """The home page in normal mode and an article in care mode."""
    page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    sign_in(page, tenant, "member", "/")
    home = picture(page)
    page.click("a.item >> nth=0")
    page.click("button:has-text('关怀版')")
    page.wait_for_selector("html[data-mode=care]")
    return [home, picture(page)]


def console_picture(browser: Browser, tenant: dict[str, Any]) -> Image.Image:
    page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
    sign_in(page, tenant, "administrator", "/console/")
    page.fill("[name=code]", f"{totp(base64.b32decode(tenant['administrator']['totp_secret'])):06d}")
    page.click("main button.primary")
    page.goto(f"http://{tenant['host']}/console/")
    return picture(page)


def sign_in(page: Page, tenant: dict[str, Any], who: str, path: str) -> None:
    page.goto(f"http://{tenant['host']}/login/?next={path}")
    page.fill("[name=username]", tenant[who]["username"])
    page.fill("[name=password]", tenant[who]["password"])
    page.click("main button.primary")
    page.wait_for_load_state("networkidle")


def picture(page: Page) -> Image.Image:
    page.wait_for_load_state("networkidle")
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def join(pictures: list[Image.Image]) -> Image.Image:
    """The pictures side by side."""
    width = sum(picture.width + GAP for picture in pictures) + GAP
    sheet = Image.new("RGB", (width, max(picture.height for picture in pictures) + 2 * GAP), BACKGROUND)
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    return sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".local" / "demo.json")
