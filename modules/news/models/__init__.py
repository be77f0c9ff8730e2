"""Tables of 新闻聚焦 and 党员特色: articles of all kinds, and what is peculiar to each kind in a file of its own."""

from .activities import Activity, SignUp, SignUpState
from .articles import (
    NAME_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    Article,
    ArticleTag,
    ArticleVersion,
    Attachment,
    Level,
    State,
    VersionKind,
)
from .assessments import Appeal, Assessment, AssessmentTarget, Criterion, Evidence, Phase, Score, TargetKind
from .columns import Column, ColumnKind, Section
from .documents import Circulation, Document, Opinion, Urgency
from .features import CaseOutline, Lesson, LessonProgress
from .receipts import ReadReceipt, Recipient, Reminder
from .voices import COMMENT_LENGTH, Comment, CommentState, Reaction, ReactionKind, ShareLink

__all__ = [
    "COMMENT_LENGTH", "NAME_LENGTH", "SUMMARY_LENGTH", "TITLE_LENGTH",
    "Activity", "Appeal", "Article", "ArticleTag", "ArticleVersion", "Assessment", "AssessmentTarget", "Attachment",
    "CaseOutline", "Circulation", "Column", "ColumnKind", "Comment", "CommentState", "Criterion", "Document", "Evidence",
    "Lesson", "LessonProgress", "Level", "Opinion", "Phase", "Reaction", "ReactionKind", "ReadReceipt", "Recipient",
    "Reminder", "Score", "Section", "ShareLink", "SignUp", "SignUpState", "State", "TargetKind", "Urgency", "VersionKind",
]  # fmt: skip
