"""The examples in openapi/examples, built with generated clients, keep a mirror that ends equal to what the API says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.members import services as members
from jiceng.members.models import Person
from modules.news.models import Article, Column, State
from modules.news.services import publishing
from tenants.context import platform_scope, tenant_scope
from tenants.modules import set_module
from tests.factories.people import make_api_key
from tests.support.server import live_server

ROOT = Path(settings.ROOT)
EXAMPLES, TOOLS, DOCUMENT = ROOT / "openapi/examples", ROOT / "openapi/tools", ROOT / "openapi/tenant-v1.yaml"
SYSTEM = Actor.system()
STRICT = [
    "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--module", "nodenext", "--moduleResolution",
    "nodenext", "--target", "es2022", "--types", "node",
]  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def typescript(folder: Path) -> list[str]:
    """Types from the document, the example compiled against them as strictly as it goes; how to run it."""
    if not (TOOLS / "node_modules").exists():
        pytest.skip("openapi/tools is not installed: make openapi-lint does that")
    (folder / "node_modules").symlink_to(TOOLS / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(EXAMPLES / "mirror.ts", folder)
    binaries = TOOLS / "node_modules/.bin"
    run(str(binaries / "openapi-typescript"), str(DOCUMENT), "-o", "schema.d.ts", cwd=folder)
    run(str(binaries / "tsc"), *STRICT, "mirror.ts", cwd=folder)
    (folder / "loopback.cjs").write_text(
        "require('dns').lookup = (_host, options, done) =>"
        " options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)"
    )
    return ["node", "--require", "./loopback.cjs", "mirror.js"]


def python(folder: Path) -> list[str]:
    """The whole package from the document, compiled; how to run the example with it."""
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DOCUMENT), "--meta", "none"]
    run(*generator, "--output-path", "jiceng_client", cwd=folder)
    run(sys.executable, "-m", "compileall", "-q", "jiceng_client", cwd=folder)
    shutil.copy(EXAMPLES / "mirror.py", folder)
    (folder / "loopback.py").write_text(
        "import runpy, socket\nfind = socket.getaddrinfo\n"
        "socket.getaddrinfo = lambda host, *more, **also: find('127.0.0.1', *more, **also)\n"
        "runpy.run_path('mirror.py', run_name='__main__')\n"
    )
    return [sys.executable, "loopback.py"]


@pytest.fixture
def world(fresh_tenant):
    """Seven people and three articles, two of them published."""
    with tenant_scope(fresh_tenant), transaction.atomic():
        unit = members.create_unit(kind="party_branch", name="第一党支部", actor=SYSTEM)
        for name in ("王芳", "李强", "赵敏", "孙丽", "周杰", "吴刚", "郑爽"):
            members.create_person(name=name, unit_id=unit.pk, body="party", actor=SYSTEM)
        column = Column.objects.order_by("order").first() or Column.objects.create(code="news", name="要闻")
        for number in range(3):
            Article.objects.create(
                column=column, title=f"要闻{number}", body="<p>正文</p>", author_id="x", author_name="王芳",
                created_at=now(), updated_at=now(), published_at=now() if number else None, state=State.PUBLISHED if number else State.DRAFT,
            )  # fmt: skip
    with platform_scope():
        set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=SYSTEM)
    connection.close()
    return fresh_tenant


def change(tenant) -> None:
    """A newcomer, somebody who left, another name, and an article withdrawn."""
    with tenant_scope(tenant), transaction.atomic():
        members.create_person(name="冯娟", actor=SYSTEM)
        first, second = Person.objects.order_by("created_at")[:2]
        members.leave(person_id=first.pk, on=now().date(), reason="调离", actor=SYSTEM)
        members.update_person(person_id=second.pk, values={"name": "李强军"}, actor=SYSTEM)
        article = Article.objects.filter(state=State.PUBLISHED).first()
        publishing.withdraw_article(article_id=article.pk, reason="内容有误", actor=SYSTEM, at=now())
    connection.close()


def truth(client_for, tenant, key: str) -> dict:
    """What the API says now."""
    found = {}
    for name, path in (("people", "people?fields=id,name,state"), ("articles", "news/articles?fields=id,title,state")):
        answer = client_for(tenant, key=key).get(f"/api/v1/{path}&limit=100").json()
        assert answer["next"] is None
        found[name] = {row["id"]: row for row in answer["results"]}
    return found


@pytest.mark.parametrize("build", [python, typescript])
def test_a_mirror_ends_equal(build, world, client_for, tmp_path):
    command = build(tmp_path)
    key = make_api_key(world, ["members.read", "news.read", "webhooks.follow"])
    with live_server(log=tmp_path / "web.log") as port:
        environment = {
            "BASE": f"http://{world.host}:{port}/api/v1", "KEY": key, "STATE": str(tmp_path / "mirror.json"),
        }  # fmt: skip
        told = [run(*command, cwd=tmp_path, **environment)]
        first = json.loads((tmp_path / "mirror.json").read_text())
        assert {name: first[name] for name in ("people", "articles")} == truth(client_for, world, key)
        change(world)
        told.append(run(*command, cwd=tmp_path, **environment))
        second = json.loads((tmp_path / "mirror.json").read_text())
    assert second["position"] > first["position"]
    assert {name: second[name] for name in ("people", "articles")} == truth(client_for, world, key)
    assert [line.split(",")[0] for line in told] == ["7 people", "8 people"]
