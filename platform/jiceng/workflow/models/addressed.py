"""What is addressed to somebody: one user, or whoever holds a permission or a role somewhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

UNIT_PATH_LENGTH = 450


class Addressed(models.Model):
    """Exactly one of ``user``, ``permission`` and ``role`` is set.

    ``unit_path``: where permission or role must reach, as in ``access.policy``: ``None`` anywhere at all, ``""`` the whole
    tenant, otherwise the path of a unit.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    permission = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=40, blank=True)
    unit_path = models.CharField(max_length=UNIT_PATH_LENGTH, null=True)

    class Meta:
        abstract = True


def one_addressee(name: str) -> models.CheckConstraint:
    """The constraint that one of the three is set."""
    return models.CheckConstraint(
        condition=Q(user__isnull=False, permission="", role="")
        | (Q(user=None, role="") & ~Q(permission=""))
        | (Q(user=None, permission="") & ~Q(role="")),
        name=name,
    )
