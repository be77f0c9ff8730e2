"""Imports and exports of rosters, and the joiners and leavers that a comparison with another system found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from .people import Person


class ImportBatch(models.Model):
    """One roster on its way in.

    ``mapping``: column number (text) -> target field code, or ``""`` to leave it out. ``unit_choices``:
    ``"<tree>|<text in the file>"`` -> unit id, ``"create"`` or ``"skip"``. ``counts``: of rows by outcome, after the preview.
    ``kind``: ``import`` writes; ``roster`` compares a complete list and proposes joiners and leavers.
    ``content_sealed``: the file as it came, sealed for this row; emptied a month later. ``is_automatic``: apply after the
    check without asking (programs).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已上传")
        CHECKING = "checking", _("正在检查")
        CHECKED = "checked", _("待确认")
        APPLYING = "applying", _("正在导入")
        APPLIED = "applied", _("已导入")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("未能完成")
        CANCELLED = "cancelled", _("已取消")

    class Mode(models.TextChoices):
        VALID_ROWS = "valid_rows", _("只导入没有错误的行")
        ALL_OR_NOTHING = "all_or_nothing", _("全部正确才导入")

    class Kind(models.TextChoices):
        IMPORT = "import", _("导入")
        ROSTER = "roster", _("比对全员名册")

    class Source(models.TextChoices):
        CONSOLE = "console", _("后台")
        API = "api", _("接口")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.IMPORT)
    source = models.CharField(max_length=8, choices=Source, default=Source.CONSOLE)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    mode = models.CharField(max_length=14, choices=Mode, default=Mode.VALID_ROWS)
    content_sealed = models.BinaryField(null=True, blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    sheet = models.CharField(max_length=60, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    unit_choices = models.JSONField(default=dict)
    creates_units = models.BooleanField(default=False)
    clears_blanks = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    accepts_many_leavers = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_by_kind = models.CharField(max_length=12)
    created_by_id = models.CharField(max_length=64, blank=True)
    created_by_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file_name or str(self.id)


class ImportRow(models.Model):
    """One row of a roster. ``values_sealed``: the parsed values as JSON, sealed for this batch and row.

    ``faults``: ``[[field code, code, sentence], …]``; sentences never repeat the cell. ``person``: the one it matches, or made.
    ``before_sealed``: what the person was before, for undoing.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("更新")
        UNCHANGED = "unchanged", _("无变化")
        DUPLICATE = "duplicate", _("疑似重复")
        ERROR = "error", _("错误")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    faults = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    decision = models.CharField(max_length=60, blank=True)
    fields = models.CharField(max_length=500, blank=True)
    values_sealed = models.BinaryField()
    before_sealed = models.BinaryField(null=True, blank=True)
    is_applied = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="members_importrow_number"),)
        indexes = (models.Index(fields=("batch", "outcome", "number"), name="members_importrow_outcome"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number} {self.outcome}"


class Proposal(models.Model):
    """A joiner, leaver or mover that a comparison with another system's roster found, waiting for a decision.

    ``facts_sealed``: the row of the other system as JSON, sealed for this row.
    """

    class Kind(models.TextChoices):
        JOINER = "joiner", _("新进人员")
        LEAVER = "leaver", _("离开人员")
        MOVER = "mover", _("调动人员")

    class State(models.TextChoices):
        PENDING = "pending", _("待审批")
        APPLIED = "applied", _("已生效")
        REJECTED = "rejected", _("未通过")
        OUTDATED = "outdated", _("已过时")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key_index = models.BinaryField(null=True, blank=True)
    facts_sealed = models.BinaryField()
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-found_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "kind"),
                name="members_proposal_person",
                condition=Q(state="pending", person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("key_index", "kind"),
                name="members_proposal_key",
                condition=Q(state="pending", key_index__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class RosterExport(models.Model):
    """A roster on its way out. ``columns``: field codes; ``filters``: what was chosen. The file is gone at ``expires_at``."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在生成")
        READY = "ready", _("可下载")
        FAILED = "failed", _("未能完成")
        CANCELLED = "cancelled", _("已取消")
        EXPIRED = "expired", _("已过期")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    reason = models.CharField(max_length=200)
    is_sensitive = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField(default=0)
    file = models.ForeignKey("files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    user_name = models.CharField(max_length=150)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    download_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                models.Value(1), name="members_export_one_at_a_time", condition=Q(state="waiting") | Q(state="running")
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_name} {self.created_at:%F}"
