"""Every change of this module's data."""

from __future__ import annotations

from ..models import Category, Register

FIRST = (
    ("食堂餐饮", "utensils"), ("医疗健康", "stethoscope"), ("维修服务", "wrench"), ("政务窗口", "landmark"),
    ("热线电话", "phone"), ("生活服务", "store"),
)  # fmt: skip


def prepare() -> None:
    """The categories that a new tenant begins with. Idempotent."""
    Register.objects.get_or_create(pk="entries")
    if Category.objects.exists():
        return
    Category.objects.bulk_create(
        [Category(name=name, icon=icon, position=place) for place, (name, icon) in enumerate(FIRST)]
    )
