"""Refusals of this module. Codes are stable; sentences are for people."""

from .assignments import (
    AssignmentClosed,
    AssignmentInvalid,
    AssignmentMissing,
    NobodyBehind,
    RemindedEnough,
    RemindedLately,
)
from .courses import (
    ChapterMissing,
    ChapterNotEmpty,
    CourseEmpty,
    CourseInvalid,
    CourseMissing,
    CourseStale,
    CourseStateWrong,
    CourseWithdrawn,
    LessonInUse,
    LessonLocked,
    LessonMissing,
    LessonNotReady,
    MaterialInUse,
    MaterialMissing,
    MaterialStale,
    NoteMissing,
    NotOnRoster,
    TooManyNotes,
)
from .hours import HoursInvalid, HoursMissing, HoursReversed, LearnerMissing

__all__ = [
    "AssignmentClosed", "AssignmentInvalid", "AssignmentMissing", "ChapterMissing", "ChapterNotEmpty", "CourseEmpty",
    "CourseInvalid", "CourseMissing", "CourseStale", "CourseStateWrong", "CourseWithdrawn", "HoursInvalid",
    "HoursMissing", "HoursReversed", "LearnerMissing", "LessonInUse",
    "LessonLocked", "LessonMissing", "LessonNotReady", "MaterialInUse", "MaterialMissing", "MaterialStale",
    "NobodyBehind", "NotOnRoster", "NoteMissing", "RemindedEnough", "RemindedLately", "TooManyNotes",
]  # fmt: skip
