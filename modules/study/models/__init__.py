"""Tables of this module."""

from .assignments import Assignee, Assignment, AssignmentState
from .attempts import Attempt, AttemptItem, AttemptState, Candidate, Mark
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

__all__ = [
    "CHOICE_KINDS", "OPTION_LENGTH", "QUESTION_LENGTH", "SUMMARY_LENGTH", "TITLE_LENGTH", "Assignee", "Assignment",
    "AssignmentState", "Attempt", "AttemptItem", "AttemptState", "Attention", "Candidate", "Chapter",
    "CompletionRule", "Course", "CourseState", "Enrolment", "Exam", "ExamState", "HoursEntry", "HoursKind",
    "Lesson", "Mark", "Material", "MaterialKind", "Note", "Paper", "PaperItem", "PaperMode", "PaperRule",
    "PartialCredit", "Progress", "Question", "QuestionBank", "QuestionImport", "QuestionKind", "QuestionVersion",
    "ShowAnswers", "VoidedQuestion",
]  # fmt: skip
