import pytest
from django.test import RequestFactory

from jiceng.shell import preferences


def post(**data):
    return preferences.change(RequestFactory().post("/preferences/", data))


def test_choice_is_remembered_in_a_cookie():
    response = post(mode="care", next="/news/?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/news/?page=2"
    assert response.cookies["jc_mode"].value == "care"
    assert response.cookies["jc_mode"]["samesite"] == "Lax"
    assert "jc_theme" not in response.cookies


@pytest.mark.parametrize("value", ["", "CARE", "../x", "normal; Path=/"])
def test_unknown_values_change_nothing(value):
    assert not post(mode=value, theme=value).cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", ""]
)
def test_leads_back_only_within_the_host(target):
    assert post(mode="care", next=target)["Location"] == "/"


def test_reading_ignores_forged_cookies():
    request = RequestFactory().get("/")
    request.COOKIES = {"jc_mode": '"><script>', "jc_theme": "dark"}
    assert preferences.read(request, "mode") == "normal"
    assert preferences.read(request, "theme") == "dark"


def test_only_posts():
    assert preferences.change(RequestFactory().get("/preferences/")).status_code == 405
