"""活动通知: when, where, who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .articles import NAME_LENGTH, Article


class Activity(models.Model):
    """What an article in a column of kind ``activity`` has beside its text.

    ``capacity``: ``None`` without limit; who comes later waits. ``result``: HTML written afterwards, sanitised.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="activity")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=100)
    takes_sign_ups = models.BooleanField(default=True)
    sign_up_until = models.DateTimeField(null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    result = models.TextField(default="", blank=True)
    result_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="news_activity_period"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gte=1), name="news_activity_capacity"),
            models.CheckConstraint(
                condition=Q(sign_up_until=None) | Q(sign_up_until__lte=F("ends_at")), name="news_activity_sign_up"
            ),
        )
        indexes = (models.Index(fields=("starts_at",), name="news_activity_starts"),)

    def __str__(self) -> str:
        return f"{self.place} {self.starts_at:%F %T}"

    if TYPE_CHECKING:
        article_id: object


class SignUpState(models.TextChoices):
    JOINED = "joined", _("已报名")
    WAITING = "waiting", _("候补")
    CANCELLED = "cancelled", _("已取消")


class SignUp(models.Model):
    """One user's word on coming. ``number``: the place in the order of signing up, for the waiting list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="sign_ups")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH)
    unit_name = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=SignUpState)
    number = models.PositiveIntegerField()
    signed_up_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    attended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("activity", "user"), name="news_signup_once"),
            models.UniqueConstraint(fields=("activity", "number"), name="news_signup_number"),
        )
        indexes = (models.Index(fields=("user", "activity"), name="news_signup_user"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    if TYPE_CHECKING:
        activity_id: object
        user_id: object
