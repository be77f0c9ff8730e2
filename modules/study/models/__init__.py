"""Tables of this module."""

from .assignments import Assignee, Assignment, AssignmentState
from .attempts import Attempt, AttemptItem, AttemptState, Candidate, Mark
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
from .exams import (
    Exam,
    ExamState,
    Paper,
    PaperItem,
    PaperMode,
    PaperRule,
    PartialCredit,
    ShowAnswers,
    VoidedQuestion,
)
from .hours import HoursEntry, HoursKind
from .learning import Attention, Enrolment, Note, Progress
from .questions import (
    CHOICE_KINDS,
    OPTION_LENGTH,
    QUESTION_LENGTH,
    Question,
    QuestionBank,
    QuestionImport,
    QuestionKind,
    QuestionVersion,
)
from .reflections import Reflection, ReflectionComment, ReflectionLike, ReflectionState
from .targets import TargetPlan, TargetReminder

__all__ = [
    "CHOICE_KINDS", "OPTION_LENGTH", "QUESTION_LENGTH", "SUMMARY_LENGTH", "TITLE_LENGTH", "Assignee", "Assignment",
    "AssignmentState", "Attempt", "AttemptItem", "AttemptState", "Attendance", "AttendanceChange", "AttendanceState",
    "Attention", "Candidate", "Certificate", "CertificateState", "CertificateYear", "Chapter", "ClassState",
    "CompletionRule", "Course", "CourseState", "DurationKind", "Enrolment", "Exam", "ExamState", "HoursEntry",
    "HoursKind", "Lesson", "Mark", "Material", "MaterialKind", "Note", "OfflineClass", "Paper", "PaperItem", "PaperMode",
    "PaperRule", "PartialCredit", "Progress", "Question", "QuestionBank", "QuestionImport", "QuestionKind",
    "QuestionVersion", "Reflection", "ReflectionComment", "ReflectionLike", "ReflectionState", "ShowAnswers",
    "TargetPlan", "TargetReminder", "VoidedQuestion",
]  # fmt: skip
