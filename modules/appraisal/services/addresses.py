"""Where notices and to-dos of this module lead, and what they are about. Workers have no URLs: written out."""

from __future__ import annotations

import uuid
from typing import Any


def source_of(round_id: Any) -> str:
    return f"appraisal.round:{round_id}"


def reviewer_of(round_id: Any, person_id: Any) -> str:
    """The owner of one reviewer's to-do."""
    return f"appraisal.reviewer:{round_id}:{person_id}"


def follow_up_owner(follow_up_id: uuid.UUID | str) -> str:
    return f"appraisal.follow_up:{follow_up_id}"


DUTIES, RESULTS = "/appraisal/", "/appraisal/results/"


def follow_up_url(follow_up_id: uuid.UUID | str) -> str:
    return f"/appraisal/follow-ups/{follow_up_id}/"


def result_url(subject_id: uuid.UUID | str) -> str:
    return f"/appraisal/results/{subject_id}/"
