"""Categories and entries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.ids import uuid7

NAME_LENGTH = 60


class Category(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=20, unique=True)
    icon = models.CharField(max_length=40, default="store")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="yellowpages_category_named"),)

    def __str__(self) -> str:
        return self.name


class EntryState(models.TextChoices):
    LISTED = "listed", _("显示")
    CLOSED = "closed", _("已停业")


class Entry(models.Model):
    """A place or service. ``search_key``: name, tags and address with their pinyin, set by the services.

    ``is_public``: visitors without a login see it too. ``verified_on``: when somebody last made sure that it is right;
    ``keeper``: who is asked to do so. ``is_always_open``: day and night. ``keeps_holidays``: ``SpecialDay`` applies to it.
    ``latitude``/``longitude``: GCJ-02 degrees, as Chinese maps use them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="entries")
    name = models.CharField(max_length=NAME_LENGTH)
    pinyin = models.CharField(max_length=300, editable=False)
    search_key = models.CharField(max_length=1200, editable=False)
    summary = models.CharField(max_length=300, default="", blank=True)
    tags = models.CharField(max_length=100, default="", blank=True)
    address = models.CharField(max_length=150, default="", blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    hours_note = models.CharField(max_length=150, default="", blank=True)
    is_always_open = models.BooleanField(default=False)
    keeps_holidays = models.BooleanField(default=True)
    photo = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.LISTED)
    keeper = models.ForeignKey("access.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    verified_on = models.DateField()
    verified_by_name = models.CharField(max_length=150, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("pinyin", "id")
        constraints = (
            models.UniqueConstraint(fields=("category", "name", "address"), name="yellowpages_entry_once"),
            models.CheckConstraint(condition=~Q(name=""), name="yellowpages_entry_named"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="yellowpages_entry_place",
            ),
        )
        indexes = (
            models.Index(fields=("category", "pinyin", "id"), name="yellowpages_entry_category"),
            models.Index(fields=("pinyin", "id"), name="yellowpages_entry_order"),
            models.Index(fields=("verified_on",), name="yellowpages_entry_stale", condition=Q(state="listed")),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_listed(self) -> bool:
        return self.state == EntryState.LISTED


class Line(models.Model):
    """A number to call. ``number``: digits, ``+``, ``-`` and ``*`` only, as it is dialled."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="lines")
    label = models.CharField(max_length=20, default="", blank=True)
    number = models.CharField(max_length=25)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9+*-]{3,25}$"), name="yellowpages_line_number"),
        )

    def __str__(self) -> str:
        return self.number


class Register(models.Model):
    """``version`` grows with every change that readers may see, so that unchanged pages cost one query. ``name``: "entries"."""

    name = models.CharField(max_length=20, primary_key=True)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.version)
