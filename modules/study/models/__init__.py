"""Tables of this module."""

from .assignments import Assignee, Assignment, AssignmentState
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

__all__ = [
    "SUMMARY_LENGTH", "TITLE_LENGTH", "Assignee", "Assignment", "AssignmentState", "Attention", "Chapter",
    "CompletionRule", "Course", "CourseState", "Enrolment", "HoursEntry", "HoursKind", "Lesson", "Material",
    "MaterialKind", "Note", "Progress",
]  # fmt: skip
