"""Building blocks for tests of yellow pages. Call within a tenant's scope."""

from __future__ import annotations

from datetime import time
from typing import Any

from jiceng.access.actor import Actor
from modules.yellowpages.models import Category, Entry
from modules.yellowpages.services import entries, prepare
from tests.factories.news import MONDAY

SYSTEM = Actor.system()
OFFICE = [(day, time(9), time(17)) for day in range(1, 6)]


def category(name: str = "食堂餐饮") -> Category:
    prepare()
    return Category.objects.get(name=name)


def make(name: str = "机关食堂", **fields: Any) -> Entry:
    given = {
        "category_id": category().pk, "name": name, "address": "和平路 1 号",
        "lines": [{"label": "值班", "number": "010-12345678"}], "openings": OFFICE, **fields,
    }  # fmt: skip
    return entries.create_entry(fields=given, actor=SYSTEM, at=MONDAY)  # type: ignore[arg-type]
