"""Sign-up through the pages: the form tells what is wrong, the progress page tells how far it is."""

import re

import pytest
from django.conf import settings
from django.utils.html import escape

from tenants.context import platform_scope
from tenants.models import SignupRequest
from tenants.naming import credit_check_character

FIRST17 = "12110000MB0000001"
GOOD = {
    "organisation": "某市不动产登记服务中心", "kind": "service_centre", "credit_code": FIRST17 + credit_check_character(FIRST17),
    "slug": "bdc-zhongxin", "contact_name": "王芳", "contact_phone": "13800000227", "contact_email": "wang@example.com",
    "administrator_name": "李明",
}  # fmt: skip


@pytest.fixture
def visitor(client_for):
    return client_for(None)


@pytest.fixture
def by_hand(settings):
    """Operators decide: nothing is provisioned."""
    settings.SIGNUP_APPROVAL = "manual"


def _count() -> int:
    with platform_scope():
        return SignupRequest.objects.count()


def test_form_has_a_labelled_control_for_every_field(visitor):
    html = visitor.get("/signup/").content.decode()
    controls = dict(re.findall(r'<(?:input|select)[^>]*name="(\w+)"[^>]*id="(\w+)"', html))
    assert set(GOOD) <= set(controls)
    assert [name for name in GOOD if f'<label for="{controls[name]}">' not in html] == []


def test_good_form_leads_to_its_progress(visitor, by_hand):
    response = visitor.post("/signup/", GOOD)
    assert response.status_code == 302
    html = visitor.get(response["Location"]).content.decode()
    assert "某市不动产登记服务中心" in html
    assert "等待平台审核" in html
    assert "/invite/" not in html
    for secret in (GOOD["contact_phone"], GOOD["contact_email"]):
        assert secret not in html


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("organisation", "", "必填项"),
        ("organisation", "长" * 101, "100"),
        ("kind", "no-such-kind", "no-such-kind"),
        ("credit_code", FIRST17 + "!", "18 位"),
        ("credit_code", FIRST17 + ("0" if GOOD["credit_code"][-1] != "0" else "1"), "校验位"),
        ("slug", "Bad Slug", "小写字母"),
        ("slug", "admin", "保留"),
        ("slug", "adm1n", "太相似"),
        ("slug", "hongqi", "已被使用"),
        ("contact_phone", "12345", "手机号"),
        ("contact_email", "not-an-address", "邮箱"),
    ],
)
def test_each_fault_is_told_at_its_field_and_nothing_is_stored(visitor, by_hand, name, value, message):
    before = _count()
    response = visitor.post("/signup/", {**GOOD, name: value})
    html = response.content.decode()
    assert response.status_code in (409, 422)
    fault = re.search(rf'id="id_{name}-error">(.*?)</div>', html, re.DOTALL)
    assert fault, name
    assert message in fault.group(1)
    assert _count() == before
    assert escape(GOOD["administrator_name"]) in html  # what was typed is kept


def test_all_faults_are_told_at_once(visitor, by_hand):
    html = visitor.post(
        "/signup/", {**GOOD, "organisation": "", "credit_code": "123", "slug": "admin"}
    ).content.decode()
    assert set(re.findall(r'id="id_(\w+)-error"', html)) == {"organisation", "credit_code", "slug"}


def test_typed_markup_is_escaped(visitor, by_hand):
    html = visitor.post("/signup/", {**GOOD, "organisation": "<script>alert(1)</script>", "slug": "x"}).content.decode()
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("slug", "message"),
    [("bdc-zhongxin", "可以使用"), ("hongqi", "已被使用"), ("admin", "保留"), ("adm1n", "太相似"), ("a", "小写字母"),
     ("<script>", "小写字母"), ("", "")],
)  # fmt: skip
def test_slug_is_checked_while_typing(visitor, slug, message):
    response = visitor.get("/signup/slug/", {"slug": slug})
    assert response.status_code == 200
    assert message in response.content.decode()
    assert "<script>" not in response.content.decode()


def test_unknown_progress_is_not_found(visitor):
    assert visitor.get("/signup/no-such-token/").status_code == 404


def test_refused_sign_up_shows_why(visitor, by_hand):
    location = visitor.post("/signup/", GOOD)["Location"]
    with platform_scope():
        SignupRequest.objects.filter(slug=GOOD["slug"]).update(state="refused", reason="名称与代码不符。")
    html = visitor.get(location).content.decode()
    assert "名称与代码不符。" in html
    assert 'hx-trigger="every' not in html


def test_ready_sign_up_shows_the_way_in(visitor):
    response = visitor.post("/signup/", GOOD)
    html = visitor.get(response["Location"]).content.decode()
    if "正在开通" in html:
        pytest.skip("no spare schema is in stock")
    token = response["Location"].rstrip("/").rsplit("/", 1)[1]
    assert f"http://{GOOD['slug']}.{settings.BASE_DOMAIN}/invite/{token}/" in html
    assert 'role="img" aria-label="管理员邀请链接的二维码"' in html


def test_too_many_sign_ups_from_one_address(visitor, by_hand, settings):
    settings.SIGNUPS_PER_HOUR = 1
    assert visitor.post("/signup/", GOOD).status_code == 302
    before = _count()
    response = visitor.post("/signup/", {**GOOD, "slug": "bdc-er"})
    assert response.status_code == 429
    assert _count() == before


def test_forged_post_is_refused(client_for, by_hand):
    before = _count()
    assert client_for(None, enforce_csrf_checks=True).post("/signup/", GOOD).status_code == 403
    assert _count() == before
