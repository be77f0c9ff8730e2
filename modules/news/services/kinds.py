"""Which kind does what. The one place that names all kinds."""

from __future__ import annotations

from ..models import Article, ColumnKind
from .activities import ActivityKind
from .assessments import AssessmentKind
from .contributions import AchievementKind, CaseKind
from .documents import DocumentKind
from .kind import Kind
from .lessons import LessonKind

KINDS: dict[str, Kind] = {
    ColumnKind.ARTICLE: Kind(),
    ColumnKind.DOCUMENT: DocumentKind(),
    ColumnKind.ASSESSMENT: AssessmentKind(),
    ColumnKind.ACTIVITY: ActivityKind(),
    ColumnKind.LESSON: LessonKind(),
    ColumnKind.ACHIEVEMENT: AchievementKind(),
    ColumnKind.CASE: CaseKind(),
}


def kind_of(article: Article) -> Kind:
    return KINDS[article.column.kind]
