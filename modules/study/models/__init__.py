"""Tables of this module."""

from .assignments import Assignee, Assignment, AssignmentState
from .certificates import Certificate, CertificateState, CertificateYear
from .classes import Attendance, AttendanceChange, AttendanceState, ClassState, DurationKind, OfflineClass
from .courses import (
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    Chapter,
    CompletionRule,
    Course,
    CourseState,
    Lesson,
    Material,
    MaterialKind,
)
from .hours import HoursEntry, HoursKind
from .learning import Attention, Enrolment, Note, Progress
from .reflections import Reflection, ReflectionComment, ReflectionLike, ReflectionState
from .targets import TargetPlan, TargetReminder

__all__ = [
    "SUMMARY_LENGTH", "TITLE_LENGTH", "Assignee", "Assignment", "AssignmentState", "Attendance", "AttendanceChange",
    "AttendanceState", "Attention", "Certificate", "CertificateState", "CertificateYear", "Chapter", "ClassState",
    "CompletionRule", "Course", "CourseState", "DurationKind", "Enrolment", "HoursEntry", "HoursKind", "Lesson",
    "Material", "MaterialKind", "Note", "OfflineClass", "Progress", "Reflection", "ReflectionComment",
    "ReflectionLike", "ReflectionState", "TargetPlan", "TargetReminder",
]  # fmt: skip
