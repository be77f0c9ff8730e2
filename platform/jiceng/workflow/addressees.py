"""The people behind an address: who would have to be told of a to-do."""

from __future__ import annotations

import uuid
from datetime import datetime

from jiceng.access.actor import current_assignments
from jiceng.access.models import User
from jiceng.access.selectors import roles_giving

from .models import Addressed


def users_of(addressed: Addressed, *, at: datetime) -> list[uuid.UUID]:
    """Ids of the active users that ``addressed`` waits for; of several levels only the nearest.

    A branch's secretary is told, not every administrator above as well; those are when nobody nearer could do it.
    """
    if addressed.user_id is not None:
        return list(User.objects.filter(pk=addressed.user_id, is_active=True).values_list("pk", flat=True))
    roles = [addressed.role] if addressed.role else roles_giving(addressed.permission)
    held = current_assignments(at).filter(role__code__in=roles, user__is_active=True).values_list("unit_path", "user")
    reaching: dict[str, set[uuid.UUID]] = {}
    for path, user_id in held:
        if addressed.unit_path is None or addressed.unit_path.startswith(path):
            reaching.setdefault(path, set()).add(user_id)
    if addressed.unit_path is None:
        return sorted(set().union(*reaching.values()))
    return sorted(reaching[max(reaching, key=len)]) if reaching else []
