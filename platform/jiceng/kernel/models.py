"""Tables every schema has: the versions of module settings."""

from django.db import models

from .ids import uuid7


class ModuleSetting(models.Model):
    """One version of a module's settings. Versions are only added; the highest number is in force."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("module", "version"), name="kernel_setting_module_version"),
        )

    def __str__(self) -> str:
        return f"{self.module} v{self.version}"
