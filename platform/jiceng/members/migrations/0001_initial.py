"""Units and people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jiceng.kernel.ids

KINDS = [
    ("party_committee", "党委"),
    ("general_branch", "党总支"),
    ("party_branch", "党支部"),
    ("party_group", "党小组"),
    ("union", "工会"),
    ("youth_league", "共青团"),
    ("womens_federation", "妇联"),
    ("department", "部门"),
    ("window", "服务窗口"),
    ("community", "社区"),
    ("other", "其他"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(choices=KINDS, default="department", max_length=20)),
                ("path", models.CharField(editable=False, max_length=450, unique=True)),
                ("depth", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="members.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "created_at"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "name"), name="members_unit_sibling_name", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=models.Q(("depth__range", (1, 50))), name="members_unit_depth"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=50)),
                ("pinyin", models.CharField(editable=False, max_length=300)),
                ("search_key", models.CharField(editable=False, max_length=400)),
                ("title", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="members.unit",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("pinyin", "name", "id"),
                "indexes": [models.Index(fields=["pinyin", "name", "id"], name="members_person_order")],
            },
        ),
    ]
