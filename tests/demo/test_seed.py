"""The demonstration can be made, and made again."""

from __future__ import annotations

import json

import pytest

from jiceng.demo.logins import Logins, ensure_login
from jiceng.demo.office import ensure_office
from jiceng.demo.seed import DATA, TENANTS, ensure_articles, ensure_people
from modules.news.models import Article, Circulation, Document, SignUp
from tenants.context import platform_scope, tenant_scope


@pytest.mark.parametrize("slug", TENANTS)
def test_a_tenant_is_furnished_once(hongqi, db, slug):
    data = json.loads((DATA / f"{slug}.json").read_text("utf-8"))
    logins = Logins(None)
    with tenant_scope(hongqi):
        for username, role in (("admin", "administrator"), ("member", "member")):
            ensure_login(username=username, display_name="某人", role=role, earlier=None, with_totp=False)
        ensure_people(data)
    with platform_scope():
        ensure_articles(hongqi, data)
    with tenant_scope(hongqi):
        assert ensure_office(slug, logins)["username"] == "secretary"
        counts = [model.objects.count() for model in (Article, Document, Circulation, SignUp)]
        assert all(counts)
        assert Circulation.objects.filter(signed_at=None).count() == 3
    with platform_scope():
        ensure_articles(hongqi, data)
    with tenant_scope(hongqi):
        ensure_office(slug, logins)
        assert [model.objects.count() for model in (Article, Document, Circulation, SignUp)] == counts
