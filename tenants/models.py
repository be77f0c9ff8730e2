"""The landlord's tables, all in the public schema."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from jiceng.kernel.ids import uuid7


class Kind(models.TextChoices):
    PARTY_COMMITTEE = "party_committee", _("机关党委")
    UNION = "union", _("工会")
    YOUTH_LEAGUE = "youth_league", _("共青团")
    WOMENS_FEDERATION = "womens_federation", _("妇联")
    SERVICE_CENTRE = "service_centre", _("服务中心")
    COMMUNITY = "community", _("街道社区")
    UNIVERSITY = "university", _("高校")
    OTHER = "other", _("其他单位")


class State(models.TextChoices):
    TRIAL = "trial", _("试用")
    ACTIVE = "active", _("正式")
    SUSPENDED = "suspended", _("暂停")
    CLOSING = "closing", _("注销中")
    CLOSED = "closed", _("已关闭")


SERVED_STATES = frozenset({State.TRIAL, State.ACTIVE, State.CLOSING})


class Plan(models.Model):
    """What a tenant may have. ``modules``: codes it may switch on; empty means every module."""

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)
    modules = models.JSONField(default=list, blank=True)
    trial_days = models.PositiveIntegerField(default=90)
    storage_bytes = models.BigIntegerField(default=5 * 1024**3)
    requests_per_minute = models.PositiveIntegerField(default=600)

    def __str__(self) -> str:
        return self.name

    def offers(self, module: str) -> bool:
        return not self.modules or module in self.modules


class Tenant(TenantMixin):
    """An organisation with a schema and a database role of its own. Neither name derives from what people typed."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    role_name = models.CharField(max_length=63, unique=True, editable=False)
    schema_digest = models.CharField(max_length=64, default="", editable=False)
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    credit_code = models.CharField(max_length=18)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.TRIAL)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    theme = models.CharField(max_length=20, default="red")
    policy_profile = models.CharField(max_length=20, default="standard")
    created_at = models.DateTimeField(auto_now_add=True)
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    state_changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host name that leads to a tenant. Own domains serve nothing until ``verified_at`` is set by a DNS proof."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    challenge = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.domain


class ActivationState(models.TextChoices):
    UNAVAILABLE = "unavailable", _("套餐未包含")
    OFF = "off", _("已关闭")
    ON = "on", _("已开启")
    ALWAYS_ON = "always_on", _("始终开启")


class ModuleActivation(models.Model):
    """A tenant's wish for one module. No row: the manifest's default. Refers to the module by code only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="activations")
    module = models.CharField(max_length=40)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "module"), name="tenants_activation_tenant_module"),)

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.module} {'on' if self.is_on else 'off'}"


class SignupState(models.TextChoices):
    WAITING = "waiting", _("等待审核")
    APPROVED = "approved", _("正在开通")
    READY = "ready", _("已开通")
    REFUSED = "refused", _("未通过")


class SignupRequest(models.Model):
    """An organisation asking for a tenant. ``token_hash``: SHA-256 of the token that shows its progress."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    organisation = models.CharField(max_length=100)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    credit_code = models.CharField(max_length=18)
    slug = models.CharField(max_length=40)
    contact_name = models.CharField(max_length=50)
    contact_phone = models.BinaryField()  # sealed
    contact_email = models.BinaryField()  # sealed
    administrator_name = models.CharField(max_length=50)
    address = models.GenericIPAddressField(null=True)
    state = models.CharField(max_length=10, choices=SignupState.choices)
    reason = models.CharField(max_length=300, blank=True)
    tenant = models.OneToOneField(Tenant, on_delete=models.SET_NULL, null=True, related_name="signup")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            # Two sign-ups with one slug: the database lets one of them in.
            models.UniqueConstraint(
                fields=("slug",),
                condition=models.Q(state__in=("waiting", "approved", "ready")),
                name="tenants_signup_live_slug",
            ),
        )

    def __str__(self) -> str:
        return self.organisation


