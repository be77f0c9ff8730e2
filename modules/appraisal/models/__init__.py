"""Tables of 党员评分 and 群众满意度考察."""

from .rounds import (
    NAME_LENGTH,
    TITLE_LENGTH,
    AppraisalAppeal,
    Criterion,
    Grade,
    Group,
    Normalisation,
    Round,
    RoundState,
    Subject,
)
from .sheets import Assignment, Duty, Sheet, SheetScore
from .survey import (
    TEXT_LENGTH,
    FollowUp,
    FollowUpState,
    FollowUpStep,
    PointKind,
    RefusalReason,
    Satisfaction,
    StepKind,
    SurveyAnswer,
    SurveyPoint,
    SurveyRefusal,
    SurveyTrace,
)

__all__ = [
    "NAME_LENGTH", "TEXT_LENGTH", "TITLE_LENGTH", "AppraisalAppeal", "Assignment", "Criterion", "Duty", "FollowUp",
    "FollowUpState", "FollowUpStep", "Grade", "Group", "Normalisation", "PointKind", "RefusalReason", "Round", "RoundState",
    "Satisfaction", "Sheet", "SheetScore", "StepKind", "Subject", "SurveyAnswer", "SurveyPoint", "SurveyRefusal", "SurveyTrace",
]  # fmt: skip
