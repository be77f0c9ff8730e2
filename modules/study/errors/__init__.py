"""Refusals of this module. Codes are stable; sentences are for people."""

from .assignments import (
    AssignmentClosed,
    AssignmentInvalid,
    AssignmentMissing,
    NobodyBehind,
    RemindedEnough,
    RemindedLately,
)
from .certificates import (
    CertificateInvalid,
    CertificateMissing,
    CertificateRevoked,
    CertificateStillValid,
    CourseNotDone,
    NoCertificate,
    VerifiedTooOften,
)
from .classes import (
    AttendanceInvalid,
    ClassCancelled,
    ClassConfirmed,
    ClassInvalid,
    ClassMissing,
    ClassNotConfirmed,
    ClassNotOver,
    ClassStale,
    NobodyPresent,
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
from .reflections import (
    CommentMissing,
    OwnReflection,
    ReflectionInvalid,
    ReflectionLocked,
    ReflectionMissing,
    ReflectionNotAccepted,
    ReflectionNotSubmitted,
    ReflectionStale,
    TalkClosed,
    TalkTooOften,
)
from .targets import NobodyToRemind, PlanInvalid, PlanStale

__all__ = [
    "AssignmentClosed", "AssignmentInvalid", "AssignmentMissing", "AttendanceInvalid", "CertificateInvalid",
    "CertificateMissing", "CertificateRevoked", "CertificateStillValid", "ChapterMissing", "ChapterNotEmpty",
    "ClassCancelled", "ClassConfirmed", "ClassInvalid", "ClassMissing", "ClassNotConfirmed", "ClassNotOver",
    "ClassStale", "CommentMissing", "CourseEmpty", "CourseInvalid", "CourseMissing", "CourseNotDone", "CourseStale",
    "CourseStateWrong", "CourseWithdrawn", "HoursInvalid", "HoursMissing", "HoursReversed", "LearnerMissing",
    "LessonInUse", "LessonLocked", "LessonMissing", "LessonNotReady", "MaterialInUse", "MaterialMissing",
    "MaterialStale", "NoCertificate", "NobodyBehind", "NobodyPresent", "NobodyToRemind", "NotOnRoster", "NoteMissing",
    "OwnReflection", "PlanInvalid", "PlanStale", "ReflectionInvalid", "ReflectionLocked", "ReflectionMissing",
    "ReflectionNotAccepted", "ReflectionNotSubmitted", "ReflectionStale", "RemindedEnough", "RemindedLately",
    "TalkClosed", "TalkTooOften", "TooManyNotes", "VerifiedTooOften",
]  # fmt: skip