class SpareSchema(models.Model):
    """A schema built beforehand, waiting for a tenant. Renamed when it gets one."""

    schema_name = models.CharField(max_length=63, unique=True)
    role_name = models.CharField(max_length=63, unique=True)
    schema_digest = models.CharField(max_length=64)
    built_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.schema_name


class Agenda(models.Model):
    """Wake-ups: which tenant has work of what kind due when. Only inserted by tenants, so they never wait for each other.

    Written in the transaction that makes the work; the relay claims what is due and removes it when done, so idle
    tenants cost nothing. Row-level security compares ``role_name`` with ``current_user``.
    """

    role_name = models.CharField(max_length=63)
    # "outbox", or "schedule:<task>" for the next occurrence of a schedule.
    kind = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    # Not to be looked at before: set when the tenant cannot be served just now.
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("role_name", "kind"),
                condition=models.Q(kind__startswith="schedule:"),
                name="tenants_agenda_schedule",
            ),
        )
        indexes = (models.Index(fields=("due_at",), name="tenants_agenda_due"),)

    def __str__(self) -> str:
        return f"{self.role_name} {self.kind} {self.due_at:%F %T}"


class DeadReason(models.TextChoices):
    FAILED = "failed", _("处理程序多次出错，已停止重试")
    WORKER_LOST = "worker_lost", _("执行进程多次异常退出，已停止重试")
    UNKNOWN_TASK = "unknown_task", _("系统中没有这个任务或处理程序")
    NO_ENVELOPE = "no_envelope", _("消息没有信封")
    MALFORMED = "malformed", _("信封格式不正确")
    FORGED = "forged", _("信封签名不正确")
    UNKNOWN_TENANT = "unknown_tenant", _("单位不存在")
    WRONG_SCHEMA = "wrong_schema", _("信封中的数据区与单位不符")
    NOT_SERVED = "not_served", _("单位已暂停或关闭")
    UNKNOWN_MESSAGE = "unknown_message", _("发件箱中没有这条消息")
    WRONG_NAME = "wrong_name", _("信封中的任务与发件箱不符")


class Resolution(models.TextChoices):
    OPEN = "", _("待处理")
    RETRIED = "retried", _("已重试")
    DISCARDED = "discarded", _("已丢弃")


class DeadLetter(models.Model):
    """Work given up, or a message refused before it could touch anything; for operators, with the reason.

    Refused messages have no ``delivery_id``; alike ones share a row and count up. No reference to the tenant, so that the
    letter outlives it. ``detail``: technical, English. Never holds a payload.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField(max_length=64)
    tenant_id = models.CharField(max_length=64, blank=True)
    tenant_name = models.CharField(max_length=100, blank=True)
    delivery_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=20, choices=DeadReason.choices)
    detail = models.CharField(max_length=500, blank=True)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolution = models.CharField(max_length=10, choices=Resolution.choices, default=Resolution.OPEN, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-last_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("fingerprint",), condition=models.Q(resolution=""), name="tenants_deadletter_open"
            ),
        )
        indexes = (models.Index(fields=("resolution", "-last_at"), name="tenants_deadletter_list"),)

    def __str__(self) -> str:
        return f"{self.tenant_name} {self.name} {self.reason}"


class Door(models.Model):
    """Where calls from outside to the platform's host lead. ``kind`` and ``target`` mean something to who opened it."""

    key = models.CharField(max_length=64, primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    target = models.CharField(max_length=64)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class ProofFile(models.Model):
    """A file that shows others that a host is a tenant's: ``/<name>`` on the platform's host and the tenant's own."""

    name = models.CharField(max_length=60, primary_key=True)
    content = models.CharField(max_length=100)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class PlatformValue(models.Model):
    """A sealed value that the platform was given and has to keep, such as a ticket for another system."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.BinaryField()
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
