"""The audit trail."""

from django.db import migrations, models

import jiceng.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("action", models.CharField(max_length=100)),
                ("actor_kind", models.CharField(max_length=20)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("target", models.CharField(blank=True, max_length=100)),
                ("target_label", models.CharField(blank=True, max_length=200)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=45)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["action", "-id"], name="audit_entry_action"),
                    models.Index(fields=["actor_id", "-id"], name="audit_entry_actor"),
                    models.Index(fields=["happened_at"], name="audit_entry_time"),
                ],
            },
        ),
    ]
