"""Refusals of pages: a page of our own for every status, a toast for htmx, and nothing that was not meant to be told."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory

from jiceng.kernel.errors import Conflict, Forbidden, Gone, TooMany, Unauthenticated, Unavailable
from jiceng.shell import errors


@pytest.fixture
def request_of():
    def make(path: str = "/somewhere/", **headers: str):
        request = RequestFactory().get(path, headers=headers)
        request.id = "0123456789abcdef"
        return request

    return make


@pytest.mark.parametrize("error", [Forbidden, Conflict, Gone, TooMany, Unavailable, Unauthenticated])
def test_a_refusal_is_a_page_with_its_sentence_and_the_request_id(request_of, error):
    response = errors.respond(request_of(), error("这是给人看的一句话。", secret="s3cret"))
    text = response.content.decode()
    assert response.status_code == error.status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "这是给人看的一句话。" in text
    assert "0123456789abcdef" in text
    assert "s3cret" not in text
    assert "style=" not in text


def test_waiting_is_told_in_seconds(request_of):
    assert errors.respond(request_of(), TooMany(retry_after=90))["Retry-After"] == "90"


def test_html_in_a_sentence_is_text(request_of):
    text = errors.respond(request_of(), Forbidden("<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in text


def test_htmx_gets_a_toast_and_swaps_nothing(request_of):
    response = errors.respond(request_of(**{"HX-Request": "true"}), Conflict("请刷新。"))
    assert (response.status_code, response["HX-Reswap"]) == (409, "none")
    assert json.loads(response["HX-Trigger"]) == {"toast": {"message": "请刷新。", "level": "error"}}


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.handler400, 400),
        (errors.handler403, 403),
        (errors.handler404, 404),
        (errors.handler500, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_djangos_handlers(request_of, handler, status):
    page, problem = handler(request_of()), handler(request_of("/api/v1/x"))
    assert (page.status_code, page["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert (problem.status_code, problem["Content-Type"]) == (status, "application/problem+json")


def test_csrf_failures_do_not_tell_why(request_of):
    response = errors.csrf_failure(request_of("/api/v1/x"), reason="Referer checking failed")
    assert json.loads(response.content)["code"] == "csrf_failed"
    assert b"Referer" not in response.content


def test_bodies_over_the_limit_are_413(request_of):
    from django.core.exceptions import RequestDataTooBig

    assert errors.handler400(request_of(), RequestDataTooBig()).status_code == 413


def test_a_page_is_had_even_when_templates_break(request_of, monkeypatch):
    def broken(_names):
        raise RuntimeError("no templates")

    monkeypatch.setattr(errors, "select_template", broken)
    response = errors.handler500(request_of())
    assert response.status_code == 500
    assert "0123456789abcdef" in response.content.decode()
    assert "no templates" not in response.content.decode()


def test_bare_responses_are_dressed_and_others_left_alone(request_of):
    bare = errors.dress(request_of(), HttpResponseNotAllowed(["POST"]))
    assert (bare.status_code, bare["Allow"]) == (405, "POST")
    assert "<h1>" in bare.content.decode()
    for kept in (HttpResponse("ok"), HttpResponse("my own page", status=404), HttpResponse(status=422)):
        assert errors.dress(request_of(), kept) is kept


def test_bare_responses_on_api_paths_become_problems(request_of):
    page = errors.dress(request_of("/api/v1/x"), HttpResponse("<h1>Not Found</h1>", status=404))
    assert page["Content-Type"] == "application/problem+json"
    own = HttpResponse("{}", status=404, content_type="application/problem+json")
    assert errors.dress(request_of("/api/v1/x"), own) is own


def test_unknown_hosts_get_a_page(client_for):
    response = client_for(None, host="nobody.jiceng.test").get("/")
    assert response.status_code == 404
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize(("accept", "language"), [("en", "en"), ("zh-CN", "zh-hans"), ("fr", "zh-hans")])
def test_refusals_before_the_language_is_known_still_speak_it(request_of, accept, language):
    text = errors.handler404(request_of(**{"Accept-Language": accept})).content.decode()
    assert f'<html lang="{language}"' in text


def test_a_lost_database_is_503_with_a_time_to_come_back(client_for, hongqi, monkeypatch):
    def lost(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("tenants.directory.find", lost)
    client = client_for(hongqi)
    client.raise_request_exception = False
    for path, kind in (("/", "text/html"), ("/api/v1/modules", "application/problem+json")):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["Content-Type"].startswith(kind)
        assert "server closed" not in answer.content.decode()
