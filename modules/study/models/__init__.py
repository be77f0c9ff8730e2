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
from .learning import Attention, Enrolment, Note, Progress

__all__ = [
    "SUMMARY_LENGTH", "TITLE_LENGTH", "Assignee", "Assignment", "AssignmentState", "Attention", "Chapter",
    "CompletionRule", "Course", "CourseState", "Enrolment", "Lesson", "Material", "MaterialKind", "Note", "Progress",
]  # fmt: skip
