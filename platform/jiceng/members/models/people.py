"""People, what they belong to, and what was changed and seen of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

from ..bodies import Body, Tree
from .units import Unit


class Gender(models.TextChoices):
    MALE = "male", _("男")
    FEMALE = "female", _("女")


class IdKind(models.TextChoices):
    RESIDENT = "resident", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HK_MACAO_PERMIT = "hk_macao_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")
    FOREIGN_PERMIT = "foreign_permit", _("外国人永久居留身份证")


class PersonState(models.TextChoices):
    ACTIVE = "active", _("在册")
    LEFT = "left", _("已离开")
    DECEASED = "deceased", _("已去世")
    MERGED = "merged", _("已合并")


class Person(models.Model):
    """Somebody on the roster, with or without a login.

    ``pinyin``: toneless syllables with spaces ("ou yang hua"), the sort key; ``search_key``: the forms people type
    ("ouyanghua oyh"); ``initial``: "O", or "#" for other scripts. All follow the name and are set by the services.
    ``id_number_sealed``/``phone_sealed``: encrypted for this row (``members.sealing``); ``…_index``: keyed digests for
    equality search; ``phone_tail_index``: of the last four digits. ``unit``: the one shown beside the name, kept by
    ``services.memberships`` from the memberships. ``version``: grows with every change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=50)
    pinyin = models.CharField(max_length=300, editable=False)
    search_key = models.CharField(max_length=400, editable=False)
    initial = models.CharField(max_length=1, default="#", editable=False)
    gender = models.CharField(max_length=6, choices=Gender, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    education = models.CharField(max_length=20, blank=True)
    employee_number = models.CharField(max_length=40, null=True, blank=True)
    id_kind = models.CharField(max_length=16, choices=IdKind, blank=True)
    id_number_sealed = models.BinaryField(null=True, blank=True)
    id_number_index = models.BinaryField(null=True, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_index = models.BinaryField(null=True, blank=True)
    phone_tail_index = models.BinaryField(null=True, blank=True)
    office_phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    work_start_date = models.DateField(null=True, blank=True)
    hire_date = models.DateField(null=True, blank=True)
    title = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    user = models.OneToOneField("access.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=PersonState, default=PersonState.ACTIVE)
    left_on = models.DateField(null=True, blank=True)
    is_listed = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("pinyin", "name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("id_number_index",), name="members_person_id_number", condition=~Q(id_number_index=None)
            ),
            models.UniqueConstraint(
                fields=("employee_number",), name="members_person_employee_number", condition=~Q(employee_number=None)
            ),
            models.CheckConstraint(
                condition=Q(id_number_sealed=None, id_number_index=None)
                | Q(id_number_sealed__isnull=False, id_number_index__isnull=False),
                name="members_person_id_number_pair",
            ),
            models.CheckConstraint(
                condition=Q(phone_sealed=None, phone_index=None)
                | Q(phone_sealed__isnull=False, phone_index__isnull=False),
                name="members_person_phone_pair",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(state=PersonState.MERGED), name="members_person_merged"
            ),
        )
        indexes = (
            models.Index(fields=("pinyin", "name", "id"), name="members_person_order"),
            models.Index(fields=("initial", "pinyin", "name", "id"), name="members_person_initial"),
            models.Index(fields=("updated_at", "id"), name="members_person_updated"),
            models.Index(fields=("phone_index",), name="members_person_phone"),
            models.Index(fields=("phone_tail_index",), name="members_person_phone_tail"),
            models.Index(fields=("name",), name="members_person_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state == PersonState.ACTIVE


class Membership(models.Model):
    """Belonging to one body, from ``started_on`` to ``ended_on`` (``None``: still). At most one open per person and body.

    ``state``: a code of ``bodies.STATES[body]``. ``confirmed_on``: 转正 in the Party, the end of a trial period for staff.
    ``unit``: in the tree of the body; ``None`` when not placed yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    body = models.CharField(max_length=10, choices=Body)
    state = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    started_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("body", "created_at")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "body"), name="members_membership_open", condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="members_membership_period",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on=None) | Q(started_on=None) | Q(confirmed_on__gte=F("started_on")),
                name="members_membership_confirmed",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "body"), name="members_membership_unit", condition=Q(ended_on=None)),
            models.Index(fields=("body", "state"), name="members_membership_state", condition=Q(ended_on=None)),
            models.Index(fields=("updated_at", "id"), name="members_membership_updated"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.body} {self.state}"


class MembershipPeriod(models.Model):
    """State and unit of a membership from ``valid_from`` until before ``valid_to`` (``None``: still): its history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("valid_from",)
        constraints = (
            models.UniqueConstraint(fields=("membership", "valid_from"), name="members_membershipperiod_start"),
            models.UniqueConstraint(
                fields=("membership",), name="members_membershipperiod_open", condition=Q(valid_to=None)
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="members_membershipperiod_order"
            ),
        )
        indexes = (models.Index(fields=("unit", "valid_from"), name="members_membershipperiod_unit"),)

    def __str__(self) -> str:
        return f"{self.state} {self.valid_from}–{self.valid_to or ''}"


class PersonChange(models.Model):
    """One change of a person's data, so that it can be shown and taken back.

    ``changes_sealed``: ``{field: [before, after]}`` as JSON, sealed for this row. ``version``: the person's after it.
    """

    class Source(models.TextChoices):
        CONSOLE = "console", _("后台修改")
        SELF = "self", _("本人修改")
        APPROVED = "approved", _("审批通过")
        IMPORT = "import", _("批量导入")
        API = "api", _("接口")
        MERGE = "merge", _("合并重复人员")
        UNDO = "undo", _("撤销修改")
        SYSTEM = "system", _("系统")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=Source)
    made_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)
    fields = models.CharField(max_length=500)
    changes_sealed = models.BinaryField()
    batch_id = models.UUIDField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("person", "-made_at"), name="members_personchange_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.fields}"

    @property
    def can_be_undone(self) -> bool:
        """Whether it changed what stood before; what came with the entry or with a merge cannot be taken back."""
        return self.version > 1 and self.source != self.Source.MERGE and self.undone_at is None


class Disclosure(models.Model):
    """Somebody was shown personal data that is masked for others. The person concerned can read this list."""

    class Kind(models.TextChoices):
        REVEAL = "reveal", _("查看完整信息")
        CARD = "card", _("查看通讯录名片")
        EXPORT = "export", _("导出名册")
        API = "api", _("接口读取")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="disclosures")
    kind = models.CharField(max_length=8, choices=Kind)
    fields = models.CharField(max_length=200)
    reason = models.CharField(max_length=200, blank=True)
    happened_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-happened_at", "-id")
        indexes = (models.Index(fields=("person", "-happened_at"), name="members_disclosure_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.fields}"


class Consent(models.Model):
    """A person's word on one purpose. Withdrawing adds ``withdrawn_at``; agreeing again is a new row.

    ``text_hash``: SHA-256 of the words agreed to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    text_version = models.PositiveSmallIntegerField(default=1)
    text_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=10)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("purpose", "-granted_at")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "purpose"), name="members_consent_open", condition=Q(withdrawn_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"


class ViewerKind(models.TextChoices):
    """Who looks at an entry of the directory; everybody is the first of these that fits."""

    SELF = "self", _("本人")
    OFFICERS = "officers", _("任职干部")
    SAME_UNIT = "same_unit", _("同一组织的成员")
    MEMBERS = "members", _("本单位其他成员")


class Visibility(models.TextChoices):
    HIDDEN = "hidden", _("不显示")
    MASKED = "masked", _("部分隐藏")
    FULL = "full", _("完整显示")


class VisibilityRule(models.Model):
    """A tenant's own word on who sees one field in the directory; without a row the default of ``members.directory`` holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    field = models.CharField(max_length=20)
    audience = models.CharField(max_length=12, choices=ViewerKind)
    level = models.CharField(max_length=8, choices=Visibility)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("field", "audience"), name="members_visibility_field_audience"),)

    def __str__(self) -> str:
        return f"{self.field} {self.audience} {self.level}"


class ProfileChange(models.Model):
    """A person asks for a change of data that needs approval.

    ``wanted_sealed``: ``{field: new value}`` as JSON, sealed for this row. Evidence files belong to
    ``"members.profilechange:<id>"``. ``base_version``: the person's version when it was asked for.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("审批中")
        APPLIED = "applied", _("已生效")
        REJECTED = "rejected", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="profile_changes")
    fields = models.CharField(max_length=200)
    wanted_sealed = models.BinaryField()
    note = models.CharField(max_length=200, blank=True)
    base_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-requested_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",), name="members_profilechange_open", condition=Q(state="pending")
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.fields}"


__all__ = [
    "Consent",
    "Disclosure",
    "Gender",
    "IdKind",
    "Membership",
    "MembershipPeriod",
    "Person",
    "PersonChange",
    "PersonState",
    "ProfileChange",
    "Tree",
    "ViewerKind",
    "Visibility",
    "VisibilityRule",
]  # fmt: skip
