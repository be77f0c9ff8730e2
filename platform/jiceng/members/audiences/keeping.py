"""Audiences in the database: the same definition is the same row."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import transaction

from ..models import Audience, AudienceClause
from .definitions import Clause, Definition, as_json


def keep(definition: Definition, *, at: datetime) -> Audience:
    """The row of ``definition``, made if there is none. Safe when two do it at once."""
    canonical = json.dumps(as_json(definition), sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    known = Audience.objects.filter(digest=digest).first()
    if known is not None:
        return known
    with transaction.atomic():
        made, is_new = Audience.objects.get_or_create(
            digest=digest, defaults={"is_everyone": definition.everyone, "created_at": at}
        )
        if is_new:
            AudienceClause.objects.bulk_create([_row(made, clause) for clause in definition.clauses], batch_size=500)
    return made


def definition_of(audience: Audience) -> Definition:
    """What was kept. Clauses whose unit, tag or person has been deleted since are gone."""
    if audience.is_everyone:
        return Definition(everyone=True)
    rows = AudienceClause.objects.filter(audience=audience)
    return Definition(clauses=tuple(sorted(_clause(row) for row in rows)))


def _row(audience: Audience, clause: Clause) -> AudienceClause:
    return AudienceClause(
        audience=audience, unit_id=clause.unit or None, body=clause.body, state=clause.state, post=clause.post,
        role=clause.role, tag_id=clause.tag or None, person_id=clause.person or None,
    )  # fmt: skip


def _clause(row: AudienceClause) -> Clause:
    return Clause(
        unit=str(row.unit_id or ""), body=row.body, state=row.state, post=row.post, role=row.role,
        tag=str(row.tag_id or ""), person=str(row.person_id or ""),
    )  # fmt: skip
