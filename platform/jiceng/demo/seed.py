"""Three tenants with people, articles and logins. May be repeated: what is there stays."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.html import escape

from jiceng.access.actor import Actor
from jiceng.access.models import ApiKey, User
from jiceng.access.services import create_key
from jiceng.files.services import store_image
from jiceng.kernel.clock import local_zone, now
from jiceng.members.models import Unit
from jiceng.members.services import link_user
from modules.news.models import Article
from modules.news.services import create_article, mark_read, publish_article
from tenants.context import platform_scope, tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module
from tenants.naming import credit_check_character
from tenants.provisioning import provision

from . import names, pictures
from .appraisal import ensure_appraisal
from .exams import ensure_exam
from .logins import Logins, ensure_login
from .office import ensure_office
from .people import Roster
from .points import ensure_points
from .study import ensure_study
from .volunteering import ensure_volunteering
from .yellowpages import ensure_yellowpages

DATA = Path(__file__).parent / "data"
TENANTS = ("bdc", "qingshan", "jiangnan")


def seed(known: Path | None) -> dict[str, Any]:
    """Make what is missing and return addresses and logins in the shape of ``.local/demo.json``."""
    logins = Logins(known)
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    with platform_scope():
        operator = ensure_login(
            username="operator", display_name="平台运营", role="operator", earlier=logins.earlier("operator", ""),
            with_totp=True,
        )  # fmt: skip
    public_host = f"{settings.BASE_DOMAIN}{port}"
    return {
        "base_url": f"http://127.0.0.1{port}",
        "public_host": public_host,
        "operator": {"url": f"http://{public_host}/ops/", **_login_only(operator)},
        "tenants": [seed_tenant(json.loads((DATA / f"{slug}.json").read_text("utf-8")), logins, port)
                    for slug in TENANTS],
    }  # fmt: skip


def _login_only(login: dict[str, str]) -> dict[str, str]:
    return {key: login[key] for key in ("username", "password", "totp_secret") if key in login}


def seed_tenant(data: dict[str, Any], logins: Logins, port: str) -> dict[str, Any]:
    """One tenant from its data file; each step only does what is missing."""
    tenant = ensure_tenant(data)
    slug = data["slug"]
    with tenant_scope(tenant):
        administrator = ensure_login(
            username="admin", display_name="系统管理员", role="administrator", with_totp=True,
            earlier=logins.earlier(slug, "administrator"),
        )  # fmt: skip
        member = ensure_login(
            username="member", display_name=names.people(1, seed=f"{slug}:member")[0], role="member", with_totp=False,
            earlier=logins.earlier(slug, "member"),
        )  # fmt: skip
        ensure_people(data)
        api_key = ensure_key(logins.known, slug)
    ensure_articles(tenant, data)
    with tenant_scope(tenant):
        secretary = ensure_office(slug, logins)
    ensure_study(tenant)
    ensure_exam(tenant)
    ensure_yellowpages(tenant)
    ensure_points(tenant)
    ensure_volunteering(tenant)
    ensure_appraisal(tenant)
    host = f"{slug}.{settings.BASE_DOMAIN}{port}"
    return {
        "slug": slug, "host": host, "administrator": _login_only(administrator), "member": _login_only(member),
        "secretary": _login_only(secretary),
        "api_key": api_key,
    }  # fmt: skip


def ensure_tenant(data: dict[str, Any]) -> Tenant:
    with platform_scope():
        found = Tenant.objects.filter(slug=data["slug"]).first()
    if found:
        return found
    first17 = f"12{abs(hash_of(data['slug'])) % 10**15:015d}"
    return provision(
        slug=data["slug"], name=data["name"], kind=data["kind"], administrator_name="系统管理员",
        credit_code=first17 + credit_check_character(first17),
    )  # fmt: skip


def hash_of(text: str) -> int:
    return Random(text).getrandbits(60)  # noqa: S311  not for secrets


@transaction.atomic
def ensure_people(data: dict[str, Any]) -> None:
    """The organisation tree and its people, and the member's own entry among them."""
    if Unit.objects.exists():
        return
    roster = Roster(data)
    roster.make()
    user = User.objects.get(username="member")
    person = roster.member(user.display_name)
    link_user(person_id=person.pk, user_id=user.pk, actor=roster.actor)


def ensure_key(known: dict[str, Any], slug: str) -> str:
    """A read-only key of another system; a new one when the earlier one is not known any more."""
    tenant: dict[str, Any] = next((item for item in known.get("tenants", ()) if item["slug"] == slug), {})
    if tenant.get("api_key") and ApiKey.objects.exists():
        return tenant["api_key"]
    _key, token = create_key(name="演示：门户网站对接", scopes=("news.read",), actor=Actor.system())
    return token


def ensure_articles(tenant: Tenant, data: dict[str, Any]) -> None:
    """Switch news on and publish the articles, the newest last, each a few days after the other."""
    with tenant_scope(tenant):
        if Article.objects.exists():
            return
    set_module(tenant_id=tenant.id, code="news", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        for position, article in enumerate(reversed(data["articles"])):
            _publish(article, age_in_days=(len(data["articles"]) - position) * 3 - 2, seed=data["slug"])


@transaction.atomic
def _publish(article: dict[str, Any], *, age_in_days: int, seed: str) -> None:
    author = Actor.for_user(User.objects.get(username="admin"))
    at = _office_hour(now() - timedelta(days=age_in_days), hash_of(article["title"]))
    cover = store_image(upload=pictures.cover(f"{seed}:{article['title']}"), actor=author)
    made = create_article(
        fields={
            "column": article["column"], "title": article["title"], "summary": article["summary"],
            "body": "".join(f"<p>{escape(text)}</p>" for text in article["paragraphs"]), "cover_id": cover.pk,
        },
        actor=author, at=at,
    )  # fmt: skip
    published = publish_article(article_id=made.pk, actor=author, at=at)
    if hash_of(article["title"]) % 2:
        mark_read(article=published, actor=Actor.for_user(User.objects.get(username="member")), at=now())


def _office_hour(day: datetime, number: int) -> datetime:
    """Some minute between nine and five of that day, where the people are."""
    return day.astimezone(local_zone()).replace(hour=9 + number % 8, minute=number % 60, second=0, microsecond=0)
