"""What the API remembers: the answers given to requests with an Idempotency-Key."""

from __future__ import annotations

from django.db import models

from jiceng.kernel.ids import uuid7


class IdempotentResponse(models.Model):
    """The answer to one request of one actor, written in the transaction of its effect and kept for a day.

    ``body``: sealed, since it may hold personal data and secrets that are shown only once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actor = models.CharField(max_length=80)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("actor", "method", "path", "key"), name="api_idempotent_response_key"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
