"""What residents ask for, without an account, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7


class HelpState(models.TextChoices):
    NEW = "new", _("待受理")
    REFUSED = "refused", _("未受理")
    OPEN = "open", _("待认领")
    TAKEN = "taken", _("服务中")
    DONE = "done", _("待居民确认")
    CONFIRMED = "confirmed", _("已完成")
    COMPLAINED = "complained", _("居民不满意")
    CLOSED = "closed", _("已结案")


# What somebody still has to do something about.
OPEN_HELP = (HelpState.NEW, HelpState.OPEN, HelpState.TAKEN, HelpState.COMPLAINED)


class HelpRequest(models.Model):
    """``number``: on the receipt. ``token_digest``: of the form it came by, so that a form counts once.

    ``phone_sealed``: encrypted for this row; taken away some time after the end. ``due_at``: when it is overdue.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=12, unique=True)
    token_digest = models.BinaryField(unique=True)
    text = models.CharField(max_length=500)
    place = models.CharField(max_length=100)
    wanted = models.CharField(max_length=60)
    name = models.CharField(max_length=30)
    phone_sealed = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=HelpState, default=HelpState.NEW)
    taker = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=300, default="", blank=True)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("new", "open", "refused")) | Q(taker=None), name="volunteering_help_untaken"
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at"), name="volunteering_help_state"),
            models.Index(fields=("updated_at", "id"), name="volunteering_help_updated"),
        )

    def __str__(self) -> str:
        return self.number


class HelpStepKind(models.TextChoices):
    ASKED = "asked", _("提交求助")
    ACCEPTED = "accepted", _("受理")
    REFUSED = "refused", _("不受理")
    TAKEN = "taken", _("志愿者认领")
    GIVEN_BACK = "given_back", _("志愿者退回")
    DONE = "done", _("服务完成")
    CONFIRMED = "confirmed", _("居民确认")
    COMPLAINED = "complained", _("居民不满意")
    CLOSED = "closed", _("结案")


class HelpStep(models.Model):
    """One step, in order. ``author_name``: empty for the resident."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=HelpStepKind)
    words = models.CharField(max_length=500, default="", blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ("happened_at", "id")

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"
