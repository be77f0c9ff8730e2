"""Teams of volunteers, and what they offer to do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

TITLE_LENGTH, TEXT_LENGTH = 60, 5000


class Team(models.Model):
    """``leader``: whom volunteers ask. ``needs_approval``: whether joining waits for somebody's word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=TITLE_LENGTH)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    leader = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    contact = models.CharField(max_length=100, default="", blank=True)
    text = models.CharField(max_length=500, default="", blank=True)
    needs_approval = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=("updated_at", "id"), name="volunteering_team_updated"),)

    def __str__(self) -> str:
        return self.name


class TeamMemberState(models.TextChoices):
    ASKED = "asked", _("待同意")
    MEMBER = "member", _("队员")
    DECLINED = "declined", _("未同意")
    LEFT = "left", _("已退出")


class TeamMember(models.Model):
    """A person in a team, or asking to be."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=TeamMemberState)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (models.UniqueConstraint(fields=("team", "person"), name="volunteering_team_member_once"),)

    def __str__(self) -> str:
        return f"{self.team_id} {self.person_id} {self.state}"


class Category(models.TextChoices):
    COMMUNITY = "community", _("社区服务")
    CARE = "care", _("关爱帮扶")
    ENVIRONMENT = "environment", _("环境保护")
    CULTURE = "culture", _("文化宣传")
    ORDER = "order", _("秩序维护")
    HEALTH = "health", _("卫生健康")
    EMERGENCY = "emergency", _("应急救援")
    OTHER = "other", _("其他")


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("招募中")
    CLOSED = "closed", _("已结束")
    CANCELLED = "cancelled", _("已取消")


class Project(models.Model):
    """What is to be done. ``unit``: whose organisers see to it (``None``: everybody's). ``organiser``: who is on the spot.

    ``is_public``: visitors read it too. ``skills``: words separated by blanks.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField(max_length=TEXT_LENGTH, default="", blank=True)
    place = models.CharField(max_length=100, default="", blank=True)
    category = models.CharField(max_length=12, choices=Category, default=Category.COMMUNITY)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organiser = models.ForeignKey("members.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    skills = models.CharField(max_length=100, default="", blank=True)
    age_note = models.CharField(max_length=100, default="", blank=True)
    insurance_note = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, choices=ProjectState, default=ProjectState.DRAFT)
    cancel_reason = models.CharField(max_length=200, default="", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="volunteering_project_published",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="volunteering_project_reason"
            ),
        )
        indexes = (
            models.Index(fields=("state", "published_at"), name="volunteering_project_state"),
            models.Index(fields=("updated_at", "id"), name="volunteering_project_updated"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == ProjectState.PUBLISHED

    @property
    def is_draft(self) -> bool:
        return self.state == ProjectState.DRAFT

    @property
    def skill_list(self) -> list[str]:
        return self.skills.split()


class Register(models.Model):
    """A number that grows with every change visitors may see, for pages that browsers keep."""

    name = models.CharField(primary_key=True, max_length=20)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
