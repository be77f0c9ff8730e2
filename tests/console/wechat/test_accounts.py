"""Accounts at the desk: the look of the list, files as they come from WeChat, and accounts that were let go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.wechat.models import Account, Lane
from jiceng.wechat.services import accounts, checking
from jiceng.wechat.simulator.seeds import SECRET
from tenants.context import tenant_scope
from tests.support.client import HostClient
from tests.wechat.kit import SYSTEM

pytestmark = pytest.mark.django_db
NAME = "MP_verify_AbCd1234.txt"
FILES = "/console/wechat/files/"


def text(response) -> str:
    return response.content.decode()


def test_the_list_tells_what_the_check_found(desk, connect, hongqi):
    account = connect(with_template=False)
    assert "还没有检查" in text(desk.get("/console/wechat/"))
    with tenant_scope(hongqi):
        rows = checking.check(account_id=account.pk, actor=SYSTEM, at=now())
        count = sum(row["state"] != "ok" for row in rows)
    assert f"{count} 项要处理" in text(desk.get("/console/wechat/"))
    with tenant_scope(hongqi):
        Account.objects.update(check_result=[{**row, "state": "ok"} for row in rows])
    assert "全部正常" in text(desk.get("/console/wechat/"))


def test_a_paused_lane_is_named_in_words(desk, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        Lane.objects.create(
            account=account, channel="template", paused_until=now() + timedelta(hours=1), pause_reason="今日已达上限"
        )
    page = text(desk.get("/console/wechat/"))
    assert "模板消息 暂停发送：今日已达上限" in page


class TestFiles:
    @pytest.mark.parametrize("content", [b"AbCd1234", b"AbCd1234\r\n", b"\xef\xbb\xbfAbCd1234"])
    def test_the_file_as_downloaded(self, desk, hongqi, content):
        assert desk.post(FILES, {"upload": SimpleUploadedFile(NAME, content)}).status_code == 302
        assert HostClient(hongqi).get(f"/{NAME}").content == b"AbCd1234"

    @pytest.mark.parametrize(("name", "content"), [
        ("index.html", b"AbCd1234"), (NAME, b"<script>"), (NAME, b"\x00\xff"), (NAME, b"A" * 5000), (NAME, b""),
    ])  # fmt: skip
    def test_other_files(self, desk, hongqi, name, content):
        assert desk.post(FILES, {"upload": SimpleUploadedFile(name, content)}).status_code == 422
        assert HostClient(hongqi).get(f"/{NAME}").status_code == 404

    def test_nothing_given(self, desk):
        assert desk.post(FILES, {}).status_code == 422

    @pytest.mark.parametrize("name", ["", NAME, "\x00", "x" * 500])
    def test_removing_what_is_not_there_leaves_no_trace(self, desk, hongqi, name):
        assert desk.post(f"{FILES}remove/", {"name": name}).status_code == 302
        with tenant_scope(hongqi):
            assert not AuditEntry.objects.filter(action="wechat.file.withdrawn").exists()


class TestLetGo:
    @pytest.fixture
    def gone(self, connect, hongqi):
        account = connect()
        with tenant_scope(hongqi):
            accounts.disable(account_id=account.pk, actor=SYSTEM)
            account.refresh_from_db()
        return account

    def test_no_secret_comes_back(self, desk, gone, hongqi):
        base = f"/console/wechat/accounts/{gone.pk}/"
        given = {"name": "又用", "secret": SECRET, "crypt_mode": "secure", "version": gone.version}
        assert desk.post(f"{base}edit/", given).status_code == 409
        assert desk.post(f"{base}callback/").status_code == 409
        assert desk.post(f"{base}check/").status_code == 409
        with tenant_scope(hongqi):
            account = Account.objects.get()
        assert (account.name == "又用", account.secret_sealed, account.callback_sealed) == (False, None, None)

    def test_its_page_offers_nothing_to_do(self, desk, gone):
        page = text(desk.get(f"/console/wechat/accounts/{gone.pk}/"))
        assert "已停用" in page
        for path in ("edit", "check", "callback", "disable"):
            assert f"/accounts/{gone.pk}/{path}/" not in page
