"""What there is to learn: materials, and courses that put them in order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

TITLE_LENGTH = 100
SUMMARY_LENGTH = 300


class MaterialKind(models.TextChoices):
    ARTICLE = "article", _("图文")
    FILE = "file", _("文件")
    VIDEO = "video", _("视频或音频")
    LINK = "link", _("外部链接")


class Material(models.Model):
    """Something to read, watch or hear; many lessons may use it.

    ``body``: sanitised HTML. ``file``: of kind ``file`` or ``video``. ``url``: of kind ``link``. ``duration_seconds``: how
    long it plays, 0 for what does not. ``unit``: whose editors may change it, ``None``: the whole organisation's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=MaterialKind)
    title = models.CharField(max_length=TITLE_LENGTH)
    source = models.CharField(max_length=100, default="", blank=True)
    body = models.TextField(default="", blank=True)
    url = models.CharField(max_length=500, default="", blank=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    duration_seconds = models.PositiveIntegerField(default=0)
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="study_material_titled"),
            models.CheckConstraint(condition=Q(kind="link") | Q(url=""), name="study_material_url"),
            models.CheckConstraint(condition=Q(kind__in=("file", "video")) | Q(file=None), name="study_material_file"),
        )

    def __str__(self) -> str:
        return self.title


class CourseState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已下架")


class Course(models.Model):
    """Chapters of lessons in an order. Who completes every required lesson (and passes the exam, if it has one) is through.

    ``class_hours``: credited once per person on completion, 0.5 steps. ``in_order``: a lesson opens when the
    required ones before it are done. ``is_open``: everybody with the permission may take it, not only those it is assigned to.
    ``gives_certificate``: completing it makes one; ``certificate_months``: how long it is valid, 0 for good.
    ``material_alone``: it was made around this one material, to be assigned.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH, default="", blank=True)
    lecturer = models.CharField(max_length=50, default="", blank=True)
    cover = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("members.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=CourseState, default=CourseState.DRAFT)
    class_hours = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    in_order = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    gives_certificate = models.BooleanField(default=False)
    certificate_months = models.PositiveSmallIntegerField(default=0)
    material_alone = models.ForeignKey(Material, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="study_course_titled"),
            models.CheckConstraint(condition=Q(class_hours__gte=0, class_hours__lte=200), name="study_course_hours"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="study_course_published"
            ),
        )
        indexes = (models.Index(fields=("state", "-published_at", "-id"), name="study_course_feed"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == CourseState.PUBLISHED


class Chapter(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="chapters")
    title = models.CharField(max_length=TITLE_LENGTH)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title


class CompletionRule(models.TextChoices):
    OPEN = "open", _("打开即完成")
    TIME = "time", _("学满时长")
    CONFIRM = "confirm", _("读完后本人确认")


class Lesson(models.Model):
    """A material at its place in a course.

    ``needed_seconds``: of effective time until it counts as done (rule ``time``; the least also for ``confirm``).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="lessons")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    position = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(default=True)
    rule = models.CharField(max_length=10, choices=CompletionRule, default=CompletionRule.CONFIRM)
    needed_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(rule="time") | Q(needed_seconds__gt=0), name="study_lesson_time_needs_seconds"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def needed_minutes(self) -> int:
        """``needed_seconds``, rounded up."""
        return -(-self.needed_seconds // 60)
