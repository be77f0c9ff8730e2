"""A week at the office: a document going round the branches, a notice to confirm, an activity, a case, comments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.services import assign_role, create_user
from jiceng.kernel.clock import local_zone, now, today
from jiceng.members.models import Person, PersonState, Unit
from jiceng.members.services import create_tag, give_tag, link_user
from modules.news.models import Article, Document
from modules.news.services import create_article, publish_article
from modules.news.services.activities_signing import sign_up
from modules.news.services.documents import sign
from modules.news.services.voices import write_comment

from .logins import Logins, ensure_login

UNSIGNED = 3


@transaction.atomic
def ensure_office(slug: str, logins: Logins) -> dict[str, str]:
    """What a tenant's phone and console show beside news; returns the login of the first branch's secretary."""
    branches = list(Unit.objects.filter(kind="party_branch", dissolved_on=None).order_by("path"))
    linked = Person.objects.filter(user__username="secretary").first()
    login = ensure_login(
        username="secretary", display_name=(linked or _candidate(branches[0])).name, role="member", with_totp=False,
        earlier=logins.earlier(slug, "secretary"),
    )  # fmt: skip
    if not Document.objects.exists():
        chosen = {branch: _candidate(branch) for branch in branches}
        secretaries = {branch: _secretary(branch, person, n) for n, (branch, person) in enumerate(chosen.items())}
        _circulate(branches, secretaries)
        _announce(branches[0])
        _invite(secretaries)
        _tell_a_case(branches[-1])
    return login


def _candidate(branch: Unit) -> Person:
    people = Person.objects.filter(memberships__unit__path__startswith=branch.path, state=PersonState.ACTIVE, user=None)
    return people.order_by("pinyin", "pk")[0]


def _secretary(branch: Unit, person: Person, number: int) -> Actor:
    """The first has a known login; the others' passwords are known to nobody."""
    user = User.objects.filter(username="secretary").first() if not number else None
    user = user or create_user(
        username=f"zhibu{number:02}", password=secrets.token_urlsafe(24), display_name=person.name, roles=("member",),
        actor=Actor.system(),
    )  # fmt: skip
    link_user(person_id=person.pk, user_id=user.pk, actor=Actor.system())
    assign_role(user=user, role="secretary", actor=Actor.system(), unit_path=branch.path)
    return Actor.for_user(user)


def _circulate(branches: list[Unit], secretaries: Mapping[Unit, Actor]) -> None:
    at = now() - timedelta(days=2)
    document = _publish(
        "documents", "关于开好年度组织生活会的通知", at,
        "各党支部：请于本月底前召开年度组织生活会，会前开展谈心谈话，会后一周内报送会议记录。",
        details={
            "number": f"机党发〔{today().year}〕12号", "issuer": "机关党委", "urgency": "urgent",
            "issued_on": str(today() - timedelta(days=2)), "sign_by": (now() + timedelta(days=3)).isoformat(),
            "units": [str(branch.pk) for branch in branches],
        },
    )  # fmt: skip
    for number, branch in enumerate(branches[:-UNSIGNED]):
        sign(
            article_id=document.pk, unit_id=branch.pk, actor=secretaries[branch], at=at + timedelta(hours=number + 1),
            opinion="" if number else "已安排在下周三召开。",
        )  # fmt: skip


def _announce(branch: Unit) -> None:
    tag = create_tag(name="青年理论学习小组", note="每月第一周集中学习", actor=Actor.system(), at=now())
    people = Person.objects.filter(memberships__unit=branch, state=PersonState.ACTIVE).values_list("pk", flat=True)[:6]
    give_tag(tag_id=tag.pk, person_ids=list(people), actor=Actor.system())
    notice = _publish(
        "releases", "关于调整窗口工作时间的通知", now() - timedelta(hours=20), "自下月一日起，登记窗口周六上午照常办理业务。",
        needs_confirmation=True, confirm_by=now() + timedelta(days=2), allows_comments=True, is_pinned=True,
    )  # fmt: skip
    for username, words in (("member", "收到，周六轮班表什么时候出？"), ("secretary", "轮班表明天发到各支部。")):
        actor = Actor.for_user(User.objects.get(username=username))
        write_comment(article_id=notice.pk, text=words, actor=actor, at=now() - timedelta(hours=3))


def _invite(secretaries: Mapping[Unit, Actor]) -> None:
    day = today() + timedelta(days=5)
    starts, ends = (datetime.combine(day, time(hour), tzinfo=local_zone()) for hour in (9, 11))
    activity = _publish(
        "notices", "“清洁家园”志愿服务活动", now() - timedelta(days=1), "请着便装，工具现场领取，结束后统一返回。",
        details={
            "starts_at": starts.isoformat(), "ends_at": ends.isoformat(), "place": "湿地公园南门", "takes_sign_ups": True,
            "sign_up_until": (starts - timedelta(days=1)).isoformat(), "capacity": 20,
        },
    )  # fmt: skip
    for number, actor in enumerate(list(secretaries.values())[:4]):
        sign_up(article_id=activity.pk, actor=actor, at=now() - timedelta(hours=20 - number))


def _tell_a_case(branch: Unit) -> None:
    _publish(
        "cases", "把登记窗口搬进老旧小区", now() - timedelta(days=4), "",
        details={
            "background": "老旧小区住户多、资料不全，跑一趟窗口常常办不成。", "tags": ["上门服务", "老旧小区"],
            "practice": "支部党员组成流动小组，每周三带设备进小区，当场核对资料、当场受理。",
            "effect": "三个月受理二百余件，平均等候时间从四十分钟降到十分钟。", "credited_unit": str(branch.pk),
        },
    )  # fmt: skip


def _publish(column: str, title: str, at: datetime, text: str, **more: Any) -> Article:
    author = Actor.for_user(User.objects.get(username="admin"))
    fields = {
        "column": column,
        "title": title,
        "summary": text[:60],
        **({"body": f"<p>{text}</p>"} if text else {}),
        **more,
    }
    made = create_article(fields=fields, actor=author, at=at)  # type: ignore[arg-type]
    # Only the system may skip the review that columns of contributions ask for.
    publisher = Actor.system() if made.column.needs_review else author
    return publish_article(article_id=made.pk, actor=publisher, at=at)
