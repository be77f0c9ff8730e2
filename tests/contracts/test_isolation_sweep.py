"""I-1, I-2, I-3: the sweep over every operation, in both directions; I-4: it finds leaks that were planted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from rest_framework.response import Response

from jiceng.kernel import context
from jiceng.kernel.registry import registry
from modules.news.api.articles import ArticleViewSet
from modules.news.models import Article, Column
from tenants import directory
from tenants.context import scope_of, tenant_scope
from tests.factories import make_api_key
from tests.support.seed import canary, seed
from tests.support.sweep import Report, Sweep, targets

WANTED_PROBES = 10_000
REPORT = Path(settings.ROOT) / ".local" / "sweep.json"


@pytest.fixture
def sweep_of(db, hongqi, dongfeng, people):
    """``sweep_of(home, other)``: both tenants full of canaries, ready to be probed."""
    ids = {}
    for tenant in (hongqi, dongfeng):
        with tenant_scope(tenant):
            ids[tenant.id] = seed(tenant.slug, rows=2)

    def make(home, other) -> Sweep:
        staff = people(home)
        key = make_api_key(home, list(registry.permissions))
        return Sweep(home, other, ids[other.id], staff.secretary, staff.member, key)

    return make


@pytest.mark.parametrize("direction", ["hongqi", "dongfeng"])
def test_nothing_of_the_other_tenant_is_seen_or_changed(sweep_of, hongqi, dongfeng, direction):
    home, other = (hongqi, dongfeng) if direction == "hongqi" else (dongfeng, hongqi)
    chosen, started = targets(), time.monotonic()
    report = sweep_of(home, other).run(chosen)
    seconds = time.monotonic() - started
    _write(direction, report, seconds)
    assert set(report.by_target) == {str(target) for target in chosen}, "an operation was not probed"
    assert report.leaks == []
    assert report.changed == []
    assert report.errors == []
    assert report.probes * 2 >= WANTED_PROBES, f"{report.probes} probes one way; add variants"


def _write(direction: str, report, seconds: float) -> None:
    """One line per operation, for people who want to see what was asked."""
    REPORT.parent.mkdir(exist_ok=True)
    known = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    known[direction] = {
        "probes": report.probes, "seconds": round(seconds, 1), "leaks": len(report.leaks), "changed": len(report.changed),
        "errors": len(report.errors), "statuses": dict(sorted(report.statuses.items())), "operations": dict(report.by_target),
    }  # fmt: skip
    REPORT.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\n{direction}: {report.probes} probes of {len(report.by_target)} operations in {seconds:.0f} s, "
          f"{len(report.leaks)} leaks, {len(report.changed)} changes, {len(report.errors)} errors")  # fmt: skip


def test_own_lists_hold_exactly_ones_own_rows(sweep_of, client_for, hongqi, dongfeng, people):
    """I-3: every list of the API, as its tenant: as many rows as the tenant has, none more."""
    sweep_of(hongqi, dongfeng)
    with tenant_scope(hongqi):
        expected = {"articles": set(map(str, Article.objects.values_list("id", flat=True))),
                    "columns": set(map(str, Column.objects.values_list("id", flat=True)))}  # fmt: skip
    client = client_for(hongqi).login_as(people(hongqi).secretary)
    for name, ids in expected.items():
        rows = client.get(f"/api/v1/news/{name}?limit=100").json()["results"]
        assert {row["id"] for row in rows} == ids, name


# --- I-4: leaks planted on purpose. Each takes the original ``list`` and the tenant that must stay unseen. -------------


def header_switch(original, other):
    def leaky(view, request, *args, **kwargs):
        if host := request.headers.get("X-Tenant"):
            with tenant_scope(directory.find(host)):
                return original(view, request, *args, **kwargs)
        return original(view, request, *args, **kwargs)

    return leaky


def scope_left_open(original, other):
    def leaky(view, request, *args, **kwargs):
        context._scope.set(scope_of(other))
        return original(view, request, *args, **kwargs)

    return leaky


def unscoped_cache_key(original, other):
    cache = caches["landlord"]
    with tenant_scope(other):
        cache.set("articles", list(Article.objects.values_list("title", flat=True)))
    return lambda view, request, *args, **kwargs: Response({"results": cache.get("articles")})


def shared_file_path(original, other):
    default_storage.delete("shared/notice.txt")
    default_storage.save("shared/notice.txt", ContentFile(f"{canary(other.slug)}-file".encode()))
    return lambda view, request, *args, **kwargs: Response({"results": default_storage.open("shared/notice.txt").read().decode()})


def job_in_the_wrong_tenant(original, other):
    def leaky(view, request, *args, **kwargs):
        with tenant_scope(other):  # what a task does that believes a scope it was not given
            Column.objects.update(order=7)
        return Response({}, status=202)

    return leaky


def sql_with_a_schema(original, other):
    def leaky(view, request, *args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT title FROM "{other.schema_name}"."news_article"')
            return Response({"results": cursor.fetchall()})

    return leaky


PLANTS = (header_switch, scope_left_open, unscoped_cache_key, shared_file_path, job_in_the_wrong_tenant, sql_with_a_schema)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_planted_leak_is_found(sweep_of, hongqi, dongfeng, monkeypatch, plant):
    sweep = sweep_of(hongqi, dongfeng)
    lists = [target for target in targets() if target.template == "/api/v1/news/articles"]
    assert sweep.run(lists).is_clean
    name = "create" if plant is job_in_the_wrong_tenant else "list"
    monkeypatch.setattr(ArticleViewSet, name, plant(getattr(ArticleViewSet, name), dongfeng))
    sweep.report = Report()
    assert not sweep.run(lists).is_clean, "the planted leak went unseen"
