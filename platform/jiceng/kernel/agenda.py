"""Wake-ups for the relay: the one thing that a tenant writes outside its schema."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

WAKE = "INSERT INTO public.tenants_agenda (role_name, kind, due_at) VALUES (current_user, %s, %s)"


def wake(kind: str, due_at: datetime) -> None:
    """Announce work of ``kind`` that comes due at ``due_at`` (aware), in the transaction that makes the work.

    Only inserts, never updates: transactions of one tenant do not wait for each other. Row-level security ties the
    row to the current role.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAKE, [kind, due_at])
