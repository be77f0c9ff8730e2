"""Yellow pages in the demonstration: what colleagues ask for most."""

from __future__ import annotations

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now
from modules.yellowpages.models import Category, Entry
from modules.yellowpages.services import cleaning
from modules.yellowpages.services.entries import create_entry
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.modules import set_module

ENTRIES = (
    ("食堂餐饮", "机关食堂", "010-55550101", "和平路 1 号负一层", "一至五 07:00-08:30 11:30-13:00 17:00-18:30", "刷饭卡或扫码。", False),
    ("医疗健康", "社区卫生服务站", "010-55550120", "胜利街 12 号", "一至日 08:00-17:30", "常见病门诊、慢性病取药、疫苗接种。", True),
    ("维修服务", "后勤报修", "010-55550133", "和平路 1 号后院", "一至五 08:30-17:30", "水电、门锁、空调。", False),
    ("政务窗口", "不动产登记窗口", "010-55550166", "和平路 1 号一楼大厅", "一至五 09:00-17:00；六 09:00-12:00", "登记、查询、发证。", True),
    ("热线电话", "便民服务热线", "12345", "", "", "咨询、求助、投诉、建议。", True),
)  # fmt: skip


def ensure_yellowpages(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        if Entry.objects.exists():
            return
    set_module(tenant_id=tenant.id, code="yellowpages", is_on=True, actor=Actor.system())
    with tenant_scope(tenant):
        _make()


@transaction.atomic
def _make() -> None:
    author = Actor.for_user(User.objects.get(username="admin"))
    categories = {category.name: category.pk for category in Category.objects.all()}
    for category, name, number, address, hours, summary, is_public in ENTRIES:
        create_entry(
            fields={
                "category_id": categories[category], "name": name, "lines": [{"number": number}], "address": address,
                "openings": cleaning.parse_hours(hours) or [], "summary": summary, "is_public": is_public,
                "is_always_open": not hours,
            },
            actor=author, at=now(),
        )  # fmt: skip
