"""One run of a workflow, its assignments and its trace."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .addressed import UNIT_PATH_LENGTH, Addressed, one_addressee
from .todos import Todo

COMMENT_LENGTH = 500
TITLE_LENGTH = 120


class CaseState(models.TextChoices):
    RUNNING = "running", _("办理中")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


UNFINISHED = (CaseState.RUNNING, CaseState.RETURNED)


class Case(models.Model):
    """``workflow``: code of a manifest's workflow; ``subject_id``: what it decides on, understood by that module only.

    ``steps``: the steps of ``version`` as they stood at the start, never changed; ``step`` counts in them from 0.
    ``applicant``: empty when a program or the system applied. ``ended_at``: empty while it is running or returned.
    ``revision`` counts changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    steps = models.JSONField(default=list)
    step = models.PositiveSmallIntegerField(default=0)
    subject_id = models.CharField(max_length=64)
    title = models.CharField(max_length=TITLE_LENGTH)
    unit_path = models.CharField(max_length=UNIT_PATH_LENGTH, blank=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applicant_name = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.RUNNING)
    revision = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workflow", "subject_id"), condition=Q(ended_at=None),
                name="workflow_case_running",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("applicant", "started_at"), name="workflow_case_applicant"),
            models.Index(fields=("state", "started_at"), name="workflow_case_state"),
        )

    def __str__(self) -> str:
        return f"{self.workflow} {self.subject_id} {self.state}"


class AssignmentKind(models.TextChoices):
    APPROVE = "approve", _("审批")
    ADDED = "added", _("加签")


class AssignmentState(models.TextChoices):
    OPEN = "open", _("待办理")
    APPROVED = "approved", _("同意")
    REJECTED = "rejected", _("不同意")
    RETURNED = "returned", _("退回")
    DELEGATED = "delegated", _("已转办")
    VOID = "void", _("无需办理")


class Assignment(Addressed):
    """A decision that is wanted. Open ones always belong to the case's present step; the last to close moves it on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    step = models.PositiveSmallIntegerField()
    step_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=AssignmentKind.choices, default=AssignmentKind.APPROVE)
    todo = models.OneToOneField(Todo, on_delete=models.PROTECT, related_name="assignment")
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True)
    delegated_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (one_addressee("workflow_assignment_addressee"),)
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(state="open", escalated_at=None), name="workflow_assignment_due"
            ),
            models.Index(fields=("decided_by", "decided_at"), name="workflow_assignment_decider"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.step_code} {self.state}"


class CaseEventKind(models.TextChoices):
    STARTED = "started", _("提交申请")
    APPROVED = "approved", _("同意")
    REJECTED = "rejected", _("不同意")
    RETURNED = "returned", _("退回补正")
    RESUBMITTED = "resubmitted", _("重新提交")
    WITHDRAWN = "withdrawn", _("撤回")
    SIGNER_ADDED = "signer_added", _("加签")
    DELEGATED = "delegated", _("转办")
    ESCALATED = "escalated", _("超期提醒")


class CaseEvent(models.Model):
    """A line of the trace that everybody concerned may read. ``other_name``: whom it was handed to or done for."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=CaseEventKind.choices)
    happened_at = models.DateTimeField()
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=150)
    other_name = models.CharField(max_length=150, blank=True)
    step_label = models.CharField(max_length=60, blank=True)
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True)

    class Meta:
        ordering = ("happened_at", "id")
        indexes = (models.Index(fields=("actor_id", "happened_at"), name="workflow_event_actor"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
